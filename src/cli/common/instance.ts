// SPDX-License-Identifier: Apache-2.0
/** The names of a running program, for the compositor and for whoever controls it. */
import { basename } from "node:path";
import type { SandboxIdentity } from "../../host/security-context.ts";

/** The name by which the compositor knows the maker of our sandboxes. */
const ENGINE = "wayland-proxy";

/** The name that the user gave, or else one that the path of the socket suggests. */
export function instanceName(name: string | undefined, socketPath: string): string {
  return (
    name ??
    (basename(socketPath)
      .replace(/\.sock$/, "")
      .replaceAll(/[^\w.-]/g, "-")
      .slice(0, 64) ||
      "unnamed")
  );
}

/** The identity of a VM or sandbox, as reported to the compositor. */
export function sandboxIdentity(name: string): SandboxIdentity {
  return { engine: ENGINE, appId: name, instanceId: name };
}
