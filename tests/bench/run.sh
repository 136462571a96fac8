#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Measures cress beside its peers, on a machine that may have nothing
# installed yet.
#
# usage: tests/bench/run.sh [--json] [--slices N] [NAME...]
#
#   --json       one JSON object a row and nothing else on standard output
#   --slices N   slices of every row, at least 5
#   NAME         a bench, or bench/case; all of them otherwise
#
# The library is built twice, with and without coloured stacks, and with it
# the programs, in build-bench/. Whatever is not a result goes to standard
# error. README.md says how each row is measured.
set -eu

peer_packages='libboost-context-dev libboost-fiber-dev libst-dev golang-go
  python3-gevent nginx-light curl golang-golang-x-net-dev python3-scrapy'

root=$(cd "$(dirname "$0")/../.." && pwd)
built=$root/build-bench

. "$root/tests/packages.sh"

# build NAME COLOUR TARGET...: configure once, and build the targets.
build() {
  local folder=$built/$1 colour=$2
  shift 2

  if [ ! -f "$folder/build.ninja" ]; then
    meson setup "$folder" "$root" --buildtype=debugoptimized \
      -Dcolour="$colour"
  fi
  ninja -C "$folder" "$@"
}

{
  # shellcheck disable=SC2086 # one word a package
  need_packages $build_packages $example_packages $peer_packages
  build coloured true bench examples/echo examples/httpd \
    examples/crawler/crawler
  build uncoloured false tests/bench/bench-switch
} >&2

export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$root/tests/bench/driver.py" \
  --built "$built/coloured" "$built/uncoloured" "$@"
