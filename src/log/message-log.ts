// SPDX-License-Identifier: Apache-2.0
import type { Protocol } from "../protocol/protocol.ts";
import type { Message } from "../wire/signature.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Logger } from "./logger.ts";
import { messageText } from "./message-text.ts";
import type { Side, Trace } from "./trace.ts";

/**
 * Logs the messages of one client as the client sees them: its requests as they come in, and the events that it gets,
 * whoever made them. Both carry the client's ids, as a log of WAYLAND_DEBUG would.
 */
export class MessageLog implements Trace {
  readonly #log: Logger;
  readonly #protocol: Protocol;
  readonly #client: string;

  constructor(log: Logger, protocol: Protocol, client: string) {
    this.#log = log;
    this.#protocol = protocol;
    this.#client = client;
  }

  received(_from: Side, object: WlObject, message: Message, words: Uint32Array, place: number, end: number): void {
    this.#write("->", object, message, words, place, end);
  }

  sent(to: Side, object: WlObject, message: Message, words: Uint32Array, place: number, end: number): void {
    if (to === "client") this.#write("<-", object, message, words, place, end);
  }

  #write(arrow: string, object: WlObject, message: Message, words: Uint32Array, place: number, end: number): void {
    const text = messageText(message, words, place, end, {
      id: object.clientId,
      interface: object.clientInterface.name,
      enumName: (name, value) => this.#protocol.enumOf(name)?.entries.find((entry) => entry.value === value)?.name,
    });
    this.#log.debug(`${this.#client} ${arrow} ${text}`);
  }
}
