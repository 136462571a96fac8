#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The proof kit of the aarch64 port on a machine of any kind: cross-compiled,
# linked statically, run by qemu. Once plainly, once with guarded branches and
# signed return addresses in pages that check branches, once with the port under
# test replaced by ucontext, whose digest must be the same; the mutants last.
#
# Needs gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, qemu-user-static, and
# g++-aarch64-linux-gnu for the C++ part. Ends with 77 if they are missing.
#
# usage: aarch64.sh [--no-mutants] [ROUNDS]
set -eu

here=$(dirname "$(realpath "$0")")
arch=$(realpath "$here/../../arch")
cross=aarch64-linux-gnu
run='qemu-aarch64-static -cpu max'
flags='-std=gnu11 -O2 -g -D_GNU_SOURCE -static -funwind-tables
  -Wall -Wextra -Wpedantic -Werror -fvisibility=hidden'
mutants=yes
if [ "${1-}" = --no-mutants ]; then
  mutants=no
  shift
fi
rounds=${1:-100000}

for tool in $cross-gcc qemu-aarch64-static; do
  if ! command -v $tool > /dev/null; then
    echo "skipped: $tool is missing"
    exit 77
  fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# build NAME PORT SOURCE...: a program out of the kit.
build() {
  local name=$1 port=$2
  shift 2
  $cross-gcc $flags -I"$arch" -I"$arch/$port" -I"$here/aarch64" \
    -o "$folder/$name" "$here/kit.c" "$@" -lm
}

# build_kit SUFFIX PORT SWITCH: all programs in C.
build_kit() {
  build "registers$1" $2 "$here/test_registers.c" \
    "$here/aarch64/poison.S" "$3"
  build "entry$1" $2 "$here/test_entry.c" "$3"
}

# build_guarded NAME SOURCE: with the switch in pages that check branches.
build_guarded() {
  build $1 aarch64 -I"$here" "$2" "$here/aarch64/guard.c" \
    "$here/aarch64/guarded.S"
}

# R5, R10: this processor has everything, so nothing may be skipped.
run_one() {
  echo "== $1"
  timeout 300 $run "$folder/$1" $rounds || exit 1
}

build_kit '' aarch64 "$arch/aarch64/switch.S"
build unwind aarch64 "$here/test_unwind.c" "$here/aarch64/poison.S" \
  "$arch/aarch64/switch.S"
build_kit -oracle ucontext "$arch/ucontext/switch.c"
flags="$flags -mbranch-protection=standard"
build_guarded branches-guarded "$here/aarch64/test_branches.c"
build_guarded registers-guarded "$here/test_registers.c"
build entry-guarded aarch64 "$here/test_entry.c" "$arch/aarch64/switch.S"
build unwind-guarded aarch64 "$here/test_unwind.c" \
  "$here/aarch64/poison.S" "$arch/aarch64/switch.S"

for name in registers entry unwind registers-oracle entry-oracle \
    branches-guarded registers-guarded entry-guarded unwind-guarded; do
  run_one $name
done
"$here/same_digest.sh" 20000 "$folder/registers" \
  "$folder/registers-oracle" $run
"$here/no_executable_stack.sh" "$folder/registers" "$folder/entry"
python3 "$here/branch_targets.py" aarch64 --arch "$arch" --cc $cross-gcc

if command -v $cross-g++ > /dev/null; then
  $cross-gcc -O2 -c "$here/kit.c" -o "$folder/kit.o"
  $cross-gcc -c "$arch/aarch64/switch.S" -o "$folder/switch.o"
  $cross-g++ -std=c++17 -O2 -static -I"$arch" -I"$arch/aarch64" \
    "$here/test_cxx.cc" "$folder/kit.o" "$folder/switch.o" \
    -o "$folder/cxx"
  run_one cxx
else
  echo "# no $cross-g++: exceptions are not tested"
fi

if [ $mutants = yes ]; then
  python3 "$here/mutants.py" aarch64 --arch "$arch" --cc $cross-gcc \
    --flag=-static --run "$run"
fi
