// SPDX-License-Identifier: Apache-2.0

import { HostOffer } from "../../clipboard/host-offer.ts";
import type { HostSelection, HostSource, SourceEvents } from "../../clipboard/host-selection.ts";
import type { Client } from "../../relay/client.ts";
import { onEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";

/** The primary selection, by zwp_primary_selection_device_v1. */
export class PrimaryDevice implements HostSelection<HostOffer> {
  readonly isFocusBound = true;
  readonly #client: Client;
  readonly #manager: WlObject<"zwp_primary_selection_device_manager_v1">;
  readonly #device: WlObject<"zwp_primary_selection_device_v1">;
  #offer: HostOffer | null = null;
  #listener: (offer: HostOffer | null) => void = () => {};

  constructor(client: Client, manager: WlObject<"zwp_primary_selection_device_manager_v1">, seat: WlObject<"wl_seat">) {
    this.#client = client;
    this.#manager = manager;
    this.#device = client.createObject("zwp_primary_selection_device_v1", manager.version);
    onEvents(this.#device, {
      data_offer: ({ offer }, message) => {
        // The object stays ours.
        message.drop();
        this.#offer = new HostOffer(client, offer);
      },
      selection: ({ id }) => this.#listener(id === null ? null : this.#offer),
    });
    const request = { id: this.#device, seat };
    client.sendRequest(manager, "get_device", request);
  }

  onSelection(listener: (offer: HostOffer | null) => void): void {
    this.#listener = listener;
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const client = this.#client;
    const source = client.createObject("zwp_primary_selection_source_v1", this.#manager.version);
    onEvents(source, {
      send: ({ mime_type, fd }) => events.send(mime_type, fd),
      cancelled: () => events.cancelled(),
    });
    client.sendRequest(this.#manager, "create_source", { id: source });
    for (const mime_type of mimeTypes) {
      client.sendRequest(source, "offer", { mime_type });
    }
    client.sendRequest(this.#device, "set_selection", { source, serial });
    return { destroy: () => client.sendRequest(source, "destroy", {}) };
  }
}
