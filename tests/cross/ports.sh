# SPDX-License-Identifier: MIT
#
# To be sourced: the architectures that run.sh knows.
#
#   port NAME CPU TRIPLET EMULATOR UNWINDING ABI [OPTION...]
#
# CPU is the folder below arch/. UNWINDING is how the call frame information was
# proved. Options choose what the compiler makes.

ports=
declare -A port_rows

port() {
  ports="$ports $1"
  port_rows[$1]=$(printf '%s\n' "${@:2}")
}

port aarch64 aarch64 aarch64-linux-gnu 'qemu-aarch64-static -cpu max' \
  'each instruction' 'AAPCS64'
port riscv64 riscv64 riscv64-linux-gnu qemu-riscv64-static \
  'each instruction' 'psABI, LP64D'
port armhf arm arm-linux-gnueabihf qemu-arm-static \
  'backtraces (EXIDX)' 'AAPCS32, hard floats'
port armel arm arm-linux-gnueabi qemu-arm-static \
  'backtraces (EXIDX)' 'AAPCS32, soft floats'
port i386 x86 i686-linux-gnu qemu-i386-static \
  'each instruction' 'System V, with SSE' \
  -msse2 -mfpmath=sse -maccumulate-outgoing-args
port s390x s390x s390x-linux-gnu qemu-s390x-static \
  'each instruction' 'zSeries ELF, 64 bits'
port ppc64le ppc64 powerpc64le-linux-gnu qemu-ppc64le-static \
  'each instruction' 'ELFv2'
port ppc64 ppc64 powerpc64-linux-gnu qemu-ppc64-static \
  'each instruction' 'ELFv1'
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
port win64 x86_64-windows x86_64-w64-mingw32 wine64 \
  'each instruction (SEH)' 'Windows, x64' --param=min-pagesize=0 -DWIN32_LEAN_AND_MEAN

# select_port NAME: sets cpu cc cxx exe run packages unwinding machine abi.
select_port() {
  local row triplet

  [ -n "${port_rows[$1]-}" ] || return 1
  mapfile -t row <<< "${port_rows[$1]}"
  cpu=${row[0]} triplet=${row[1]} run=${row[2]}
  unwinding=${row[3]} abi=${row[4]} machine=${row[*]:5}
  cc=$triplet-gcc cxx=$triplet-g++ exe=
  packages="g++-$triplet qemu-user-static"
  # Debian names it otherwise, and keeps the program off the usual path.
  if [ $cpu = x86_64-windows ]; then
    packages='gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64-posix wine64
      meson ninja-build'
    PATH=$PATH:/usr/lib/wine exe=.exe
  fi
  # A kernel for x86_64 runs these too.
  if [ $cpu = x86 ] && [ "$(uname -m)" = x86_64 ]; then
    run=
  fi
}
