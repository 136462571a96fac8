#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Fetches the libraries that the tests need for another processor, unpacks them
# below a folder of our own and writes the cross file of meson that goes with
# them.
#
# usage: sysroot.sh ARCH FOLDER
#
# ARCH is a port of ports.sh that Debian has these libraries for. Nothing is
# installed and no foreign architecture is registered: apt runs with state,
# cache and architecture of its own, so the machine's package lists stay as they
# are. The libraries are fetched once; FOLDER/cross.txt is written each time.
set -eu

here=$(dirname "$(realpath "$0")")
. "$here/../packages.sh"
. "$here/ports.sh"

libraries='libcmocka0 libcmocka-dev libev4 libev-dev'

if [ $# -ne 2 ] || ! select_port "$1" || [ -z "$debian" ]; then
  echo "sysroot.sh: Debian has the libraries for: $(ports_of_debian)" >&2
  exit 2
fi
folder=$(realpath -m "$2")
apt=$folder/apt
root=$folder/root

foreign_apt() {
  private_apt -o APT::Architecture="$debian" \
    -o APT::Architectures="$debian" "$@"
}

fetch() {
  rm -rf "$folder"
  make_private_apt
  mkdir -p "$folder/debs" "$root.new/usr/include"

  # Archives that are not Debian's have nothing to offer here.
  grep -ls debian /etc/apt/sources.list.d/*.sources \
    /etc/apt/sources.list.d/*.list 2>/dev/null | while read -r list; do
    cp "$list" "$apt/sources/"
  done
  if [ -s /etc/apt/sources.list ]; then
    cp /etc/apt/sources.list "$apt/sources.list"
  fi

  # One archive that cannot be read does no harm if the packages are found.
  foreign_apt update || echo 'sysroot.sh: an archive could not be read' >&2
  (cd "$folder/debs" && foreign_apt download $libraries)
  for deb in "$folder"/debs/*.deb; do
    dpkg -x "$deb" "$root.new"
  done
  rm -rf "$apt"
  mv "$root.new" "$root"
}

# list WORD...: as meson writes it.
list() {
  local quoted

  printf -v quoted "'%s', " "$@"
  echo "[${quoted%, }]"
}

# How programs find their libraries: an emulator is told, and those that the
# machine itself runs, which are i386's, carry it along.
cross_file() {
  local order system=/usr/$triplet wrapper= paths=-rpath-link,$lib loader=

  order=$($cc -dM -E - < /dev/null | grep -o 'BYTE_ORDER__ __ORDER_[A-Z]*')
  order=${order##*_}
  if [ -n "$run" ]; then
    wrapper=$(list $run -L $system -E "LD_LIBRARY_PATH=$lib")
    wrapper="exe_wrapper = $wrapper"
  else
    paths=--disable-new-dtags,-rpath,$system/lib:$lib
    loader=-Wl,--dynamic-linker=$system/lib/ld-linux.so.2
  fi
  cat <<CROSS
[binaries]
c = '$cc'
cpp = '$cxx'
ar = '$triplet-ar'
strip = '$triplet-strip'
pkgconfig = 'pkg-config'
$wrapper

[built-in options]
c_args = ['-isystem', '$root/usr/include']
cpp_args = c_args
c_link_args = $(list "-L$lib" "-Wl,$paths" $loader)
cpp_link_args = c_link_args

[properties]
needs_exe_wrapper = $([ -n "$run" ] && echo true || echo false)
sys_root = '$root'
pkg_config_libdir = '$lib/pkgconfig'

[host_machine]
system = 'linux'
cpu_family = '$cpu'
cpu = '$cpu'
endian = '${order,,}'
CROSS
}

[ -d "$root" ] || fetch
lib=$(dirname "$(find "$root/usr/lib" -name libev.so)")
cross_file > "$folder/cross.txt"
