// SPDX-License-Identifier: Apache-2.0
import { GlobalPolicy, type GlobalPolicyOptions } from "./global-policy.ts";
import { gpuBuffers, notOverVirtio } from "./not-over-virtio.ts";

/**
 * The globals that a VM is not offered unless the user asks for them by name. They take names that mean something in the VM
 * alone, and may mean something else on the host.
 */
export const hiddenFromVms: readonly string[] = [
  // A window names a program on the bus that has its menus.
  "org_kde_kwin_appmenu_manager",
  // A window names a file with the colors of its title bar, which the compositor then opens.
  "org_kde_kwin_server_decoration_palette_manager",
];

/** The global policy for a VM's clients, with what the user wants hidden and exposed. Throws as GlobalPolicy does. */
export function vmPolicy(options: GlobalPolicyOptions): GlobalPolicy {
  const { hide = [], expose = [] } = options;
  const wished = new Set(expose.map((text) => text.split("=", 1)[0]));
  const byDefault = hiddenFromVms.filter((name) => !wished.has(name));
  return new GlobalPolicy({ ...options, hide: [...hide, ...notOverVirtio, ...gpuBuffers, ...byDefault] });
}
