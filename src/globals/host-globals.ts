// SPDX-License-Identifier: Apache-2.0

import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { Client, InterfaceName } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import { syncHost } from "../relay/sync-host.ts";
import { MAX_GLOBALS } from "../wire/limits.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** Binds a global of the host's for ourselves, on a registry that has announced it. */
export function bindForUs<I extends InterfaceName>(
  client: Client,
  registry: WlObject<"wl_registry">,
  hostName: number,
  interfaceName: I,
  version: number,
): WlObject<I> {
  const id = client.createObject(interfaceName, version);
  client.sendRequest(registry, "bind", { name: hostName, id });
  return id;
}

/**
 * The globals that the host offers to the window manager, which is a client of the host's beside Xwayland, on its
 * connection.
 */
export class HostGlobals {
  readonly #client: Client;
  readonly #policy: GlobalPolicy;
  readonly #registry: WlObject<"wl_registry">;
  readonly #known = new Map<number, { readonly interface: string; readonly version: number }>();

  private constructor(client: Client, policy: GlobalPolicy) {
    this.#client = client;
    this.#policy = policy;
    this.#registry = client.createObject("wl_registry", 1);
    onEvents(this.#registry, {
      global: ({ name, interface: type, version }) => {
        if (this.#known.size < MAX_GLOBALS) this.#known.set(name, { interface: type, version });
      },
      global_remove: ({ name }) => void this.#known.delete(name),
    });
    client.sendRequest(client.display, "get_registry", { registry: this.#registry });
  }

  /** Resolves once the host has announced what there is. Rejects when the session ends first. */
  static async open(client: Client, policy: GlobalPolicy): Promise<HostGlobals> {
    const globals = new HostGlobals(client, policy);
    if (!(await syncHost(client))) throw new Error("the connection to the host has ended");
    return globals;
  }

  /** Whether the host has a global that clients may see. */
  has(name: InterfaceName): boolean {
    const table = this.#client.protocol.get(name)?.version ?? 0;
    for (const global of this.#known.values()) {
      if (global.interface === name && this.#policy.offered(name, global.version, table) > 0) return true;
    }
    return false;
  }

  /** Binds a global, at that version or the one that the host has; null when it has none that clients may see. */
  bind<I extends InterfaceName>(name: I, version: number): WlObject<I> | null {
    return this.#bind(name, version, (host, table) => this.#policy.offered(name, host, table));
  }

  /** Binds a global as `bind` does, also when clients may not see it. Returns null, too, when the user hides it. */
  bindForUs<I extends InterfaceName>(name: I, version: number): WlObject<I> | null {
    return this.#bind(name, version, (host, table) => (this.#policy.hides(name) ? 0 : Math.min(host, table)));
  }

  #bind<I extends InterfaceName>(
    name: I,
    version: number,
    allowed: (host: number, table: number) => number,
  ): WlObject<I> | null {
    const table = this.#client.protocol.get(name)?.version ?? 0;
    for (const [number, global] of this.#known) {
      if (global.interface !== name) continue;
      const offered = Math.min(version, allowed(global.version, table));
      if (offered === 0) return null;
      return bindForUs(this.#client, this.#registry, number, name, offered);
    }
    return null;
  }
}
