#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The proof kit of the ports on a machine of any kind: cross-compiled, linked
# statically, run by qemu. For each architecture the kit's programs, those of
# the ucontext port, whose digest must be the same, C++ exceptions, guards of
# stacks, and the mutants of switch.S; on aarch64 also guarded branches.
#
# usage: run.sh [--no-install] [--short] [--rounds N] [--results FOLDER]
#               [ARCH...]
#
#   --no-install  install nothing; 77 is the end if something is missing
#   --short       without the mutants, and few rounds
#   --results     where ARCH.result is written (build-ports in the root)
#
# A line for each architecture, then a table. table.py makes the README's from
# the result files.
set -u

here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
arch=$root/arch
kit=$root/tests/arch
results=$root/build-ports
install=yes mutants=yes rounds=1000000

. "$root/tests/packages.sh"
. "$here/ports.sh"
. "$here/freestanding.sh"
. "$here/macho.sh"
. "$here/windows.sh"

while [ $# -gt 0 ]; do
  case $1 in
  --no-install) install=no ;;
  --short) mutants=no rounds=20000 ;;
  --rounds) rounds=$2; shift ;;
  --results) results=$2; shift ;;
  -*) sed -n '/^# usage/,/^set/p' "$0"; exit 2 ;;
  *) break ;;
  esac
  shift
done

# build NAME PORT SOURCE...: a program out of the kit.
build() {
  local name=$1 port=$2
  shift 2
  $cc $flags -I"$arch" -I"$arch/$port" -I"$kit" -I"$kit/$cpu" \
    -o "$folder/$name$exe" "$kit/kit.c" "$@" $libraries
}

build_cxx() {
  $cc $machine -O2 -c "$kit/kit.c" -o "$folder/kit.o" &&
    $cc $machine -c "$arch/$cpu/switch.S" -o "$folder/switch.o" &&
    $cxx $machine -std=c++17 -O2 -static -I"$arch" -I"$arch/$cpu" \
      "$kit/test_cxx.cc" "$folder/kit.o" "$folder/switch.o" \
      -o "$folder/cxx$exe"
}

# run_one NAME: a program of the kit; its checks are counted.
run_one() {
  local made

  echo "== $1"
  timeout 300 $run "$folder/$1$exe" $rounds | tr -d '\r' | tee "$folder/log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  made=$(sed -n 's/^\([0-9]*\) checks, 0 tests failed$/\1/p' "$folder/log")
  checks=$((checks + made))
  suites="$suites $1"
  made=$(sed -n 's/^# \([0-9]*\) instructions a switch$/\1/p' "$folder/log")
  instructions=${made:-$instructions}
}

# R10: this processor has everything, so nothing may be skipped.
guarded_branches() {
  local name port=$arch/aarch64/switch.S

  flags="$flags -mbranch-protection=standard"
  for name in branches registers; do
    local source=$kit/test_$name.c
    [ $name = branches ] && source=$kit/aarch64/test_branches.c
    build $name-guarded aarch64 "$source" "$kit/aarch64/guard.c" \
      "$kit/aarch64/guarded.S" && run_one $name-guarded || return 1
  done
  build entry-guarded aarch64 "$kit/test_entry.c" "$port" &&
    run_one entry-guarded &&
    build unwind-guarded aarch64 "$kit/test_unwind.c" \
      "$kit/aarch64/poison.S" "$port" && run_one unwind-guarded &&
    python3 "$kit/branch_targets.py" aarch64 --arch "$arch" --cc "$cc"
}

# R9. The C library of MIPS asks for the opposite in each program.
stack_is_not_executable() {
  case $cpu in
  mips*)
    readelf -SW "$folder/switch.o" |
      grep 'note.GNU-stack *PROGBITS *0* [0-9a-f]* 000000 00  *0'
    ;;
  *) "$kit/no_executable_stack.sh" "$folder/registers" "$folder/entry" ;;
  esac
}

# R20: with the core layer, which takes a processor of 64 bits.
guards() {
  local flags="$flags -include $root/src/public.h -DCRESS_COLOUR=1 -I$root
    -I$root/include -I$root/src -I$root/src/core/posix"

  if $cc $machine -dM -E -x c /dev/null | grep -q __LP64__; then
    build guard $cpu "$here/test_guard.c" "$root"/src/core/*.c \
      "$root"/src/core/posix/*.c \
      "$arch/$cpu/switch.S" && run_one guard
  fi
}

# mutate [OPTION...]
mutate() {
  python3 "$kit/mutants.py" $cpu --arch "$arch" --cc "$cc $machine" \
    --run "$run" "$@" | tee "$folder/log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  killed=$(sed -n 's/^\([0-9]*\) mutants, 0 survived$/\1/p' "$folder/log")
}

# R1: gcc's unwinder for ARM shows no switch, so the kit's own one is asked too.
debug_frames() {
  local flags="$flags -DKIT_UNWINDER -I$kit/unwinder"

  build unwind-frames $cpu "$kit/test_unwind.c" "$@" \
    "$kit/unwinder/unwind.c" "$kit/unwinder/debug_frame.c" &&
    run_one unwind-frames
}

# oracle POISON: the ucontext port, and that it does the same.
oracle() {
  local portable=$arch/ucontext/switch.c

  [ -e "$kit/$cpu/oracle.c" ] && portable="$portable $kit/$cpu/oracle.c"
  build entry-oracle ucontext "$kit/test_entry.c" $portable &&
    run_one entry-oracle || return 1
  # What swapcontext is called by cannot keep the TOC that a journey poisons.
  [ $cpu = ppc64 ] && return
  build oracle ucontext "$kit/test_registers.c" $1 $portable &&
    run_one oracle &&
    "$kit/same_digest.sh" 20000 "$folder/registers" "$folder/oracle" $run
}

# R5: the kit on one architecture, in the folder $folder.
prove_kit() {
  local name libraries=-lm poison=$kit/$cpu/poison.S port=$arch/$cpu/switch.S

  build registers $cpu "$kit/test_registers.c" "$poison" "$port" &&
    build entry $cpu "$kit/test_entry.c" "$port" &&
    build unwind $cpu "$kit/test_unwind.c" "$poison" "$port" &&
    build_cxx || return 1
  for name in registers entry unwind cxx; do
    run_one $name || return 1
  done
  if [ $cpu = arm ]; then
    debug_frames "$poison" "$port" || return 1
  fi
  stack_is_not_executable && guards || return 1

  oracle "$poison" || return 1
  if [ $cpu = aarch64 ]; then
    guarded_branches || return 1
  fi
  if [ $mutants = yes ]; then
    mutate --flag=-static || return 1
  fi
}

# Write what became of it, for table.py.
write_result() {
  printf '%s\n' "arch: $1" "cpu: $cpu" "abi: $abi" "state: $2" \
    "run: $where" "unwinding: $unwinding" \
    "suites:$suites" "checks: $checks" "mutants: ${killed:-not run}" \
    "instructions: ${instructions:--}" "rounds: $rounds" > "$results/$1.result"
}

# one ARCH: a line, and a result file.
one() {
  local checks=0 suites= killed= state=failed flags libraries= exe=
  local instructions=

  select_port $1
  flags="$machine -std=gnu11 -O2 -g -D_GNU_SOURCE -static -funwind-tables
    -Wall -Wextra -Wpedantic -Werror -fvisibility=hidden"
  for tool in "${cc%% *}" ${run%% *}; do
    if ! command -v "$tool" > /dev/null; then
      echo "$1 skipped: $tool is missing"
      return 77
    fi
  done
  folder=$(mktemp -d)
  prove_$kind > "$results/$1.log" 2>&1 && state=$proved
  rm -rf "$folder"
  write_result $1 "$state"
  if [ "$state" = "$proved" ]; then
    echo "$1 ${state/not run/not run:} $checks assertions"
    return 0
  fi
  echo "$1 failed: the end of $results/$1.log is"
  tail -n 20 "$results/$1.log"
  return 1
}

selected=${*:-$ports}
for name in $selected; do
  if ! select_port $name; then
    echo "run.sh: there is no $name; there are: $ports" >&2
    exit 2
  fi
  wanted="${wanted-binutils python3} $packages"
done
if [ $install = yes ]; then
  need_packages $(printf '%s\n' $wanted | sort -u) || exit 1
fi
mkdir -p "$results"
results=$(realpath "$results")

# prove_in_background NAME: what it says and its status go to files.
prove_in_background() {
  rm -f "$results/$1.result"
  (
    one $1 > "$results/$1.said" 2>&1
    echo $? > "$results/$1.status"
  ) &
}

# As many at a time as there are processors; told in order.
for name in $selected; do
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
    wait -n
  done
  prove_in_background $name
done
wait
passed=0 failed=0 skipped=0
for name in $selected; do
  cat "$results/$name.said"
  case $(cat "$results/$name.status") in
  0) passed=$((passed + 1)) ;;
  77) skipped=$((skipped + 1)) ;;
  *) failed=$((failed + 1)) ;;
  esac
  rm "$results/$name.said" "$results/$name.status"
done

[ $# -eq 1 ] ||
  python3 "$here/table.py" --show "$results"
echo "$passed passed, $failed failed, $skipped skipped"
if [ $failed -gt 0 ]; then
  exit 1
fi
[ $passed -gt 0 ] || exit 77
