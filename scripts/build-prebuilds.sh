#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the addon for all processors that the package brings it for and that there is a compiler for, and says what it
# leaves out; `npm pack` runs this. With ALL=yes, as for a release, what is left out is an error.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'build-prebuilds: %s\n' "$*" >&2; }

case $(uname -m) in
  x86_64) here=x64 ;;
  aarch64) here=arm64 ;;
  *) here=none ;;
esac
built=
left_out=

# build ARCH COMPILER DEBIAN_PACKAGE DEBIAN_ARCH
build() {
  if [ "$1" = "$here" ]; then
    sh scripts/build-native.sh
  elif command -v "$2-gcc" >/dev/null; then
    CC=$2-gcc ARCH=$1 sh scripts/build-native.sh
  else
    left_out="$left_out $1"
    say "$1 is left out, since $2-gcc is missing (Debian: apt install gcc-$3 libc6-dev-$4-cross)"
    return 0
  fi
  built="$built $1"
}

build x64 x86_64-linux-gnu x86-64-linux-gnu amd64
build arm64 aarch64-linux-gnu aarch64-linux-gnu arm64
if [ -n "${ALL-}" ] && [ -n "$left_out" ]; then
  say "ALL is set, but there is no addon for$left_out"
  exit 1
fi
# On a processor of another kind the addon is built for that one alone.
if [ "$here" = none ]; then
  sh scripts/build-native.sh
  built="$built $(uname -m)"
fi
[ -z "$left_out" ] || say "the package has an addon for$built only"
