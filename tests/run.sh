#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds and runs all tests, on a machine that may have nothing installed yet.
#
# usage: tests/run.sh [--full] [STAGE...]
#
#   --full   the long counts (CRESS_FULL=1 in the environment of the tests),
#            all edits of the stage mutants, and `long_stages` besides
#   STAGE    only these; all of them otherwise, see `stages` below
#
# Every stage runs, whatever became of the others. A table follows, and then
# one line, `N passed, N failed, N skipped`. The status is 0 only if nothing
# failed and no stage ran fewer tests than it declares here.
set -u

stages='gcc mprotect clang asan clang-asan msan valgrind tsan hardened musl'
stages="$stages ucontext aarch64 s390x ports install mutants"
long_stages='foreign'

# About nine tenths of what runs where all packages are there.
declare -A minimum=(
  [gcc]=200 [mprotect]=115 [clang]=200 [asan]=185 [clang-asan]=185 [msan]=150
  [valgrind]=145 [tsan]=145 [hardened]=62 [musl]=60 [ucontext]=62 [aarch64]=150
  [s390x]=150 [foreign]=900 [ports]=18 [install]=18 [mutants]=73)

root=$(cd "$(dirname "$0")/.." && pwd)
jobs=$(nproc)
patience=3

. "$root/tests/packages.sh"

# prepare FOLDER COMPILER OPTION...: a fresh build folder in the root. Where
# there is no C++ compiler, only_c is `false`, which is found to be none.
prepare() {
  local folder=$root/$1 cc=$2 cxx=g++
  shift 2

  [ "$cc" = clang ] && cxx=clang++
  rm -rf "$folder"
  CC=$cc CXX=${only_c:-$cxx} meson setup "$folder" "$root" "$@"
}

# build FOLDER COMPILER OPTION...: with all in it.
build() {
  prepare "$@" && ninja -C "$root/$1" -j "$jobs"
}

# suites FOLDER OPTION...: run meson test, and count. The log of an earlier
# run would be counted if this one never started. Many tests wait for time-outs
# and for each other, so there are two for each processor.
suites() {
  local folder=$root/$1
  shift

  rm -f "$folder"/meson-logs/testlog*.json
  meson test -C "$folder" ${rebuild---no-rebuild} \
    --num-processes $((jobs * 2)) --timeout-multiplier "$patience" \
    --print-errorlogs "$@"
  numbers=$(python3 "$root/tests/count.py" \
    "$(echo "$folder"/meson-logs/testlog*.json)")
}

# some_suites FOLDER OPTION...: the same, and build only what they take.
some_suites() {
  local rebuild=

  suites "$@"
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

# What is built with a cross compiler runs in the stage ports.
stage_gcc() {
  build build-gcc gcc -Dwerror=true &&
    suites build-gcc --no-suite install --no-suite cross
}

# The core suites have run both ways in the stage before.
stage_mprotect() {
  export CRESS_GUARD=mprotect
  [ -e "$root/build-gcc/build.ninja" ] || build build-gcc gcc || return
  suites build-gcc --suite loop --suite sync --suite io --suite cancel \
    --suite debug
}

# The mutants of the switch are the same whoever compiles the kit.
stage_clang() {
  build build-clang clang -Dwerror=true &&
    suites build-clang --no-suite install --no-suite cross --no-suite mutants
}

# The kit of arch is built without sanitizers in any case: not once more.
stage_asan() {
  address_options
  build build-asan gcc -Db_sanitize=address,undefined &&
    suites build-asan --no-suite install --no-suite arch
}

address_options() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
}

# clang sees other faults than gcc.
stage_clang-asan() {
  address_options
  build build-clang-asan clang -Db_lundef=false \
    -Db_sanitize=address,undefined &&
    suites build-clang-asan --no-suite install --no-suite arch
}

# with_libraries NAME COMPILER OPTION...: prepare build-NAME, linked to libev
# and cmocka that `libraries` compiles. Neither has a C++ library there.
with_libraries() {
  local only_c=false folder=$root/build-$1-root name=$1 cc=$2
  shift 2

  bash "$root/tests/libraries.sh" "$folder" $libraries &&
    PKG_CONFIG_LIBDIR=$folder/lib/pkgconfig prepare build-$name $cc \
      -Dexamples=disabled -Ddefault_library=static \
      -Dc_args="-isystem $folder/include" -Dc_link_args="-L$folder/lib" "$@"
}

# It must see all code.
stage_msan() {
  local libraries='clang-19 -fsanitize=memory -fno-omit-frame-pointer'

  with_libraries msan clang-19 -Db_lundef=false -Db_sanitize=memory &&
    ninja -C "$root/build-msan" -j "$jobs" &&
    suites build-msan --no-suite install --no-suite arch
}

# As distributions compile; in the long run the kit of arch too.
stage_hardened() {
  local what='--suite core --suite loop'

  [ -n "${CRESS_FULL:-}" ] && what="$what --suite arch --no-suite cross"
  prepare build-hardened gcc -Dexamples=disabled -Dc_args="
    -fstack-clash-protection -fstack-protector-strong -fcf-protection" &&
    some_suites build-hardened $what
}

stage_musl() {
  local libraries=musl-gcc

  with_libraries musl musl-gcc &&
    some_suites build-musl --suite core --suite loop
}

stage_valgrind() {
  [ -e "$root/build-gcc/build.ninja" ] || build build-gcc gcc || return
  suites build-gcc --suite core --suite loop --suite sync --suite io \
    --suite debug --suite cancel --wrap \
    "valgrind -q --error-exitcode=9 --leak-check=full
    --child-silent-after-fork=yes --suppressions=$root/tests/valgrind.supp"
}

# To make a coroutine takes it a fifth of a millisecond, and the suite cancel
# makes them by the hundred thousand: that one takes --full.
stage_tsan() {
  local some='--no-suite cancel'

  [ -n "${CRESS_FULL:-}" ] && some=
  export TSAN_OPTIONS=halt_on_error=1
  build build-tsan gcc -Dexamples=disabled -Db_sanitize=thread &&
    suites build-tsan --no-suite install --no-suite arch $some
}

stage_ucontext() {
  prepare build-ucontext gcc -Dexamples=disabled -Darch=ucontext &&
    some_suites build-ucontext --suite arch --suite core --suite loop
}

# What is of 64 bits in either byte order; the rest takes --full.
stage_aarch64() {
  closing_line bash "$root/tests/cross/suites.sh" aarch64
}

stage_s390x() {
  closing_line bash "$root/tests/cross/suites.sh" s390x
}

stage_foreign() {
  closing_line bash "$root/tests/cross/suites.sh" \
    i386 armhf armel ppc64le mips64el mipsel
}

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
  selected="$stages $long_stages"
  shift
fi
selected=${*:-${selected:-$stages}}
for stage in $selected; do
  case " $stages $long_stages " in
  *" $stage "*) ;;
  *)
    echo "run.sh: there is no stage $stage; there are:" \
      "$stages $long_stages" >&2
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
