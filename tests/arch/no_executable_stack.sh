#!/bin/sh
# SPDX-License-Identifier: MIT
#
# R9: a program with a switch in it gets a stack that cannot be executed. One
# object without the note is enough for the linker to ask for the opposite.
#
# usage: no_executable_stack.sh PROGRAM...
set -eu

for program in "$@"; do
  flags=$(readelf -lW "$program" | awk '$1 == "GNU_STACK" { print $7 }')
  echo "$program: GNU_STACK $flags"
  test "$flags" = RW
done
test $# -gt 0
