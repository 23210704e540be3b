// SPDX-License-Identifier: Apache-2.0
/** What a running program is called, for the compositor and for who controls it. */
import { basename } from "node:path";
import type { SandboxIdentity } from "../../host/security-context.ts";

/** What the compositor calls the maker of our sandboxes. */
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

/** What the compositor is told of a VM or sandbox. */
export function sandboxIdentity(name: string): SandboxIdentity {
  return { engine: ENGINE, appId: name, instanceId: name };
}
