#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a fresh clone ready: `sh scripts/setup.sh build` to compile, `… demo` and `… test` also with the programs that
# the demo and the tests run. `… test` brings what the tests' virtual machines boot, too, and `… package` what packages are
# made with and tried in. Needs Node. Packages are installed where this is Debian (or like it) and we are root or have sudo. What is
# there already costs next to nothing.
set -eu
cd "$(dirname "$0")/.."

packages=
desktop=
machines=
installations=
case ${1-} in
  build) ;;
  demo)
    desktop=base
    machines=newest
    ;;
  test)
    desktop=full
    machines=all
    # The core protocol's XML, which the generated tables are compared with; the analyzer and the sanitizers are GCC's.
    packages="libwayland-dev gcc"
    # What makes the disks of VMs, and the system on one of them.
    packages="$packages e2fsprogs mmdebstrap"
    # The sound server that hears VMs, and what plays in them.
    packages="$packages pipewire pipewire-bin pipewire-pulse wireplumber dbus alsa-utils"
    ;;
  package)
    desktop=full
    installations=yes
    packages="gcc-aarch64-linux-gnu libc6-dev-arm64-cross libstdc++6-arm64-cross qemu-user-static lintian mmdebstrap debhelper"
    packages="$packages rpm makepkg pacman-package-manager libarchive-tools nix-bin shellcheck musl-tools"
    ;;
  *)
    echo "usage: scripts/setup.sh build|demo|test|package" >&2
    exit 2
    ;;
esac

say() { printf '==> %s\n' "$*" >&2; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

required=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' package.json)
# The test runner of Node 18 lacks what the tests use of it.
case $1 in test | package) required=20.19 ;; esac
actual=$(node -p process.versions.node) || fail "Node is missing: install $required or newer"
[ "$(printf '%s\n' "$required" "$actual" | sort -V | head -n 1)" = "$required" ] ||
  fail "Node $actual is too old: install $required or newer"

command -v cc >/dev/null || packages="$packages gcc libc6-dev"
# These programs unpack modules of kernels.
command -v xz >/dev/null && command -v zstd >/dev/null || packages="$packages xz-utils zstd"
# shellcheck disable=SC2086
sh scripts/install-packages.sh $packages
[ -z "$desktop" ] || sh scripts/setup-desktop.sh "$desktop"
if [ -n "$machines" ]; then
  say "fetching QEMU and kernels for virtual machines, if they are not there"
  if [ "$machines" = all ]; then
    sh scripts/setup-vm.sh
    sh scripts/vm-image.sh
  else
    sh scripts/setup-vm.sh "$machines"
  fi
fi
if [ -n "$installations" ]; then
  say "fetching what packages are installed into, if it is not there"
  sh scripts/setup-package.sh
fi

# Says for which lock file node_modules was made.
stamp=node_modules/.installed-for
lock=$(sha256sum <package-lock.json)
if [ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "$lock" ]; then
  say "installing npm packages"
  # What has to be built is built below.
  npm ci --loglevel=error --ignore-scripts
  printf '%s\n' "$lock" >"$stamp"
fi

say "building"
npm run --silent build
