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
if ! command -v apt-get >/dev/null; then
  # Nobody knows what they are called here; whatever needs them says so if it does not find them.
  printf '==> no Debian, so nothing is installed; needed are, by their names in Debian:%s\n' "$missing" >&2
  exit 0
fi
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
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  # Another apt may be running, as after the machine's start.
  $root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null 2>&1
}
# What apt says in full matters only if it fails; until then, every fourth part of the way.
progress() {
  tee "$log" | awk '
    / newly installed/ { total = $3; printf "    %d packages with what they need\n", total }
    /^(Unpacking|Setting up)/ {
      steps++
      if (steps * 2 / total >= shown + 1) { shown++; printf "    %d %%\n", shown * 25 }
      fflush()
    }' >&2
}
# The last word tells how it went, since a pipe has only the status of its end.
# shellcheck disable=SC2086
{ apt update && apt install -y --no-install-recommends $missing && echo done; } | progress
[ "$(tail -n 1 "$log")" = done ] || {
  cat "$log" >&2
  fail "apt-get could not install them; see above"
}
