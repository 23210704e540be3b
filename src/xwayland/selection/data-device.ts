// SPDX-License-Identifier: Apache-2.0

import type { HostOffer } from "../../clipboard/host-offer.ts";
import type { HostSelection, HostSource, SourceEvents } from "../../clipboard/host-selection.ts";
import { WlDataDeviceManagerDndAction as DndAction } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import { onEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { type DragOffer, HostDragOffer } from "./drag-offer.ts";

/** Listens to a drag over X windows. Positions are in surfaces, in the host's pixels. */
export interface DragOverEvents<Offer extends DragOffer> {
  enter(offer: Offer | null, serial: number, surface: WlObject<"wl_surface">, x: number, y: number): void;
  motion(x: number, y: number): void;
  leave(): void;
  drop(): void;
}

/** Listens to a drag of an X client's. */
export interface DragSourceEvents extends SourceEvents {
  /** The window under the pointer accepts the drag, or does not. */
  accepted(isAccepted: boolean): void;
  /** The action that a drop would have is another one (wl_data_device_manager.dnd_action). */
  action(action: number): void;
  /** The user has dropped the drag over something that accepts it. */
  dropped(): void;
  /** The receiver has all that it wants. */
  finished(): void;
}

/** Drags between X clients and others. */
export interface DragDevice {
  /** Whether it reports how a drag ends, without which X clients can drag nothing to others. */
  readonly hasActions: boolean;
  onDrag(events: DragOverEvents<DragOffer>): void;
  /**
   * Begins to drag something.
   *
   * @param origin the surface in which the button was pressed whose serial that is
   * @param icon what is to be shown at the pointer, which has no role or that one already; null for nothing
   */
  drag(
    mimeTypes: readonly string[],
    origin: WlObject<"wl_surface">,
    serial: number,
    icon: WlObject<"wl_surface"> | null,
    events: DragSourceEvents,
  ): HostSource;
}

/** The clipboard and drags, by wl_data_device. */
export class DataDevice implements HostSelection<HostOffer>, DragDevice {
  readonly isFocusBound = true;
  readonly hasActions: boolean;
  readonly #client: Client;
  readonly #manager: WlObject<"wl_data_device_manager">;
  readonly #device: WlObject<"wl_data_device">;
  /** The one that the host has announced last. */
  #offer: HostDragOffer | null = null;
  #onSelection: (offer: HostOffer | null) => void = (offer) => offer?.destroy();
  #drags: DragOverEvents<HostDragOffer> | null = null;

  constructor(client: Client, manager: WlObject<"wl_data_device_manager">, seat: WlObject<"wl_seat">) {
    this.#client = client;
    this.#manager = manager;
    this.#device = client.createObject("wl_data_device", manager.version);
    this.hasActions = client.hasRequest(client.createObject("wl_data_source", manager.version), "set_actions");
    onEvents(this.#device, {
      data_offer: ({ id }, message) => {
        // The object stays ours.
        message.drop();
        this.#offer = new HostDragOffer(client, id);
      },
      selection: ({ id }) => this.#onSelection(id === null ? null : this.#offer),
      enter: ({ serial, surface, x, y, id }) => {
        this.#drags?.enter(id === null ? null : this.#offer, serial, surface, x, y);
      },
      motion: ({ x, y }) => this.#drags?.motion(x, y),
      leave: () => this.#drags?.leave(),
      drop: () => this.#drags?.drop(),
    });
    client.sendRequest(manager, "get_data_device", { id: this.#device, seat });
  }

  onSelection(listener: (offer: HostOffer | null) => void): void {
    this.#onSelection = listener;
  }

  onDrag(events: DragOverEvents<HostDragOffer>): void {
    this.#drags = events;
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    const source = this.#createSource(mimeTypes);
    onEvents(source, {
      send: ({ mime_type, fd }) => events.send(mime_type, fd),
      cancelled: () => events.cancelled(),
    });
    this.#client.sendRequest(this.#device, "set_selection", { source, serial });
    return this.#hostSource(source);
  }

  drag(
    mimeTypes: readonly string[],
    origin: WlObject<"wl_surface">,
    serial: number,
    icon: WlObject<"wl_surface"> | null,
    events: DragSourceEvents,
  ): HostSource {
    const source = this.#createSource(mimeTypes);
    onEvents(source, {
      send: ({ mime_type, fd }) => events.send(mime_type, fd),
      cancelled: () => events.cancelled(),
      target: ({ mime_type }) => events.accepted(mime_type !== null),
      action: ({ dnd_action }) => events.action(dnd_action),
      dnd_drop_performed: () => events.dropped(),
      dnd_finished: () => events.finished(),
    });
    const client = this.#client;
    client.sendRequest(source, "set_actions", { dnd_actions: DndAction.copy | DndAction.move });
    client.sendRequest(this.#device, "start_drag", { source, origin, icon, serial });
    return this.#hostSource(source);
  }

  #createSource(mimeTypes: readonly string[]): WlObject<"wl_data_source"> {
    const source = this.#client.createObject("wl_data_source", this.#manager.version);
    this.#client.sendRequest(this.#manager, "create_data_source", { id: source });
    for (const mime_type of mimeTypes) this.#client.sendRequest(source, "offer", { mime_type });
    return source;
  }

  #hostSource(source: WlObject<"wl_data_source">): HostSource {
    return { destroy: () => this.#client.sendRequest(source, "destroy", {}) };
  }
}
