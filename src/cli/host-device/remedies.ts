// SPDX-License-Identifier: Apache-2.0
import { logRemedies, type Remedies } from "../common/remedies.ts";

/** The options of wayland-proxy-host against problems. */
export const remedies: Remedies = {
  ...logRemedies,
  "socket-name": () => "give another path with --socket",
  "hidden-global": (name) => `--expose ${name} offers it`,
};
