#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that headless desktops need, as root or with sudo; costs nothing when all are there.
#
#   sh scripts/setup-desktop.sh [base|full]
#
# base: compositors, a terminal, screenshots (the demo). full, the default: also the programs that the desktop tests run.
# Exit code 1: packages are missing and could not be installed.
set -eu

base="weston sway swaybg grim foot wayland-utils fonts-dejavu-core"
full="$base wl-clipboard xvfb xdotool gtk-3-examples gtk-4-examples adwaita-icon-theme evince firefox-esr"

case "${1:-full}" in
  base) wanted=$base ;;
  full) wanted=$full ;;
  *)
    echo "usage: $0 [base|full]" >&2
    exit 2
    ;;
esac

say() { echo "setup-desktop: $*" >&2; }

missing() {
  # dpkg-query fails when it does not know one of the names; what it prints for the others counts all the same.
  known=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null) || true
  for package in $wanted; do
    echo "$known" | grep -qx "$package installed" || printf '%s ' "$package"
  done
}

if ! command -v dpkg-query >/dev/null; then
  say "this is no Debian system; install what these packages hold yourself: $wanted"
  exit 1
fi

absent=$(missing)
[ -n "$absent" ] || exit 0

cannot() {
  say "missing, and not installable without root or sudo: $absent"
  say "as root: apt-get install --no-install-recommends $absent"
  exit 1
}

sudo=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || cannot
  sudo=sudo
  # Without a terminal nobody can type a password.
  [ -t 0 ] || { sudo="sudo -n" && $sudo true 2>/dev/null; } || cannot
fi

say "installing $absent(a minute or two, some hundred megabytes)"
# Another apt may be at work, as on a machine that has just started.
apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300"
$apt update && $apt install --yes --no-install-recommends $absent || true

absent=$(missing)
[ -z "$absent" ] || { say "apt-get could not install: $absent"; exit 1; }
say "done"
