#!/bin/bash
# SPDX-License-Identifier: MIT
#
# R63: perf's call graphs by call frame information reach from a coroutine's
# innermost function to cress_arch_entry, and end there.
#
# usage: perf.sh SPIN
set -eu

program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! command -v perf > /dev/null; then
  echo 'skipped: perf is missing'
  exit 77
fi
if ! perf record -q -e cpu-clock:u -o "$folder/data" --call-graph dwarf,4096 \
  -F 250 "$program" > "$folder/log" 2>&1; then
  echo 'skipped: the kernel refuses to record:'
  head -n 3 "$folder/log"
  exit 77
fi

# A sample is a paragraph: a frame a line, the innermost first.
perf script -i "$folder/data" -F ip,sym 2> /dev/null | awk '
  function judge() {
    if (innermost) {
      samples++
      whole += last == "cress_arch_entry" && frames >= 4
      beyond += entry && last != "cress_arch_entry"
    }
    innermost = entry = frames = 0
    last = ""
  }
  NF == 0 { judge(); next }
  {
    last = $2
    frames++
    innermost += $2 == "work_innermost"
    entry += $2 == "cress_arch_entry"
  }
  END {
    judge()
    printf "%d samples in the coroutine, %d end at the entry, %d beyond\n",
      samples, whole, beyond
    exit !(samples >= 5 && whole == samples && beyond == 0)
  }'
