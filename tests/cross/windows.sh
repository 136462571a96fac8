# SPDX-License-Identifier: MIT
#
# To be sourced by run.sh: a port for Windows, run by wine. Its unwind data is
# not DWARF, so a test of its own asks the system's unwinder; and core, which is
# all there is of the library there, runs its suites.

# A folder for wine's own files; nobody is asked anything, nothing is shown.
begin_wine() {
  export WINEPREFIX=$folder/wine WINEDEBUG=-all
  export WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='
  unset DISPLAY
  # One server for all programs: to start it takes longer than they do.
  mkdir -p "$WINEPREFIX" && wineserver64 -p
}

# What there is above the switch, by meson; its checks are counted.
core_suites() {
  local program made

  meson setup "$folder/core" "$root" --cross-file "$here/windows.txt" &&
    ninja -C "$folder/core" || return 1
  for program in "$folder"/core/tests/core/windows/*.exe; do
    echo "== ${program##*/}"
    timeout 300 $run "$program" | tr -d '\r' | tee "$folder/log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
    for made in $(sed -n 's/^\([0-9]*\) checks ran$/\1/p
        s/^\([0-9]*\) assertions, 0 tests failed$/\1/p' "$folder/log"); do
      checks=$((checks + made))
    done
    suites="$suites $(basename "$program" .exe)"
  done
}

# R12: what this system keeps of a stack goes along, and its unwinder agrees.
prove_on_wine() {
  local name poison=$kit/$cpu/poison.S port=$arch/$cpu/switch.S

  build registers $cpu "$kit/test_registers.c" "$poison" "$port" &&
    build entry $cpu "$kit/test_entry.c" "$port" &&
    build bounds $cpu "$kit/$cpu/test_bounds.c" "$port" &&
    build unwind $cpu "$kit/$cpu/test_unwind.c" "$poison" "$port" &&
    build_cxx || return 1
  for name in registers entry bounds unwind cxx; do
    run_one $name || return 1
  done
  ${cc%gcc}objdump -p "$folder/registers$exe" | grep NX_COMPAT &&
    core_suites || return 1
  if [ $mutants = yes ]; then
    mutate --flag=-static || return 1
  fi
}

# R12: nothing of wine is running when the folder goes.
prove_windows() {
  local exe=.exe result

  begin_wine || return 1
  prove_on_wine
  result=$?
  wineserver64 -k
  return $result
}
