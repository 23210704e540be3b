#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are given, those of them that are missing. Needs root or sudo only if some are.
set -eu

missing=
for package in "$@"; do
  case $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

fail() {
  printf 'install-packages: %s\n' "$*" >&2
  exit 1
}
command -v apt-get >/dev/null ||
  fail "this is no Debian, so install what it calls these packages, and run this again:$missing"
if [ "$(id -u)" -eq 0 ]; then
  root=
elif command -v sudo >/dev/null; then
  root=sudo
  # A password can be asked for only where somebody sees the question.
  [ -t 0 ] || root="sudo -n"
else
  fail "as root, install these packages, and run this again: apt-get install$missing"
fi

printf '==> installing packages:%s\n' "$missing" >&2
apt() {
  # Another apt may be running, as after the machine's start. What apt says matters only if it fails.
  $root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
{ apt update && apt install -y --no-install-recommends $missing; } >"$log" 2>&1 || {
  cat "$log" >&2
  fail "apt-get could not install them; see above"
}
