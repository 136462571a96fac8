#!/bin/bash
# SPDX-License-Identifier: MIT
#
# R63: a debugger's backtrace of a coroutine ends at cress_arch_entry, be it
# just entered, running or suspended. A suspended one is shown by giving the
# debugger the registers of its context. For x86-64.
#
# usage: gdb.sh TEST_UNWIND
set -eu

program=$1
if ! command -v gdb > /dev/null; then
  echo 'skipped: gdb is missing'
  exit 77
fi
if ! gdb -nx -batch -ex 'break main' -ex run "$program" 2>&1 |
    grep -q '^Breakpoint 1, main'; then
  echo 'skipped: gdb cannot run a program here'
  exit 77
fi

# The first switch enters the coroutine, the second leaves it, and before the
# third it is suspended.
output=$(DEBUGINFOD_URLS='' gdb -nx -batch "$program" 2>&1 \
  -ex 'set confirm off' \
  -ex 'break *(char *)cress_arch_entry + 5' -ex run \
  -ex 'echo state-entered\n' -ex bt \
  -ex 'tbreak innermost' -ex continue \
  -ex 'echo state-running\n' -ex bt \
  -ex 'tbreak *cress_arch_switch' -ex continue \
  -ex 'tbreak *cress_arch_switch' -ex continue \
  -ex 'set $rbx = coroutine.context.rbx' \
  -ex 'set $rbp = coroutine.context.rbp' \
  -ex 'set $r12 = coroutine.context.r12' \
  -ex 'set $r13 = coroutine.context.r13' \
  -ex 'set $r14 = coroutine.context.r14' \
  -ex 'set $r15 = coroutine.context.r15' \
  -ex 'set $rsp = coroutine.context.sp + 8' \
  -ex 'set $pc = coroutine.context.ip' \
  -ex 'echo state-suspended\n' -ex bt -ex kill)

# expect STATE FRAMES: the backtrace has so many frames, the last the entry.
expect() {
  local frames last
  frames=$(sed -n "/^state-$1\$/,/^[^#s]/p" <<< "$output" | grep '^#')
  last=$(tail -n 1 <<< "$frames")
  echo "$1: $last"
  if [[ $last != "#$2 "*cress_arch_entry* ]]; then
    echo "expected frame $2 to be cress_arch_entry in:"
    echo "$output"
    exit 1
  fi
}

expect entered 0
expect running 3
expect suspended 3
