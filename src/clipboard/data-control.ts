// SPDX-License-Identifier: Apache-2.0

import type { HostGlobals } from "../globals/host-globals.ts";
import type { Client } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { HostOffer } from "./host-offer.ts";
import type { HostSelection, HostSource, SourceEvents } from "./host-selection.ts";

/** The interfaces of one of the two protocols. They have the same messages, so that the types of one do for both. */
interface Names {
  readonly manager: "ext_data_control_manager_v1";
  readonly device: "ext_data_control_device_v1";
  readonly source: "ext_data_control_source_v1";
  /** The highest version that this knows how to use. */
  readonly version: number;
}

const protocols: readonly Names[] = [
  {
    manager: "ext_data_control_manager_v1",
    device: "ext_data_control_device_v1",
    source: "ext_data_control_source_v1",
    version: 1,
  },
  {
    manager: "zwlr_data_control_manager_v1",
    device: "zwlr_data_control_device_v1",
    source: "zwlr_data_control_source_v1",
    version: 2,
  } satisfies Record<keyof Names, unknown> as unknown as Names,
];

type OnSelection = (offer: HostOffer | null) => void;

/** The clipboard and the primary selection as clipboard managers see them: without the keyboard, and at any time. */
export class DataControl {
  readonly clipboard: HostSelection<HostOffer>;
  /** Null where the host has an old version. */
  readonly primary: HostSelection<HostOffer> | null;
  readonly #client: Client;
  readonly #manager: WlObject<Names["manager"]>;
  readonly #device: WlObject<Names["device"]>;
  readonly #names: Names;
  /** The one that the host has announced last. */
  #offer: HostOffer | null = null;

  /** Uses what the host has of it; null when that is nothing, or when the user hides it. */
  static open(client: Client, globals: HostGlobals, seat: WlObject<"wl_seat">): DataControl | null {
    for (const names of protocols) {
      const manager = globals.bindForUs(names.manager, names.version);
      if (manager !== null) return new DataControl(client, manager, names, seat);
    }
    return null;
  }

  private constructor(client: Client, manager: WlObject<Names["manager"]>, names: Names, seat: WlObject<"wl_seat">) {
    this.#client = client;
    this.#manager = manager;
    this.#names = names;
    this.#device = client.createObject(names.device, manager.version);
    const ignore: OnSelection = (offer) => offer?.destroy();
    const told: Record<"clipboard" | "primary", OnSelection> = { clipboard: ignore, primary: ignore };
    onEvents(this.#device, {
      data_offer: ({ id }, message) => {
        // The object stays ours.
        message.drop();
        this.#offer = new HostOffer(client, id);
      },
      selection: ({ id }) => told.clipboard(id === null ? null : this.#offer),
      primary_selection: ({ id }) => told.primary(id === null ? null : this.#offer),
    });
    client.sendRequest(manager, "get_data_device", { id: this.#device, seat });
    const selection = (
      name: keyof typeof told,
      request: "set_selection" | "set_primary_selection",
    ): HostSelection<HostOffer> => ({
      isFocusBound: false,
      onSelection: (listener) => {
        told[name] = listener;
      },
      set: (mimeTypes, _serial, events) => this.#set(mimeTypes, request, events),
    });
    this.clipboard = selection("clipboard", "set_selection");
    const hasPrimary = client.hasRequest(this.#device, "set_primary_selection");
    this.primary = hasPrimary ? selection("primary", "set_primary_selection") : null;
  }

  #set(
    mimeTypes: readonly string[],
    request: "set_selection" | "set_primary_selection",
    events: SourceEvents,
  ): HostSource {
    const client = this.#client;
    const names = this.#names;
    const source = client.createObject(names.source, this.#manager.version);
    onEvents(source, {
      send: ({ mime_type, fd }) => events.send(mime_type, fd),
      cancelled: () => events.cancelled(),
    });
    client.sendRequest(this.#manager, "create_data_source", { id: source });
    for (const mime_type of mimeTypes) client.sendRequest(source, "offer", { mime_type });
    client.sendRequest(this.#device, request, { source });
    return { destroy: () => client.sendRequest(source, "destroy", {}) };
  }
}
