#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Compiles libev and cmocka from Debian's sources, for builds that cannot take
# Debian's own: those for musl, and for MemorySanitizer, which must see all of
# it.
#
# usage: libraries.sh FOLDER COMPILER [OPTION...]
#
# Nothing is installed: apt runs with state and cache of its own, so the
# machine's package lists stay as they are. A second run does nothing.
set -eu

. "$(dirname "$(realpath "$0")")/packages.sh"

folder=$(realpath -m "$1")
shift
compiler="$*"
apt=$folder/apt

if [ -e "$folder/lib/pkgconfig/cmocka.pc" ]; then
  exit 0
fi

rm -rf "$folder"
make_private_apt
mkdir -p "$folder/src" "$folder/include" "$folder/lib/pkgconfig"

# Sources lie where the packages come from. Archives that are not Debian's
# have nothing to offer here.
grep -hs '^deb .*debian' /etc/apt/sources.list \
  /etc/apt/sources.list.d/*.list | sed 's/^deb /deb-src /' \
  > "$apt/sources.list" || true
grep -ls debian /etc/apt/sources.list.d/*.sources 2>/dev/null |
  while read -r list; do
    sed 's/^Types:.*/Types: deb-src/' "$list" \
      > "$apt/sources/$(basename "$list")"
  done

# One archive that cannot be read does no harm if the sources are found.
private_apt update || echo 'libraries.sh: an archive could not be read' >&2
(cd "$folder/src" && private_apt source --download-only cmocka libev)
for archive in "$folder"/src/*.orig.tar.*z; do
  tar -C "$folder/src" -xf "$archive"
done

# Debian's musl lacks the headers of the kernel.
if [ "$compiler" = musl-gcc ]; then
  for name in linux asm-generic; do
    ln -s /usr/include/$name "$folder/include/$name"
  done
  ln -s "/usr/include/$(gcc -print-multiarch)/asm" "$folder/include/asm"
fi

# library NAME SOURCE OPTION...: compile what is one file.
library() {
  local name=$1 source=$2
  shift 2

  (cd "$(dirname "$source")" && $compiler -O2 -g -fPIC -w \
    -I"$folder/include" "$@" -c "$(basename "$source")" \
    -o "$folder/src/$name.o")
  ar rcs "$folder/lib/lib$name.a" "$folder/src/$name.o"
  rm -f "$folder/src/$name.o"
}

has='-DHAVE_ASSERT_H -DHAVE_INTTYPES_H -DHAVE_MALLOC_H -DHAVE_SETJMP_H
  -DHAVE_SIGNAL_H -DHAVE_STDINT_H -DHAVE_STRINGS_H -DHAVE_STRING_H
  -DHAVE_TIME_H -DHAVE_UNISTD_H -DHAVE_STRUCT_TIMESPEC -DHAVE_STRSIGNAL
  -DHAVE_CLOCK_GETTIME -DHAVE_GCC_THREAD_LOCAL_STORAGE'
cmocka=$(echo "$folder"/src/cmocka-*/)
touch "$cmocka/src/config.h"
library cmocka "$cmocka/src/cmocka.c" -I. -I../include -D_GNU_SOURCE \
  -DHAVE_CONFIG_H $has
cp "$cmocka"/include/*.h "$folder/include/"

libev=$(echo "$folder"/src/libev-*/)
library ev "$libev/ev.c" -DEV_STANDALONE -DEV_USE_EPOLL=1 -DEV_USE_POLL=1 \
  -DEV_USE_SELECT=1 -DEV_USE_EVENTFD=1 -DEV_USE_MONOTONIC=1 \
  -DEV_USE_REALTIME=1 -DEV_USE_CLOCK_SYSCALL=0
cp "$libev/ev.h" "$folder/include/"

rm -rf "$apt" "$folder/src"
cat > "$folder/lib/pkgconfig/cmocka.pc.new" <<EOF
Name: cmocka
Description: static
Version: 1.1
Libs: $folder/lib/libcmocka.a
Cflags: -I$folder/include
EOF
mv "$folder/lib/pkgconfig/cmocka.pc.new" "$folder/lib/pkgconfig/cmocka.pc"
