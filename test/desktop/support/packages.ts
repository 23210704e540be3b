// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Which Debian package a program comes from, where it is not named like the program. */
const packageOf: Record<string, string> = {
  bwrap: "bubblewrap",
  "dbus-daemon": "dbus",
  "gtk3-demo": "gtk-3-examples",
  "gtk4-demo": "gtk-4-examples",
  gvim: "vim-gtk3",
  java: "default-jre",
  "pw-record": "pipewire-bin",
  setpriv: "util-linux",
  swaymsg: "sway",
  "wayland-info": "wayland-utils",
  "wl-copy": "wl-clipboard",
  "wl-paste": "wl-clipboard",
  Xvfb: "xvfb",
  Xwayland: "xwayland",
};

function isInstalled(program: string): boolean {
  if (isAbsolute(program)) return true;
  const { PATH = "" } = process.env;
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Throws unless all `programs` are installed; the message names the missing programs, their packages and the remedy. */
export function need(...programs: string[]): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return;
  const packages = new Set(
    missing.map((program) => packageOf[program] ?? (program.startsWith("weston-") ? "weston" : program)),
  );
  throw new Error(
    `${missing.join(", ")} missing: install the Debian package ${[...packages].join(" ")} (as root: sh scripts/setup-desktop.sh)`,
  );
}
