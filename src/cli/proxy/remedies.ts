// SPDX-License-Identifier: Apache-2.0
import { logRemedies, type Remedies } from "../common/remedies.ts";

/** The options of wayland-proxy against problems. */
export const remedies: Remedies = {
  ...logRemedies,
  "socket-name": () => "give another name with --wayland-display",
  "x-display": () => "give another number with --x-display",
  xwayland: () => "name another with --xwayland-binary",
  "no-cross-domain": () =>
    "the host must give the VM a cross-domain context: start crosvm with --gpu=context-types=cross-domain and " +
    "--wayland-sock=PATH, QEMU (11.1 or newer) with what wayland-proxy-host prints, or use libkrun",
  "unknown-interface": () => "--protocol FILE.xml adds interfaces",
  "unknown-globals": () => "--protocol FILE.xml adds what a file describes",
  "hidden-global": (name) => `--expose ${name} offers it`,
};
