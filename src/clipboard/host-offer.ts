// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";
import { pipe } from "../native/pipe.ts";
import { MAX_TYPE_CHARACTERS, MAX_TYPES } from "../policy/transfer-limits.ts";
import type { Client } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { SelectionOffer } from "./host-selection.ts";

/** The interfaces of offers, which have the same messages as far as data is concerned. */
type OfferInterface =
  | "wl_data_offer"
  | "zwp_primary_selection_offer_v1"
  | "ext_data_control_offer_v1"
  | "zwlr_data_control_offer_v1";

/** An offer of what a program of the host's has copied, selected or is dragging. */
export class HostOffer<I extends OfferInterface = OfferInterface> implements SelectionOffer {
  readonly object: WlObject<I>;
  protected readonly client: Client;
  readonly #mimeTypes: string[] = [];
  #characters = 0;
  #actions = 0;

  /** @param object what the host has made for it, and has not said anything about yet */
  constructor(client: Client, object: WlObject<I>) {
    this.client = client;
    this.object = object;
    const events = {
      offer: ({ mime_type }: { mime_type: string }) => {
        this.#characters += mime_type.length;
        if (this.#mimeTypes.length < MAX_TYPES && this.#characters <= MAX_TYPE_CHARACTERS)
          this.#mimeTypes.push(mime_type);
      },
      // Of wl_data_offer alone.
      source_actions: ({ source_actions }: { source_actions: number }) => {
        this.#actions = source_actions;
      },
    };
    onEvents<OfferInterface>(object, events);
  }

  /** The types in which the data can be had. */
  get mimeTypes(): readonly string[] {
    return this.#mimeTypes;
  }

  /** The actions that are possible where the data is dropped (wl_data_device_manager.dnd_action). */
  get actions(): number {
    return this.#actions;
  }

  /**
   * Asks for it; its program will write it into the pipe whose read end this is. Null when it is of no more use. Throws a
   * SystemError (EMFILE).
   */
  receive(mimeType: string): Fd | null {
    if (this.object.clientGone) return null;
    const [read, write] = pipe();
    this.send(mimeType, write);
    return read;
  }

  /** Has its program write the data into a descriptor, which is handed over. */
  send(mimeType: string, target: Fd): void {
    if (this.object.clientGone) target.close();
    else this.client.sendRequest(this.object, "receive", { mime_type: mimeType, fd: target });
  }

  /** Destroys the offer; what was asked for still comes. */
  destroy(): void {
    if (!this.object.clientGone) this.client.sendRequest(this.object, "destroy", {});
  }
}
