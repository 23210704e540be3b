// SPDX-License-Identifier: Apache-2.0
import { BufferSizes } from "../frame/buffer-sizes.ts";
import { Surface } from "../frame/surface.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { DecoratedClient } from "./decorated-client.ts";
import type { DecoratedWindow } from "./decorated-window.ts";

/** The windows of all clients that know of decorations. */
export class DecoratedWindows {
  /** By surface, xdg_surface and toplevel. */
  readonly windows: WeakMap<WlObject, DecoratedWindow> = new WeakMap();
  readonly sizes: BufferSizes = new BufferSizes();
  readonly #surfaces = new WeakMap<WlObject, Surface>();
  readonly #clients = new Map<Client, DecoratedClient>();

  /** Whether a client has asked for decorations. Where none has, nothing is to be looked up. */
  readonly isKnown = (client: Client): boolean => this.#clients.size > 0 && this.#clients.has(client);

  add(home: DecoratedClient): void {
    const { client } = home;
    this.#clients.set(client, home);
    client.onEnded(() => {
      this.#clients.delete(client);
      home.close();
    });
  }

  /** A client that is known. */
  homeOf(client: Client): DecoratedClient {
    const home = this.#clients.get(client);
    if (home === undefined) throw new Error("the client has not asked for decorations");
    return home;
  }

  surfaceFor(object: WlObject<"wl_surface">): Surface {
    let surface = this.#surfaces.get(object);
    if (surface === undefined) {
      surface = new Surface(object);
      this.#surfaces.set(object, surface);
    }
    return surface;
  }
}
