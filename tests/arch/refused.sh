#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where stacks grow up, guards and tops would lie at the wrong ends. So such a
# processor must be refused when a build is configured, not when it crashes.
#
# usage: refused.sh ROOT
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# configure CPU_FAMILY: as if this machine's compiler compiled for it.
configure() {
  cat > "$folder/cross.txt" <<END
[binaries]
c = 'cc'
ar = 'ar'

[properties]
needs_exe_wrapper = true

[host_machine]
system = 'linux'
cpu_family = '$1'
cpu = '$1'
endian = 'big'
END
  meson setup "$folder/$1" "$2" --cross-file "$folder/cross.txt" \
    -Dtests=disabled -Dexamples=disabled > "$folder/log" 2>&1
}

# R8
refuses_stacks_that_grow_up() {
  ! configure parisc "$1" && grep -q 'stacks grow up' "$folder/log"
}

# Any other that is unknown gets the portable switch.
takes_an_unknown_processor() {
  configure sh4 "$1"
}

refuses_stacks_that_grow_up "$1"
takes_an_unknown_processor "$1"
