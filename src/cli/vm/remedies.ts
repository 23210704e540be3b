// SPDX-License-Identifier: Apache-2.0
import { logRemedies, type Remedies } from "../common/remedies.ts";

/** The options of wayland-proxy-vm against problems. */
export const remedies: Remedies = {
  ...logRemedies,
  "socket-name": () => "give another --name",
  "hidden-global": (name) => `--expose ${name} offers it`,
  "vm-kernel": () => "name one with --kernel FILE --modules FOLDER",
  "vm-modules": () => "name them with --modules FOLDER",
};
