#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that headless desktops need, where that is possible; costs nothing when all are there.
# `sh scripts/setup-desktop.sh base`: compositors, a terminal, screenshots (the demo); `… full`, the default: also the
# programs that the desktop tests run.
set -eu
cd "$(dirname "$0")/.."

base="weston sway swaybg grim foot wayland-utils fonts-dejavu-core"
tests="wl-clipboard bubblewrap xvfb xwayland xclip xsel xdotool wmctrl xterm x11-apps x11-utils x11-xserver-utils xsettingsd systemd mandoc procps tmux zsh fish gtk-3-examples gtk-4-examples adwaita-icon-theme evince firefox-esr"
# Programs of other toolkits, on X11.
tests="$tests vim-gtk3 python3-gi gir1.2-gtk-3.0 python3-pyqt5 default-jre default-jdk-headless chromium"

case ${1:-full} in
  base) packages=$base ;;
  full) packages="$base $tests" ;;
  *)
    echo "usage: scripts/setup-desktop.sh [base|full]" >&2
    exit 2
    ;;
esac

# shellcheck disable=SC2086
sh scripts/install-packages.sh $packages
# Debian bookworm's Xwayland is older than xwayland_shell_v1, its sway than security contexts.
if [ "$packages" != "$base" ] && [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ]; then
  sh scripts/suite-packages.sh --with-deps trixie xwayland sway >/dev/null
fi
