# SPDX-License-Identifier: MIT
#
# To be sourced: the Debian packages that building and testing take, and how
# to get them. need_packages installs those that are missing, as root or
# through sudo, and says which they are where neither is possible.

build_packages='gcc g++ libc6-dev meson ninja-build pkg-config python3
  libev-dev libcmocka-dev'

example_packages='libhttp-parser-dev libcurl4-openssl-dev libxml2-dev
  libsqlite3-dev libuv1-dev libglib2.0-dev zlib1g-dev'

# netbase: the names of services are not in a minimal system. The older clang's
# MemorySanitizer does not know this C library's fstat().
check_packages='clang libclang-rt-14-dev llvm clang-19 libclang-rt-19-dev
  valgrind binutils util-linux xz-utils strace gdb netbase linux-perf
  libunwind-dev musl-tools'

cross_packages='gcc-aarch64-linux-gnu g++-aarch64-linux-gnu
  libc6-dev-arm64-cross qemu-user-static'

# private_apt WORD...: apt-get with state, cache and lists of its own, in the
# folder that $apt names, so that the machine's stay as they are.
private_apt() {
  apt-get -qq \
    -o Dir::State="$apt/state" \
    -o Dir::State::status="$apt/state/status" \
    -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::SourceList="$apt/sources.list" \
    -o Dir::Etc::SourceParts="$apt/sources" \
    -o APT::Sandbox::User=root \
    "$@"
}

# make_private_apt: the empty folders for it.
make_private_apt() {
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" \
    "$apt/sources"
  touch "$apt/state/status" "$apt/sources.list"
}

# need_packages NAME...
need_packages() {
  local missing=() name sudo=

  for name in "$@"; do
    dpkg-query -W -f='${Status}\n' "$name" 2>/dev/null |
      grep -q 'ok installed' || missing+=("$name")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    return 0
  fi

  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "These packages are missing, and installing them takes root" \
        "or sudo: ${missing[*]}" >&2
      return 1
    fi
    sudo=sudo
  fi
  echo "Installing ${missing[*]}"
  # An archive of somebody else that cannot be read must not stop us, nor an
  # installation that is under way.
  $sudo apt-get update -qq || true
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
    -o DPkg::Lock::Timeout=600 \
    --no-install-recommends "${missing[@]}" >/dev/null
}
