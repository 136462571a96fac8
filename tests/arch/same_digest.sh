#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Two ports of one processor observe the same: their test_registers, run for
# the same number of rounds, print the same digest.
#
# usage: same_digest.sh ROUNDS PROGRAM ORACLE [EMULATOR...]
set -eu

rounds=$1
program=$2
oracle=$3
shift 3

ours=$("$@" "$program" "$rounds" | grep '^digest ')
theirs=$("$@" "$oracle" "$rounds" | grep '^digest ')
echo "$ours, of the oracle: $theirs"
test "$ours" = "$theirs"
