# SPDX-License-Identifier: MIT
#
# To be sourced by run.sh: the proof kit where there is no C library for the
# processor. What its programs call is in freestanding/, and they are walked by
# the kit's own unwinder. C++ has no library there either.

# Let the names of the usual headers lead to ours, and to no others.
headers_lead_here() {
  local name

  for name in stdio stdlib string unistd fcntl signal ucontext execinfo \
    sys/wait sys/resource sys/mman; do
    mkdir -p "$folder/include/$(dirname $name)"
    echo '#include <libc.h>' > "$folder/include/$name.h"
  done
}

# R5, in the folder $folder.
prove_freestanding() {
  local name bare=$here/freestanding poison=$kit/$cpu/poison.S
  local port=$arch/$cpu/switch.S objects= source

  headers_lead_here
  machine="$machine -ffreestanding -fno-builtin -nostdlib -static -fno-pie
    -nostdinc -isystem $($cc -print-file-name=include)
    -isystem $folder/include -isystem $bare"
  flags="$machine $flags -Wl,--eh-frame-hdr -DKIT_UNWINDER -I$kit/unwinder"
  for source in "$bare/libc.c" "$bare/string.c" "$kit/unwinder/unwind.c" \
    "$kit/unwinder/eh_frame.c"; do
    name=$folder/$(basename "$source" .c).o
    $cc $flags -I"$kit/$cpu" -c "$source" -o "$name" || return 1
    objects="$objects $name"
  done
  build registers $cpu "$kit/test_registers.c" "$poison" "$port" $objects &&
    build entry $cpu "$kit/test_entry.c" "$port" $objects &&
    build unwind $cpu "$kit/test_unwind.c" "$poison" "$port" $objects ||
    return 1
  for name in registers entry unwind; do
    run_one $name || return 1
  done
  stack_is_not_executable || return 1
  if [ $mutants = yes ]; then
    mutate $(printf -- '--object=%s ' $objects) || return 1
  fi
}
