#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes all files of a release in dist/release, and uploads nothing: `npm run release`. Refuses unless everything is
# committed and all places agree on the version. Needs the cross compiler for the other processor (scripts/setup.sh
# package installs it).
set -eu
cd "$(dirname "$0")/.."

say() { printf '==> %s\n' "$*" >&2; }
fail() {
  echo "release: $1" >&2
  exit 1
}

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
grep -q "^## $version (20[0-9-]*)\$" CHANGELOG.md || fail "CHANGELOG.md has no heading '## $version (YYYY-MM-DD)'"
for place in packaging/debian/changelog:"($version-" packaging/arch/PKGBUILD:"pkgver=$version" \
  packaging/alpine/APKBUILD:"pkgver=$version" packaging/rpm/wayland-proxy.spec:" $version" \
  packaging/nix/flake.nix:"\"$version\""; do
  grep -qF "${place#*:}" "${place%%:*}" || fail "${place%%:*} is about another version than $version"
done
[ -z "$(git status --porcelain)" ] || fail "commit first: git status shows changes"

folder=dist/release
rm -rf "$folder"
mkdir -p "$folder"
say "packing for npm"
# The addon for all processors, or none of this.
ALL=yes npm pack --silent --pack-destination "$folder" >/dev/null || fail "npm pack failed; see above"
tarball=$folder/wayland-proxy-$version.tgz
for architecture in amd64 arm64; do
  say "building Debian packages for $architecture"
  ARCH=$architecture sh scripts/package-deb.sh "$tarball" "$folder" >/dev/null
done
for arch in x64 arm64; do
  say "making the portable archive for $arch"
  ARCH=$arch sh scripts/package-portable.sh "$tarball" "$folder" >/dev/null
done
say "listing what it is made of"
# npm names it after the folder that we happen to be in.
npm sbom --omit=dev --sbom-format=cyclonedx --sbom-type=application --package-lock-only |
  sed "s|^\\( *\"name\": \\)\"$(basename "$PWD")\"|\\1\"wayland-proxy\"|" >"$folder/wayland-proxy-$version.cdx.json"
(cd "$folder" && sha256sum -- * >SHA256SUMS.part && mv SHA256SUMS.part SHA256SUMS)
say "done; nothing was uploaded: $folder"
cat "$folder/SHA256SUMS"
