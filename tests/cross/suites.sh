#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The whole library on other processors: cross-compiled, linked to Debian's
# libraries for them, and run through all suites by qemu; i386 by the machine
# itself. Left out are `install`, which is about this machine, `tree`, which is
# about the sources, and `arch`, the proof kit, which run.sh runs.
#
# usage: suites.sh [--no-install] [--full] [--results FOLDER] [ARCH...]
#
#   --no-install  install nothing; 77 is the end if something is missing
#   --full        the long counts of the tests
#   --results     where ARCH.suites is written (build-ports in the root)
#   ARCH          ports of ports.sh; by default all with libraries in Debian
#
# A line for each architecture, and one with the sum of tests. What a test says
# is in build-ARCH/meson-logs. table.py puts results into the README's table.
set -u

here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
results=$root/build-ports
install=yes counts=short patience=3

. "$root/tests/packages.sh"
. "$here/ports.sh"

while [ $# -gt 0 ]; do
  case $1 in
  --no-install) install=no ;;
  --full) export CRESS_FULL=1 ;;
  --results) results=$2; shift ;;
  -*) sed -n '/^# usage/,/^set/p' "$0"; exit 2 ;;
  *) break ;;
  esac
  shift
done
if [ "${CRESS_FULL:-}" = 1 ]; then
  counts=long patience=30
fi

# build NAME: a fresh one. `env -u`: the cross file alone names compilers.
build() {
  bash "$here/sysroot.sh" $1 "$root/build-sysroot/$1" || return 1
  rm -rf "$folder"
  env -u CC -u CXX meson setup "$folder" "$root" -Dwerror=true \
    --cross-file "$root/build-sysroot/$1/cross.txt" &&
    ninja -C "$folder"
}

run_suites() {
  meson test -C "$folder" --no-rebuild --num-processes "$(nproc)" \
    --timeout-multiplier $patience --print-errorlogs \
    --no-suite install --no-suite tree --no-suite arch
}

# Write what became of it, for table.py.
write_result() {
  printf '%s\n' "arch: $1" "state: $2" "tests: $p" "failed: $f" \
    "skipped: $s" "suites: $suites" "counts: $counts" > "$results/$1.suites"
}

# one ARCH: a line, and a result file.
one() {
  local state=failed p=0 f=1 s=0 suites=0 folder=$root/build-$1
  local log=$folder/meson-logs/testlog.json

  select_port $1
  for tool in "$cc" ${run%% *}; do
    if ! command -v "$tool" > /dev/null; then
      echo "$1 skipped: $tool is missing"
      return
    fi
  done
  if build $1 > "$results/$1-build.log" 2>&1; then
    run_suites
    read -r p f s suites < <(python3 "$root/tests/count.py" "$log")
  else
    tail -n 20 "$results/$1-build.log"
  fi
  if [ $f -eq 0 ]; then
    state=passed
  fi
  write_result $1 $state
  echo "$1 $state: $p tests of $suites suites, $f failed, $s skipped"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

selected=${*:-$(ports_of_debian)}
for name in $selected; do
  if ! select_port $name || [ -z "$debian" ]; then
    echo "suites.sh: Debian has libraries for: $(ports_of_debian)" >&2
    exit 2
  fi
  wanted="${wanted-} $packages"
done
if [ $install = yes ]; then
  need_packages $build_packages $wanted || exit 1
fi
mkdir -p "$results"
results=$(realpath "$results")
passed=0 failed=0 skipped=0
for name in $selected; do
  rm -f "$results/$name.suites"
  one $name
done

echo "$passed passed, $failed failed, $skipped skipped"
if [ $failed -gt 0 ]; then
  exit 1
fi
[ $passed -gt 0 ] || exit 77
