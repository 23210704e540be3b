// SPDX-License-Identifier: Apache-2.0
import type { Interface, Message } from "./signature.ts";

/** The interface that a view shows before its first message. */
const noInterface: Interface = { name: "", index: 0, version: 0, requests: [], events: [] };
const noMessage: Message = {
  name: "",
  opcode: 0,
  since: 1,
  destructor: false,
  args: [],
  fds: 0,
  fdsAreSinks: false,
  destroysArg: -1,
  wordsBeforeTyped: 0,
  number: 0,
};

/**
 * A message as it lies on the wire. One instance shows many messages, one after the other, and the words are reused,
 * too. So code that is shown a message reads it before returning, and copies what is to be kept.
 */
export class WireMessage {
  /** The interface of its object, for the side on which it is seen. */
  type: Interface = noInterface;
  message: Message = noMessage;
  words: Uint32Array;
  /** The index of its header among the words, and the index behind its last word. */
  offset = 0;
  end = 0;

  constructor(words: Uint32Array) {
    this.words = words;
  }

  /** Makes the view show another message. */
  show(type: Interface, message: Message, words: Uint32Array, offset: number, end: number): this {
    this.type = type;
    this.message = message;
    this.words = words;
    this.offset = offset;
    this.end = end;
    return this;
  }
}
