#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Fetches the arm64 libraries that the tests need, unpacks them below a folder
# of our own and writes the meson file that names this folder.
#
# usage: sysroot.sh FOLDER
#
# Nothing is installed and no foreign architecture is registered: apt runs
# with state, cache and architecture of its own, so the machine's package
# lists stay as they are. A second run does nothing.
set -eu

packages='libcmocka0 libcmocka-dev libev4 libev-dev'
folder=$(realpath -m "$1")
apt=$folder/apt

if [ -e "$folder/sysroot.txt" ]; then
  exit 0
fi

rm -rf "$folder"
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" \
  "$apt/sources" "$folder/debs" "$folder/root/usr/include"
touch "$apt/state/status" "$apt/sources.list"

# Archives that are not Debian's have nothing to offer here.
grep -ls debian /etc/apt/sources.list.d/*.sources \
  /etc/apt/sources.list.d/*.list 2>/dev/null | while read -r list; do
  cp "$list" "$apt/sources/"
done
if [ -s /etc/apt/sources.list ]; then
  cp /etc/apt/sources.list "$apt/sources.list"
fi

private_apt() {
  apt-get -qq \
    -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
    -o Dir::State="$apt/state" \
    -o Dir::State::status="$apt/state/status" \
    -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::SourceList="$apt/sources.list" \
    -o Dir::Etc::SourceParts="$apt/sources" \
    -o APT::Sandbox::User=root \
    "$@"
}

# One archive that cannot be read does no harm if the packages are found.
private_apt update || echo 'sysroot.sh: an archive could not be read' >&2
(cd "$folder/debs" && private_apt download $packages)
for deb in "$folder"/debs/*.deb; do
  dpkg -x "$deb" "$folder/root"
done

rm -rf "$apt"

printf "[constants]\nsysroot = '%s'\n" "$folder/root" \
  > "$folder/sysroot.txt.new"
mv "$folder/sysroot.txt.new" "$folder/sysroot.txt"
