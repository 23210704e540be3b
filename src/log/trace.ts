// SPDX-License-Identifier: Apache-2.0
import type { Message } from "../wire/signature.ts";
import type { WlObject } from "../wire/wl-object.ts";

export type Side = "client" | "host";

/**
 * Is told of messages: of requests as they come in, and of all messages as they go out. They lie in a buffer that is
 * reused as soon as it returns; places are word indices, and ids are those of the side that is named.
 */
export interface Trace {
  received(from: Side, object: WlObject, message: Message, words: Uint32Array, place: number, end: number): void;
  sent(to: Side, object: WlObject, message: Message, words: Uint32Array, place: number, end: number): void;
}
