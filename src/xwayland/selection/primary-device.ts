// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../../relay/one-sided.ts";
import type { Session } from "../../relay/session.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { HostOffer } from "./host-offer.ts";
import type { HostSelection, HostSource, SourceEvents } from "./host-selection.ts";

/** What was marked last: zwp_primary_selection_device_v1. */
export class PrimaryDevice implements HostSelection {
  readonly isFocusBound = true;
  readonly #session: Session;
  readonly #manager: WlObject<"zwp_primary_selection_device_manager_v1">;
  readonly #device: WlObject<"zwp_primary_selection_device_v1">;
  #offer: HostOffer | null = null;
  #listener: (offer: HostOffer | null) => void = () => {};

  constructor(
    session: Session,
    manager: WlObject<"zwp_primary_selection_device_manager_v1">,
    seat: WlObject<"wl_seat">,
  ) {
    this.#session = session;
    this.#manager = manager;
    this.#device = session.createObject("zwp_primary_selection_device_v1", manager.version);
    onEvents(this.#device, {
      data_offer: ({ offer }, message) => {
        // The object stays ours.
        message.drop();
        this.#offer = new HostOffer(session, offer);
      },
      selection: ({ id }) => this.#listener(id === null ? null : this.#offer),
    });
    const request = { id: this.#device, seat };
    session.sendRequest(manager, "get_device", request);
  }

  onSelection(listener: (offer: HostOffer | null) => void): void {
    this.#listener = listener;
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const session = this.#session;
    const source = session.createObject("zwp_primary_selection_source_v1", this.#manager.version);
    onEvents(source, {
      send: ({ mime_type, fd }) => events.send(mime_type, fd.raw),
      cancelled: () => events.cancelled(),
    });
    session.sendRequest(this.#manager, "create_source", { id: source });
    for (const mime_type of mimeTypes) {
      session.sendRequest(source, "offer", { mime_type });
    }
    session.sendRequest(this.#device, "set_selection", { source, serial });
    return { destroy: () => session.sendRequest(source, "destroy", {}) };
  }
}
