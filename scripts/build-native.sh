#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the addon into prebuilds/linux-<arch>/native.node, where src/native/binding.ts looks for it, and beside it the
# launcher for VMs, unless they are there and newer than their sources. Environment:
#   CC         the compiler (default: cc)
#   ARCH       Node's name of what CC builds for (default: this machine's); for another:
#                CC=aarch64-linux-gnu-gcc ARCH=arm64 sh scripts/build-native.sh
#   PREBUILDS  where to put it (default: prebuilds); give another place to builds with other flags:
#                PREBUILDS=/tmp/asan CFLAGS='-g -fsanitize=address,undefined' LDFLAGS= sh scripts/build-native.sh
#   CFLAGS     further flags for the compiler
#   LDFLAGS    further flags for the linker (default: -Wl,-s, no symbols)
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "build-native: $1" >&2
  exit 1
}

if [ -z "${ARCH-}" ]; then
  ARCH=$(uname -m)
  case $ARCH in
    x86_64) ARCH=x64 ;;
    aarch64) ARCH=arm64 ;;
    armv*) ARCH=arm ;;
    i?86) ARCH=ia32 ;;
    ppc64le) ARCH=ppc64 ;;
  esac
fi
output=${PREBUILDS:-prebuilds}/linux-$ARCH/native.node

# The directory itself is in the list: its time changes when a source is removed.
launcher=${output%/*}/launcher
case $ARCH in x64 | arm64) ;; *) launcher= ;; esac
if [ -e "$output" ] && { [ -z "$launcher" ] || [ -e "$launcher" ]; } && [ -z "$(find native scripts/build-native.sh -newer "$output")" ]; then
  exit 0
fi

headers=node_modules/node-api-headers/include
if [ ! -e "$headers/node_api.h" ]; then
  # An installed package has no development dependencies, but Node often comes with its headers.
  headers=$(dirname "$(command -v node || echo /usr/bin/node)")/../include/node
  [ -e "$headers/node_api.h" ] || fail "the headers of Node-API are missing; run in $PWD: npm install node-api-headers"
fi

compiler=${CC:-cc}
# CC may carry flags.
program=${compiler%% *}
packages="Debian: apt install gcc libc6-dev; Fedora: dnf install gcc; Alpine: apk add gcc musl-dev"
command -v "$program" >/dev/null || fail "there is no C compiler '$program'; install one ($packages)"

mkdir -p "${output%/*}"
unfinished=$output.$$
trap 'rm -f "$unfinished" "$unfinished.launcher"' EXIT
# Distributions build their programs with these. The functions that it needs come from libc, in every process, or are in
# native/fortify.c, since musl does not have them.
hardening="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection"
hardening="$hardening -Wl,-z,relro,-z,now,-z,noexecstack"
# It stays loaded to the end of the process: its threads may outlive the worker thread of Node that has loaded it.
lifetime=-Wl,-z,nodelete
# Atomic operations in place: those out of line are functions of libgcc, which is not linked.
atomics=
case $ARCH in
  x64) hardening="$hardening -fcf-protection=full" ;;
  arm64)
    hardening="$hardening -mbranch-protection=standard"
    atomics=-mno-outline-atomics
    ;;
esac
# -nostdlib: libc's symbols come from whatever libc the node that loads this was linked with, at any version.
# shellcheck disable=SC2086
$compiler -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -std=gnu11 -DNAPI_VERSION=8 -D_GNU_SOURCE $hardening $atomics ${CFLAGS-} \
  -I "$headers" -shared -nostdlib $lifetime ${LDFLAGS--Wl,-s} -o "$unfinished" native/*.c
if [ -n "$launcher" ]; then
  # A program that stands alone, also where nothing else is: CFLAGS may ask for libraries.
  # shellcheck disable=SC2086
  $compiler -O2 -Wall -Wextra -Werror -std=gnu11 -ffreestanding -fno-stack-protector -fno-pie -no-pie -static -nostdlib \
    $atomics -Wl,-s -Wl,-z,noexecstack -Wl,--build-id=none -o "$unfinished.launcher" native/launcher/*.c
  mv "$unfinished.launcher" "$launcher"
fi
mv "$unfinished" "$output"
