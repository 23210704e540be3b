#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a Debian package: `sh scripts/package-deb.sh [TARBALL [FOLDER]]`, from what `npm pack` has made (default: it is
# asked to) into FOLDER (default: dist). Prints the package's path. Environment:
#   ARCH               Debian's name of the processor (default: this machine's)
#   SOURCE_DATE_EPOCH  dates all files (default: now)
#   DEBFULLNAME, DEBEMAIL  who packages it
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "package-deb: $1" >&2
  exit 1
}

for tool in dpkg-deb gzip node npm; do
  command -v "$tool" >/dev/null || fail "$tool is missing"
done
architecture=${ARCH:-$(dpkg --print-architecture)}
case $architecture in
  amd64) node_arch=x64 ;;
  arm64) node_arch=arm64 ;;
  *) fail "there is no addon for $architecture: ARCH can be amd64 or arm64" ;;
esac
field() { node -p "JSON.parse(require('fs').readFileSync('package.json'))$1"; }
version=$(field .version)
packager="${DEBFULLNAME:-wayland-proxy maintainers} <${DEBEMAIL:-maintainers@wayland-proxy.invalid}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date +%s)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${1-}" ]; then
  tarball=$1
else
  # What npm says is its own: nothing of it may be lost in a pipe.
  npm pack --silent --pack-destination "$work" >"$work/packed" || fail "npm pack failed; see above"
  tarball=$work/$(tail -n 1 "$work/packed")
fi
folder=${2:-dist}
tar -xf "$tarball" -C "$work"
package=$work/package
root=$work/root
library=$root/usr/lib/wayland-proxy
documents=$root/usr/share/doc/wayland-proxy

# Gives a file its place.
place() { install -D -m "${3:-644}" "$1" "$root/$2"; }

# The program, without what only developers read, and with what it imports.
mkdir -p "$library"
cp -R "$package/dist/src" "$work/src"
find "$work/src" \( -name '*.d.ts' -o -name '*.map' \) -delete
mkdir "$library/dist"
mv "$work/src" "$library/dist/src"
cp -R "$package/dist/bin" "$library/dist/bin"
place "$package/package.json" usr/lib/wayland-proxy/package.json
[ -e "$package/prebuilds/linux-$node_arch/native.node" ] ||
  fail "$tarball has no addon for $architecture; sh scripts/build-prebuilds.sh says which compiler is missing"
for built in native.node launcher; do
  place "$package/prebuilds/linux-$node_arch/$built" "usr/lib/wayland-proxy/prebuilds/linux-$node_arch/$built"
done
dependencies=$(npm ls --omit=dev --all --parseable | tail -n +2)
for dependency in $dependencies; do
  target=$library/${dependency#"$PWD/"}
  mkdir -p "$target"
  cp -RL "$dependency/." "$target"
  find "$target" \( -name '*.md' -o -iname 'LICENSE*' -o -name '*.d.ts' -o -name '*.map' -o -name '*.d.mts' \) -delete
done
find "$library" -type f -exec chmod 644 {} +
chmod 755 "$library/prebuilds/linux-$node_arch/launcher"
find "$library" -type d -empty -delete

mkdir -p "$root/usr/bin"
for program in wayland-proxy wayland-proxy-ctl wayland-proxy-host wayland-proxy-replay wayland-proxy-vm; do
  main=$(field ".bin['$program']")
  # Debian's programs do not depend on what $PATH has first.
  sed -i '1s|.*|#!/usr/bin/node|' "$library/$main"
  chmod 755 "$library/$main"
  ln -s "../lib/wayland-proxy/$main" "$root/usr/bin/$program"
  place "$package/dist/man/$program.1" "usr/share/man/man1/$program.1"
  place "$package/dist/completions/bash/$program" "usr/share/bash-completion/completions/$program"
  place "$package/dist/completions/zsh/_$program" "usr/share/zsh/vendor-completions/_$program"
  place "$package/dist/completions/fish/$program.fish" "usr/share/fish/vendor_completions.d/$program.fish"
done
gzip -9n "$root"/usr/share/man/man1/*
for unit in "$package"/systemd/user/*; do place "$unit" "usr/lib/systemd/user/${unit##*/}"; done

# As they lie in the repository, so that their links lead somewhere; Debian has the licence in another place.
for document in README.md ARCHITECTURE.md CONTRIBUTING.md docs examples; do
  mkdir -p "$documents"
  cp -R "$package/$document" "$documents/$document"
done
sed -i 's|](LICENSE)|](copyright)|' "$documents/README.md"
find "$documents" -type f -exec chmod 644 {} +
gzip -9nc "$package/CHANGELOG.md" >"$documents/changelog.gz"
gzip -9n >"$documents/changelog.Debian.gz" <<TEXT
wayland-proxy ($version-1) unstable; urgency=medium

  * See changelog.gz.

 -- $packager  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
TEXT

mkdir -p "$root/usr/share/lintian/overrides"
cat >"$root/usr/share/lintian/overrides/wayland-proxy" <<TEXT
# This package is not made for Debian's archive, so no bug asks for it.
wayland-proxy: initial-upload-closes-no-bugs [usr/share/doc/wayland-proxy/changelog.Debian.gz:1]
# Its libraries are those of the node that loads it, whatever libc that has.
wayland-proxy: shared-library-lacks-prerequisites [usr/lib/wayland-proxy/prebuilds/linux-$node_arch/native.node]
# It is the first process of a VM, where there are no libraries.
wayland-proxy: statically-linked-binary [usr/lib/wayland-proxy/prebuilds/linux-$node_arch/launcher]
TEXT

# Indents a licence as the format of copyright files wants it.
licence() { sed -e 's/^$/./' -e 's/^/ /' "$1"; }
# The text of a licence that a package (its folder) only names.
licence_by_name() {
  name_of_licence=$(node -p "JSON.parse(require('fs').readFileSync('$1/package.json')).license")
  text_of_licence=scripts/licences/$name_of_licence.txt
  [ -e "$text_of_licence" ] || fail "$1 has no licence text, and $text_of_licence is not there"
  licence "$text_of_licence"
}
{
  cat <<TEXT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: wayland-proxy

Files: *
Copyright: the authors of wayland-proxy
License: Apache-2.0
 See /usr/share/common-licenses/Apache-2.0.
TEXT
  for dependency in $dependencies; do
    name=${dependency##*/}
    text=$(find "$dependency" -maxdepth 1 -iname 'LICENSE*' | head -n 1)
    author=$(node -p "const { author } = JSON.parse(require('fs').readFileSync('$dependency/package.json')); author?.name ?? author ?? 'the authors of $name'")
    printf '\nFiles: %s/*\nCopyright: %s\n' "usr/lib/wayland-proxy/node_modules/$name" "$author"
    license=$(node -p "JSON.parse(require('fs').readFileSync('$dependency/package.json')).license")
    printf 'License: %s\n' "$license-$name"
    if [ "$license" = Apache-2.0 ]; then echo " See /usr/share/common-licenses/Apache-2.0."
    elif [ -n "$text" ]; then licence "$text"
    else licence_by_name "$dependency"; fi
  done
} >"$documents/copyright"

mkdir "$root/DEBIAN"
# What V8 has made of the programs, if root has run them.
cat >"$root/DEBIAN/prerm" <<'TEXT'
#!/bin/sh
set -e
rm -f /usr/lib/wayland-proxy/dist/bin/*.code
TEXT
chmod 755 "$root/DEBIAN/prerm"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
cat >"$root/DEBIAN/control" <<TEXT
Package: wayland-proxy
Version: $version-1
Architecture: $architecture
Maintainer: $packager
Installed-Size: $(du -sk "$root/usr" | cut -f 1)
Depends: nodejs (>= 18.19)
Suggests: xwayland, qemu-system
Section: utils
Priority: optional
Description: proxy for Wayland programs in VMs, containers and sandboxes
 Programs open windows on somebody else's Wayland desktop: from a virtual
 machine, a container or another user's session. The proxy relays every
 message to the host's compositor, checks it, and changes only what has to
 change. What lets programs see or control others is hidden from them.
 .
 wayland-proxy-host gives a VM of QEMU the device by which windows get out.
TEXT
find "$root" -type d -exec chmod 755 {} +
mkdir -p "$folder"
result=$folder/wayland-proxy_$version-1_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$result" >/dev/null
printf '%s\n' "$result"
