#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the addon for all processors that the package brings it for; `npm pack` runs this.
set -eu
cd "$(dirname "$0")/.."

case $(uname -m) in
  x86_64) here=x64 ;;
  aarch64) here=arm64 ;;
  *) here=none ;;
esac

build() {
  if [ "$1" = "$here" ]; then
    sh scripts/build-native.sh
  else
    command -v "$2-gcc" >/dev/null || {
      echo "build-prebuilds: there is no compiler for $1; on Debian: apt install gcc-$3 libc6-dev-$4-cross" >&2
      exit 1
    }
    CC=$2-gcc ARCH=$1 sh scripts/build-native.sh
  fi
}

build x64 x86_64-linux-gnu x86-64-linux-gnu amd64
build arm64 aarch64-linux-gnu aarch64-linux-gnu arm64
