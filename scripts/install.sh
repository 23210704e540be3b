#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the programs with all that belongs to them from what `npm pack` has made, unpacked; makers of packages use it.
# Copies and links only: the addon must be there (scripts/build-native.sh). Environment:
#   DESTDIR    a folder that is to be taken for / (default: /)
#   PREFIX     where it will be installed (default: /usr/local)
#   ARCH       Node's name of the processor (default: that of the only addon in PREBUILDS)
#   PREBUILDS  where the addon is (default: prebuilds)
#   NODE       the Node that the programs start, by its path (default: the one in $PATH)
#   ZSH        zsh's folder for completions, below PREFIX (default: share/zsh/site-functions)
#   DOC        the folder for documents, below PREFIX (default: share/doc/wayland-proxy)
#   UNITS      the folder for units of systemd's user manager, below PREFIX (default: lib/systemd/user); "none" for none
set -eu
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/usr/local}
root=${DESTDIR-}$prefix
prebuilds=${PREBUILDS:-prebuilds}
arch=${ARCH:-$(basename "$prebuilds"/linux-* | sed 's/^linux-//')}
library=$root/lib/wayland-proxy
documents=$root/${DOC:-share/doc/wayland-proxy}
units=${UNITS:-lib/systemd/user}

[ -e "$prebuilds/linux-$arch/native.node" ] || {
  echo "install: there is no addon in $prebuilds/linux-$arch; run: sh scripts/build-native.sh" >&2
  exit 1
}

# Copies files into a folder below the root.
into() {
  target=$root/$1
  shift
  mkdir -p "$target"
  cp -R "$@" "$target"
}

# The programs, without what only developers read, and what one Node alone can.
mkdir -p "$library/prebuilds"
cp -R package.json dist node_modules "$library"
rm -r "$library/dist/man" "$library/dist/completions"
find "$library" \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.map' -o -name '*.code' -o -name '*.md' \) -type f -exec rm {} +
find "$library" -depth -type d -exec rmdir {} + 2>/dev/null || true
# It is bundled into what is in dist/bin.
rm -r "$library/dist/src/cli/launcher"
mkdir -p "$library/prebuilds"
cp -R "$prebuilds/linux-$arch" "$library/prebuilds"

mkdir -p "$root/bin"
sed -n '/^  "bin": {/,/}/s/^    "\(.*\)": "\([^"]*\)",*$/\1 \2/p' package.json | while read -r program main; do
  [ -z "${NODE-}" ] || sed -i "1s|^#!.*|#!$NODE|" "$library/$main"
  chmod 755 "$library/$main"
  ln -sf "../lib/wayland-proxy/$main" "$root/bin/$program"
done

into share/man/man1 dist/man/*.1
into share/bash-completion/completions dist/completions/bash/*
into "${ZSH:-share/zsh/site-functions}" dist/completions/zsh/*
into share/fish/vendor_completions.d dist/completions/fish/*
[ "$units" = none ] || into "$units" systemd/user/*
# They lie as in the repository, so that their links lead somewhere.
mkdir -p "$documents"
cp -R README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md LICENSE docs examples "$documents"
