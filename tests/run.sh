#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds and runs all tests, on a machine that may have nothing installed yet.
#
# usage: tests/run.sh [--full] [STAGE...]
#
#   --full   the long counts (CRESS_FULL=1 in the environment of the tests),
#            and all edits of the stage mutants
#   STAGE    only these; all of them otherwise, see `stages` below
#
# Every stage runs, whatever became of the others. A table follows, and then
# one line, `N passed, N failed, N skipped`. The status is 0 only if nothing
# failed and no stage ran fewer tests than it declares here.
set -u

stages='gcc mprotect clang asan valgrind tsan ucontext aarch64 ports install'
stages+=' mutants'

# About nine tenths of what runs where all packages are there.
declare -A minimum=(
  [gcc]=190 [mprotect]=112 [clang]=190 [asan]=170 [valgrind]=30 [tsan]=60
  [ucontext]=62 [aarch64]=160 [ports]=16 [install]=12 [mutants]=58)

root=$(cd "$(dirname "$0")/.." && pwd)
jobs=$(nproc)
patience=3

. "$root/tests/packages.sh"

# Print "passed failed skipped" of a log that meson test has written.
count_log() {
  python3 - "$1" <<'PYTHON'
import json
import sys

counts = {'OK': 0, 'FAIL': 0, 'SKIP': 0}
try:
  with open(sys.argv[1], encoding='utf-8') as log:
    for line in log:
      result = json.loads(line)['result']
      result = {'EXPECTEDFAIL': 'OK'}.get(result, result)
      counts[result if result in counts else 'FAIL'] += 1
except OSError:
  counts['FAIL'] += 1
print(*counts.values())
PYTHON
}

# build FOLDER COMPILER OPTION...: a fresh build in the root.
build() {
  local folder=$root/$1 cc=$2 cxx=g++
  shift 2

  [ "$cc" = clang ] && cxx=clang++
  rm -rf "$folder"
  CC=$cc CXX=$cxx meson setup "$folder" "$root" "$@" &&
    ninja -C "$folder" -j "$jobs"
}

# suites FOLDER OPTION...: run meson test, and count. The log of an earlier
# run would be counted if this one never started.
suites() {
  local folder=$root/$1
  shift

  rm -f "$folder"/meson-logs/testlog*.json
  meson test -C "$folder" --no-rebuild --num-processes "$jobs" \
    --timeout-multiplier "$patience" --print-errorlogs "$@"
  numbers=$(count_log "$(echo "$folder"/meson-logs/testlog*.json)")
}

# closing_line COMMAND...: run it; its last line has the numbers, and is not
# shown, because there is to be one such line.
closing_line() {
  local line last=

  while IFS= read -r line; do
    [ -n "$last" ] && echo "$last" >&3
    last=$line
  done < <("$@")
  numbers=$(echo "$last" | sed -n \
    's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
}

stage_gcc() {
  build build-gcc gcc -Dwerror=true && suites build-gcc --no-suite install
}

# The core suites have run both ways in the stage before.
stage_mprotect() {
  export CRESS_GUARD=mprotect
  [ -e "$root/build-gcc/build.ninja" ] || build build-gcc gcc || return
  suites build-gcc --suite loop --suite sync --suite io --suite cancel \
    --suite debug
}

# What is built with a cross compiler has run in the stage gcc.
stage_clang() {
  build build-clang clang -Dwerror=true &&
    suites build-clang --no-suite install --no-suite cross
}

# The kit of arch is built without sanitizers in any case: not once more.
stage_asan() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  build build-asan gcc -Db_sanitize=address,undefined &&
    suites build-asan --no-suite install --no-suite arch
}

stage_valgrind() {
  [ -e "$root/build-gcc/build.ninja" ] || build build-gcc gcc || return
  suites build-gcc --suite core --wrap \
    'valgrind -q --error-exitcode=9 --leak-check=full
    --child-silent-after-fork=yes'
}

stage_tsan() {
  export TSAN_OPTIONS=halt_on_error=1
  build build-tsan gcc -Db_sanitize=thread &&
    suites build-tsan --suite core --suite loop
}

stage_ucontext() {
  build build-ucontext gcc -Darch=ucontext &&
    suites build-ucontext --suite arch --suite core --suite loop
}

stage_aarch64() {
  bash "$root/tests/cross/sysroot.sh" "$root/build-sysroot" &&
    build build-aarch64 gcc \
      --cross-file "$root/build-sysroot/sysroot.txt" \
      --cross-file "$root/tests/cross/aarch64.txt" &&
    suites build-aarch64 --no-suite install
}

# The kit of aarch64 has run in the stage gcc, with all its mutants.
stage_ports() {
  local how=--short

  [ -n "${CRESS_FULL:-}" ] && how=
  closing_line bash "$root/tests/cross/run.sh" $how
}

stage_install() {
  [ -e "$root/build-gcc/build.ninja" ] || build build-gcc gcc || return
  closing_line python3 "$root/tests/install/run.py" "$root/build-gcc"
}

stage_mutants() {
  local some=--some

  [ -n "${CRESS_FULL:-}" ] && some=
  closing_line python3 "$root/tests/mutate.py" $some "$root"
}

# R13: a suite that ends early must not pass for one that is complete.
# ran_enough STAGE COUNT
ran_enough() {
  [ "$2" -ge "${minimum[$1]}" ]
}

# Run one stage in a shell of its own and print "passed failed skipped".
run_stage() {
  (
    numbers=
    "stage_$1" >&3
    set -- ${numbers:-0 1 0}
    echo "$1 $2 $3"
  )
}

if [ "${1:-}" = --full ]; then
  export CRESS_FULL=1
  patience=30
  shift
fi
selected=${*:-$stages}
for stage in $selected; do
  case " $stages " in
  *" $stage "*) ;;
  *)
    echo "run.sh: there is no stage $stage; there are: $stages" >&2
    exit 2
    ;;
  esac
done

need_packages $build_packages $example_packages $check_packages \
  $cross_packages || exit 1

exec 3>&1
passed=0 failed=0 skipped=0 short=0
table=
for stage in $selected; do
  echo "== $stage"
  SECONDS=0
  read -r p f s < <(run_stage "$stage")
  note=
  if ! ran_enough "$stage" $((p + f)); then
    note="  fewer than ${minimum[$stage]} ran"
    short=1
  fi
  table+=$(printf '%-10s %7d %7d %8d %7d s%s' \
    "$stage" "$p" "$f" "$s" "$SECONDS" "$note")$'\n'
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

printf '\n%-10s %7s %7s %8s %9s\n%s' stage passed failed skipped time "$table"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$short" -eq 0 ]
