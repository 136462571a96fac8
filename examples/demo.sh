#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The main job of cress, from nothing: builds it, serves a whole manual with
# its HTTP server and crawls that with its crawler, 64 pages at a time.
#
# usage: examples/demo.sh [PACKAGE | FOLDER]
#
#   PACKAGE   a Debian package with a manual in HTML (postgresql-doc-15)
#   FOLDER    a manual that is there already
#
# Takes a Debian 12 on which nothing need be installed, and root or sudo if
# something is missing. All that it makes is in build-demo/; the package is
# unpacked there and not installed. The status is 0 if the crawl came to its
# end and has seen a page: links that are broken are a result, not a failure.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build-demo
manual=${1:-postgresql-doc-15}

. "$root/tests/packages.sh"

build_cress() {
  mkdir -p "$build"
  [ -e "$build/build.ninja" ] ||
    meson setup "$build" "$root" --buildtype=release -Dtests=disabled \
      >"$build/setup.log" || { cat "$build/setup.log" >&2; return 1; }
  ninja -C "$build" --quiet
}

# As root, apt wants to download as another user, who may not write here.
download() {
  apt-get download -qq -o APT::Sandbox::User=root "$@"
}

# A machine that never asked has no list of packages.
update_lists() {
  if [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq
  elif command -v sudo >/dev/null; then
    sudo apt-get update -qq
  else
    echo "The package lists are missing: run apt-get update as root" >&2
    return 1
  fi
}

# A package may only point at the -doc packages that it depends on.
related_packages() {
  apt-cache depends "$1" 2>/dev/null |
    sed -n 's/^ *Depends: \([a-z0-9.+-]*-doc[a-z0-9.+-]*\)$/\1/p'
}

# unpack PACKAGE: into build-demo/manuals/PACKAGE, once.
unpack() {
  local folder=$build/manuals/$1 file

  [ -d "$folder" ] && return 0
  rm -rf "$folder.part"
  mkdir -p "$folder.part"
  (
    cd "$folder.part"
    download "$1" 2>/dev/null ||
      { update_lists && download "$1"; } || exit 1
    for file in $(related_packages "$1"); do
      download "$file" || true
    done
    for file in *.deb; do
      dpkg -x "$file" . || exit 1
    done
    rm -f ./*.deb
  ) || return 1
  mv "$folder.part" "$folder"
}

# Print the page to start from: the index.html with most pages in its folder
# and below, or if there is none the innermost folder that has all pages, with a
# slash: the server lists it. Links between folders are resolved, as the server
# lets nobody out of its root.
find_start() {
  find -L "$1" -name '*.html' -type f 2>/dev/null | python3 -c '
import collections, os, sys

def resolve(page):
  folder, name = os.path.split(page)
  here = os.path.join(os.path.realpath(folder), name)
  real = os.path.realpath(page)
  return here if os.path.dirname(here) == os.path.dirname(real) else real

pages = {resolve(page) for page in sys.stdin.read().splitlines()}
below = collections.Counter()
for page in pages:
  folder = os.path.dirname(page)
  while len(folder) > 1:
    below[folder] += 1
    folder = os.path.dirname(folder)
starts = [p for p in pages if os.path.basename(p) == "index.html"]
if starts:
  print(min(starts, key=lambda p: (-below[os.path.dirname(p)], len(p), p)))
elif pages:
  print(max(below, key=lambda f: (below[f], len(f))) + "/")
'
}

server=
stop_server() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
    server=
  fi
}

# start_server FOLDER [OPTION]: serve it; leaves the address in `address`.
start_server() {
  local log=$build/httpd.log tries

  # The address of an earlier run must not be read before the server writes.
  : >"$log"
  "$build/examples/httpd" -a 127.0.0.1:0 ${2:-} "$1" >"$log" 2>&1 &
  server=$!
  for tries in {1..200}; do
    address=$(sed -n 's/^listening on //p' "$log")
    [ -n "$address" ] && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
  done
  echo "The server did not start:" >&2
  cat "$log" >&2
  return 1
}

need_packages $build_packages $example_packages
echo "Building cress in $build"
build_cress

if [ -d "$manual" ]; then
  folder=$(cd "$manual" && pwd)
else
  echo "Getting the manual of $manual"
  unpack "$manual"
  folder=$build/manuals/$manual
fi
start=$(find_start "$folder")
if [ -z "$start" ]; then
  echo "There are no HTML pages in $folder" >&2
  exit 1
fi

page=${start##*/}
folder=${start%/*}

trap stop_server EXIT
start_server "$folder" $([ -n "$page" ] || echo -l)
echo "Serving $folder on $address"
echo "Crawling it with 64 coroutines"
status=0
no_proxy='*' "$build/examples/crawler/crawler" --concurrency 64 \
  --list "$build/pages.txt" --broken "$build/broken.txt" \
  "http://$address/$page" || status=$?
stop_server
echo "All pages: $build/pages.txt, all broken links: $build/broken.txt"
if [ "$status" -gt 1 ]; then
  echo "The crawler failed with status $status" >&2
  exit "$status"
fi
if [ ! -s "$build/pages.txt" ]; then
  echo "The crawl has seen no page" >&2
  exit 1
fi
