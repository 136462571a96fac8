# SPDX-License-Identifier: MIT
#
# To be sourced: the architectures that run.sh knows.
#
#   port NAME CPU TRIPLET EMULATOR UNWINDING ABI [OPTION...]
#
# CPU is the folder below arch/. UNWINDING is how the call frame information was
# proved. Options choose what the compiler makes. Debian's names of those that
# it has the libraries for are in `debian_names`.
#
#   freestanding NAME CPU COMPILER PACKAGES EMULATOR ABI [OPTION...]
#
# The same where Debian has no C library for the processor.
#
#   macho NAME CPU TARGET ABI
#
# Apple's object format, which can be assembled but not run.

#   windows NAME CPU TRIPLET ABI [OPTION...]
#
# Windows' format and calls, by mingw's compilers, under wine.

ports=
declare -A port_rows

# add_port NAME KIND CPU CC CXX PACKAGES EMULATOR UNWINDING ABI [OPTION...]
add_port() {
  ports="$ports $1"
  port_rows[$1]=$(printf '%s\n' "${@:2}")
}

port() {
  add_port $1 kit $2 $3-gcc $3-g++ "g++-$3 qemu-user-static" "${@:4}"
}

freestanding() {
  add_port $1 freestanding $2 "$3" none "$4 qemu-user-static" "$5" \
    'each instruction' "${@:6}"
}

macho() {
  add_port $1 macho $2 "clang-19 --target=$3" none 'clang-19 lld-19 llvm-19' \
    '' 'the same rows as in ELF' "$4"
}

# Debian keeps the program off the usual path.
windows() {
  add_port $1 windows $2 $3-gcc $3-g++ \
    'gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64-posix wine64 meson ninja-build' \
    wine64 'each instruction (SEH)' "${@:4}"
  PATH=$PATH:/usr/lib/wine
}

port aarch64 aarch64 aarch64-linux-gnu 'qemu-aarch64-static -cpu max' \
  'each instruction' 'AAPCS64'
port riscv64 riscv64 riscv64-linux-gnu qemu-riscv64-static \
  'each instruction' 'psABI, LP64D'
port armhf arm arm-linux-gnueabihf qemu-arm-static \
  'each instruction, and backtraces (EXIDX)' 'AAPCS32, hard floats'
port armel arm arm-linux-gnueabi qemu-arm-static \
  'each instruction, and backtraces (EXIDX)' 'AAPCS32, soft floats'
port i386 x86 i686-linux-gnu qemu-i386-static \
  'each instruction' 'System V, with SSE' \
  -msse2 -mfpmath=sse -maccumulate-outgoing-args
port s390x s390x s390x-linux-gnu qemu-s390x-static \
  'each instruction' 'zSeries ELF, 64 bits'
port ppc64le ppc64 powerpc64le-linux-gnu qemu-ppc64le-static \
  'each instruction' 'ELFv2'
port ppc64 ppc64 powerpc64-linux-gnu qemu-ppc64-static \
  'each instruction' 'ELFv1'
port ppc ppc powerpc-linux-gnu qemu-ppc-static \
  'each instruction' 'System V, 32 bits' -fno-pie
port ppc-altivec ppc powerpc-linux-gnu 'qemu-ppc-static -cpu 7400' \
  'each instruction' 'System V, 32 bits, AltiVec' -fno-pie -maltivec
port mips64el mips64 mips64el-linux-gnuabi64 \
  'qemu-mips64el-static -cpu Loongson-3A4000' \
  'each instruction' 'n64, little endian'
port mips64 mips64 mips64-linux-gnuabi64 \
  'qemu-mips64-static -cpu Loongson-3A4000' \
  'each instruction' 'n64, big endian'
port mipsel mips mipsel-linux-gnu qemu-mipsel-static \
  'each instruction' 'o32, little endian'
port mips mips mips-linux-gnu qemu-mips-static \
  'each instruction' 'o32, big endian'
port sparc64 sparc64 sparc64-linux-gnu qemu-sparc64-static \
  'each instruction' 'SPARC V9, 64 bits'
port m68k m68k m68k-linux-gnu qemu-m68k-static \
  'each instruction' 'System V, with floats'

freestanding riscv32 riscv32 riscv64-linux-gnu-gcc gcc-riscv64-linux-gnu \
  qemu-riscv32-static 'psABI, ILP32D' -march=rv32gc -mabi=ilp32d
freestanding loongarch64 loongarch64 \
  'clang-19 --target=loongarch64-linux-gnu -fuse-ld=lld-19 -Qunused-arguments' \
  'clang-19 lld-19' qemu-loongarch64-static 'LP64D' -march=loongarch64

macho arm64-macos aarch64 arm64-apple-macos11 "Apple's arm64, Mach-O"
macho x86_64-macos x86_64 x86_64-apple-macos11 "Apple's x86_64, Mach-O"

windows win64 x86_64-windows x86_64-w64-mingw32 'Windows, x64' \
  --param=min-pagesize=0 -DWIN32_LEAN_AND_MEAN

declare -A debian_names=(
  [aarch64]=arm64 [armhf]=armhf [armel]=armel [i386]=i386 [s390x]=s390x
  [ppc64le]=ppc64el [mips64el]=mips64el [mipsel]=mipsel)

# The ports that Debian has libraries for.
ports_of_debian() {
  local name

  for name in $ports; do
    [ -z "${debian_names[$name]-}" ] || printf '%s ' $name
  done
}

# select_port NAME: sets kind cpu cc cxx packages run unwinding abi machine, and
# for the table `where` it runs, and what it is if all is `proved`; for the
# libraries the compiler's triplet, and Debian's name, which may be empty.
select_port() {
  local row

  [ -n "${port_rows[$1]-}" ] || return 1
  mapfile -t row <<< "${port_rows[$1]}"
  kind=${row[0]} cpu=${row[1]} cc=${row[2]} cxx=${row[3]}
  packages=${row[4]} run=${row[5]} unwinding=${row[6]} abi=${row[7]}
  machine=${row[*]:8} where=$run proved=passed
  triplet=${cc%-gcc} debian=${debian_names[$1]-}
  # A kernel for x86_64 runs these too.
  if [ $cpu = x86 ] && [ "$(uname -m)" = x86_64 ]; then
    run= where='the machine itself'
  fi
  case $kind in
  freestanding) where="$run, no C library" ;;
  macho) where=nothing proved='assembled, not run' ;;
  esac
}
