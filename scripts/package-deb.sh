#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the Debian packages, source and binary, with packaging/debian: `sh scripts/package-deb.sh [TARBALL [FOLDER]]`, from
# what `npm pack` has made (default: it is asked to) into FOLDER (default: dist). Prints the path of the binary package.
# Environment:
#   ARCH  Debian's name of the processor to build for (default: this machine's); another needs its cross compiler
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "package-deb: $1" >&2
  exit 1
}

for tool in dpkg-buildpackage dh npm; do
  command -v "$tool" >/dev/null || fail "$tool is missing (Debian: apt install debhelper)"
done
architecture=${ARCH:-$(dpkg --print-architecture)}
# What is built with is looked for on this machine alone: of another architecture it needs nothing but the compiler.
options=
[ "$architecture" = "$(dpkg --print-architecture)" ] ||
  options="--host-arch=$architecture --build=any --no-check-builddeps"

# shellcheck source=scripts/packed.sh
. scripts/packed.sh
folder=${2:-dist}
version=$(tar -xzOf "$tarball" package/package.json | sed -n 's/^  "version": "\(.*\)",$/\1/p')
head -n 1 packaging/debian/changelog | grep -q "^wayland-proxy ($version-" ||
  fail "packaging/debian/changelog is not about version $version"

# The upstream tarball: what npm's has, less the addons that are built, and what the programs are made from.
# npm dates files to 1985, and debhelper keeps what is older than the changelog.
tar -xzf "$tarball" -C "$work" --touch
rm -r "$work/package/prebuilds"
cp -R src protocols scripts tsconfig.json "$work/package"
date=$(sed -n 's/^ -- .*>  //p' packaging/debian/changelog | head -n 1)
tar -C "$work" --create --sort=name --mtime="$date" --owner=0 --group=0 --numeric-owner package |
  gzip -9n >"$work/wayland-proxy_$version.orig.tar.gz"
cp -R packaging/debian "$work/package/debian"
# shellcheck disable=SC2086
(cd "$work/package" && dpkg-buildpackage --no-sign $options >"$work/log" 2>&1) || {
  cat "$work/log" >&2
  fail "dpkg-buildpackage failed; see above"
}
mkdir -p "$folder"
mv "$work"/wayland-proxy_* "$work"/wayland-proxy-dbgsym_* "$folder"
printf '%s\n' "$folder/$(basename "$folder"/wayland-proxy_"$version"-*_"$architecture".deb)"
