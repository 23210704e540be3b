#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes one archive with the programs and a Node of their own, for machines without Node: unpack it, and run what is in
# its bin/. `sh scripts/package-portable.sh [TARBALL [FOLDER]]` makes it from what `npm pack` has made (default: it is
# asked to) into FOLDER (default: dist), and prints its path; `… --fetch ARCH` only fetches Node. Environment:
#   ARCH  Node's name of the processor, x64 or arm64 (default: this machine's)
set -eu
cd "$(dirname "$0")/.."

# The binary that Node's project builds, as npm has it; it needs glibc 2.28 and libstdc++.
node_version=24.22.1
node_sum_x64=e32e2d16081cf644f88392934288086e7662529d0d43277c34f7aad2207cfafb
node_sum_arm64=c8c5721679d8d1a09e9987e345d5f9a64899bb85f7a384783ba8a93e6e62348a

fail() {
  echo "package-portable: $1" >&2
  exit 1
}

only_fetch=
if [ "${1-}" = --fetch ]; then
  only_fetch=yes
  ARCH=$2
fi
arch=${ARCH:-$(node -p process.arch)}
case $arch in
  x64) node_sum=$node_sum_x64 ;;
  arm64) node_sum=$node_sum_arm64 ;;
  *) fail "there is no Node and no addon for $arch: ARCH can be x64 or arm64" ;;
esac

node=.cache/package/node-portable-$arch/node_modules/node-linux-$arch
if [ "$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$node/package.json" 2>/dev/null)" != "$node_version" ]; then
  # This works for another processor than this machine's, too.
  npm install --loglevel=error --no-save --force --prefix "${node%/node_modules/*}" "node-linux-$arch@$node_version" >/dev/null
fi
printf '%s  %s\n' "$node_sum" "$node/bin/node" | sha256sum --check --quiet >&2 || fail "$node/bin/node is not what was expected"
[ -z "$only_fetch" ] || exit 0

# shellcheck source=scripts/packed.sh
. scripts/packed.sh
output=${2:-dist}
tar -xzf "$tarball" -C "$work"
package=$work/package
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$package/package.json")
name=wayland-proxy-$version-linux-$arch
[ -e "$package/prebuilds/linux-$arch/native.node" ] ||
  fail "$tarball has no addon for $arch; sh scripts/build-prebuilds.sh says which compiler is missing"

folder=$work/$name
DESTDIR=$folder PREFIX=/ ARCH=$arch DOC=. UNITS=share/systemd/user sh "$package/scripts/install.sh"
mkdir -p "$folder/node/bin"
cp "$node/bin/node" "$folder/node/bin/node"
cp "$node/LICENSE" "$folder/node/LICENSE"
for program in "$folder"/bin/*; do
  main=$(readlink "$program")
  rm "$program"
  cat >"$program" <<TEXT
#!/bin/sh
# Also where this is a link from a folder of \$PATH.
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/../node/bin/node" "\$here/$main" "\$@"
TEXT
  chmod 755 "$program"
done

mkdir -p "$output"
date=$(sed -n 's/^ -- .*>  //p' packaging/debian/changelog | head -n 1)
tar -C "$work" --create --sort=name --mtime="$date" --owner=0 --group=0 --numeric-owner "$name" |
  gzip -6n >"$output/$name.tar.gz"
printf '%s\n' "$output/$name.tar.gz"
