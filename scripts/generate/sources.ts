// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The Debian suite with the newest protocols. Named by codename, so that it is there when it has become stable. */
export const SUITE = "forky";

/** Where the protocols come from, best first: of two descriptions with the same version the first is taken. */
export const sources: readonly { readonly package: string; readonly path: string; readonly what: string }[] = [
  { package: "libwayland-dev", path: "usr/share/wayland/wayland.xml", what: "the core protocol" },
  {
    package: "wayland-protocols",
    path: "usr/share/wayland-protocols",
    what: "stable, staging and unstable extensions",
  },
  { package: "plasma-wayland-protocols", path: "usr/share/plasma-wayland-protocols", what: "KDE Plasma's" },
  {
    package: "librust-wayland-protocols-wlr-dev",
    path: "usr/share/cargo/registry/wayland-protocols-wlr-*/wlr-protocols",
    what: "wlroots' (no package ships them by themselves)",
  },
  {
    package: "librust-wayland-protocols-misc-dev",
    path: "usr/share/cargo/registry/wayland-protocols-misc-*/protocols",
    what: "gtk-primary-selection, input-method v2, virtual-keyboard",
  },
  { package: "hyprland-protocols", path: "usr/share/hyprland-protocols/protocols", what: "Hyprland's" },
  { package: "libweston-16-dev", path: "usr/share/libweston-16/protocols", what: "weston's" },
];

/** Files that are left out, and why. */
const excluded: Readonly<Record<string, string>> = {
  "xdg-shell-unstable-v5.xml":
    "its xdg_surface and xdg_popup are not those of the stable xdg-shell, and nobody offers it",
  "wayland-eglstream-controller.xml": "it is of use beside wl_eglstream_display only, which no package describes",
};

/** All protocol files in a file or folder, sorted by path. A folder's name may end in `*`, for a version number. */
export function protocolFiles(path: string): string[] {
  const files = expand(path).flatMap((match) =>
    statSync(match).isDirectory()
      ? readdirSync(match, { recursive: true, encoding: "utf8" }).map((file) => join(match, file))
      : [match],
  );
  return files.filter((file) => file.endsWith(".xml") && !(basename(file) in excluded)).sort();
}

function expand(path: string): string[] {
  const star = path.indexOf("*");
  if (star < 0) return [path];
  const folder = dirname(path.slice(0, star));
  const start = basename(path.slice(0, star));
  return readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .map((name) => join(folder, name, path.slice(star + 1)));
}

/** The packages that the cache holds: name and version, as suite-packages.sh notes them. */
export function cachedVersions(cache: string): Map<string, string> {
  const versions = new Map<string, string>();
  for (const source of sources) {
    const stamp = join(cache, "unpacked", source.package);
    if (existsSync(stamp)) versions.set(source.package, readFileSync(stamp, "utf8").trim());
  }
  return versions;
}
