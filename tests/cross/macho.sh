# SPDX-License-Identifier: MIT
#
# To be sourced by run.sh: a port in Apple's object format. Nothing here can run
# that, but what counts is seen without: the code and its call frame information
# are, byte by byte and row by row, those in the format that the kit proves;
# C finds all symbols, nobody outside does; the linker finds how to unwind each.

# holds COMMAND...: it must succeed. Checks are counted.
holds() {
  checks=$((checks + 1))
  "$@" && return
  echo "does not hold: $*"
  return 1
}

# code_of FORMAT SECTION: the code of the switches, as bytes.
code_of() {
  llvm-objcopy-19 --dump-section "$2=$folder/$1.code" "$folder/$1.o" \
    "$folder/dumped"
}

# Where registers are, for each instruction of each function. Addresses are
# counted from the function's first row.
rows_of() {
  llvm-dwarfdump-19 --eh-frame "$folder/$1.o" | python3 -c '
import re
import sys

base = None
for line in sys.stdin:
  row = re.match(r"  (0x[0-9a-f]+): (CFA=.*)", line)
  if row:
    base = int(row.group(1), 16) if base is None else base
    print(hex(int(row.group(1), 16) - base), row.group(2))
  else:
    base = None
' > "$folder/$1.rows"
  [ "$(wc -l < "$folder/$1.rows")" -gt 40 ]
}

# count N PATTERN COMMAND...: so many lines of what it prints match.
count() {
  local wanted=$1 pattern=$2
  shift 2
  [ "$("$@" | grep -c "$pattern")" -eq "$wanted" ]
}

# C that calls them all, and is the only one to be seen from outside.
write_user() {
  cat > "$folder/user.c" <<'USER'
#include <switch.h>

static struct arch_context here, there;

__attribute__((visibility("default")))
int use(void *top, void (*main)(void *value), void *(*hook)(void *value))
{
	arch_context_init(&there, top, main);
	arch_context_init_fp(&there);
	cress_arch_switch(&there, top, &here);
	cress_arch_switch_shared(&there, top, &here);
	cress_arch_switch_on(&there, top, &here, hook);
	cress_arch_switch_last(&there, top, &here);
	return cress_arch_switch_to_int(&there, top, &here);
}
USER
}

# What a linker writes where unwinders are to go by the rows.
dwarf_mode() {
  [ $cpu = aarch64 ] && echo 0x03 || echo 0x04
}

# R5 R63, as far as it can be seen, for all functions of the ELF object.
prove_macho() {
  local port=$arch/$cpu/switch.S all
  local apple=${cc##*=}
  local elf=${apple%%-*}-linux-gnu

  write_user
  holds $cc -c "$port" -o "$folder/macho.o" &&
    holds $cc --target=$elf -c "$port" -o "$folder/elf.o" &&
    holds $cc $flags -ffreestanding -I"$arch" -I"$arch/$cpu" \
      -c "$folder/user.c" -o "$folder/user.o" || return 1

  holds code_of macho __TEXT,__text && holds code_of elf .text.hot &&
    holds cmp "$folder/macho.code" "$folder/elf.code" &&
    holds rows_of macho && holds rows_of elf &&
    holds cmp "$folder/macho.rows" "$folder/elf.rows" || return 1

  all=$(llvm-nm-19 "$folder/elf.o" | grep -c ' T cress_arch_')
  holds [ "$all" -ge 5 ] &&
    holds count $all ' T _cress_arch_' llvm-nm-19 "$folder/macho.o" &&
    holds count $all PrivateExtern \
      llvm-readobj-19 --symbols "$folder/macho.o" &&
    holds ld64.lld-19 -arch ${apple%%-*} -platform_version macos 11.0 11.0 \
      -dylib "$folder/user.o" "$folder/macho.o" -o "$folder/dylib" &&
    holds count $all ' t _cress_arch_' llvm-nm-19 "$folder/dylib" &&
    holds count 1 ' T _' llvm-nm-19 "$folder/dylib" &&
    holds count $all " encoding\[[0-9]*\]: $(dwarf_mode)" \
      llvm-objdump-19 --unwind-info "$folder/dylib"
}
