// SPDX-License-Identifier: Apache-2.0
import { onEvents } from "../relay/one-sided.ts";
import type { Session } from "../relay/session.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { HostOffer } from "./host-offer.ts";
import type { HostSelection, HostSource, SourceEvents } from "./host-selection.ts";

/** What was copied: the clipboard of wl_data_device. */
export class DataDevice implements HostSelection {
  readonly #session: Session;
  readonly #manager: WlObject;
  readonly #device: WlObject;
  /** The one that the host has told of last. */
  #offer: HostOffer | null = null;
  #listener: (offer: HostOffer | null) => void = () => {};

  constructor(session: Session, manager: WlObject, seat: WlObject) {
    this.#session = session;
    this.#manager = manager;
    this.#device = session.createObject("wl_data_device", manager.version);
    onEvents(this.#device, "wl_data_device", {
      data_offer: ({ id }, message) => {
        // The object stays ours.
        message.drop();
        this.#offer = new HostOffer(session, id, "wl_data_offer");
      },
      selection: ({ id }) => this.#listener(id === null ? null : this.#offer),
    });
    session.sendRequest(manager, "wl_data_device_manager", "get_data_device", { id: this.#device, seat });
  }

  onSelection(listener: (offer: HostOffer | null) => void): void {
    this.#listener = listener;
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const session = this.#session;
    const source = session.createObject("wl_data_source", this.#manager.version);
    onEvents(source, "wl_data_source", {
      send: ({ mime_type, fd }) => events.send(mime_type, fd.raw),
      cancelled: () => events.cancelled(),
    });
    session.sendRequest(this.#manager, "wl_data_device_manager", "create_data_source", { id: source });
    for (const mime_type of mimeTypes) session.sendRequest(source, "wl_data_source", "offer", { mime_type });
    session.sendRequest(this.#device, "wl_data_device", "set_selection", { source, serial });
    return { destroy: () => session.sendRequest(source, "wl_data_source", "destroy", {}) };
  }
}
