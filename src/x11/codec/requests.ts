// SPDX-License-Identifier: Apache-2.0
import type { RequestLayout } from "./protocol.ts";
import { type Values, Writer } from "./writer.ts";

/** The longest request, in words, that the 16 bits of its length can express. */
const SHORT = 0xffff;

/** The place of a request's length. */
const LENGTH = 2;

const nothing: Values = {};

/** Writes requests, one at a time. */
export class RequestWriter {
  readonly #writer = new Writer();
  /** The longest request that the server takes, in bytes. */
  maxRequest: number = 4 * SHORT;

  get bytes(): Buffer {
    return this.#writer.bytes;
  }

  /**
   * Writes a request; its bytes are at the start of `bytes` until the next one.
   *
   * @param major the opcode of the extension that it is in
   * @returns the number of its bytes
   * @throws RangeError when it is longer than the server takes
   */
  write(layout: RequestLayout, major: number, values: Values = nothing): number {
    const writer = this.#writer;
    writer.clear();
    let { fields } = layout;
    if (layout.extension === "") {
      // A request of the core protocol has its first byte of data before the length.
      writer.uint8(layout.opcode);
      if (fields.length > 0) writer.fields(fields.slice(0, 1), values);
      else writer.uint8(0);
      fields = fields.slice(1);
    } else {
      writer.uint8(major);
      writer.uint8(layout.opcode);
    }
    writer.uint16(0);
    writer.fields(fields, values);
    writer.align(4);
    const words = writer.length / 4;
    if (words <= SHORT) {
      writer.setUint16(LENGTH, words);
    } else {
      // BIG-REQUESTS: the length is 0, and a word of its own follows, which counts too.
      writer.insertUint32(4, words + 1);
    }
    if (writer.length > this.maxRequest) {
      throw new RangeError(`a request of ${writer.length} bytes, but the X server takes ${this.maxRequest}`);
    }
    return writer.length;
  }
}
