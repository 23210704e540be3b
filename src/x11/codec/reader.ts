// SPDX-License-Identifier: Apache-2.0
import type { Count, Field, Kind } from "./layout.ts";
import type { Value } from "./writer.ts";

type Fields = { [name: string]: Value };

/** Reads fields of one message, each once, in order. Throws a RangeError when the message ends before its fields. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  #offset: number;

  /** @param start where the message begins in `bytes`, and `length` its bytes */
  constructor(bytes: Buffer, start: number, length: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = start + length;
    this.#offset = start;
  }

  /**
   * Adds the fields of a reply or an event to `into`; lengths are not added, since lists have their own.
   * @param body where the fields go on behind the first, which is the second byte
   */
  message(fields: readonly Field[], body: number, into: Fields = {}): Fields {
    this.#offset = this.#start + 1;
    return this.#fields(fields, into, body);
  }

  #fields(fields: readonly Field[], into: Fields, body: number | null): Fields {
    const lengths: Record<string, number> = {};
    for (const [index, field] of fields.entries()) {
      if (index === 1 && body !== null) this.#offset = this.#start + body;
      switch (field.what) {
        case "pad":
          this.#take(field.size);
          break;
        case "align":
          while ((this.#offset - this.#start) % field.size > 0) this.#take(1);
          break;
        case "value": {
          const value = this.#value(field.kind);
          into[field.name] = value;
          // Part of a term, such as value_len*format/8.
          if (typeof value === "number") lengths[field.name] = value;
          break;
        }
        case "length":
          lengths[field.name] = Number(this.#value(field.kind));
          break;
        case "list":
          into[field.name] = this.#list(field.kind, field.count, lengths);
          break;
        case "struct":
          into[field.name] = this.#fields(field.fields, {}, null);
          break;
        case "structs": {
          const structs: Fields[] = [];
          for (let left = evaluate(field.count, lengths); left > 0; left--)
            structs.push(this.#fields(field.fields, {}, null));
          into[field.name] = structs;
          break;
        }
        case "mask":
        case "optional":
          throw new Error(`${field.name}: only requests have optional values, and nobody reads those`);
      }
    }
    return into;
  }

  #value(kind: Kind): number | bigint | boolean {
    const bytes = this.#bytes;
    switch (kind) {
      case "u8":
      case "char":
      case "byte":
        return bytes.readUInt8(this.#take(1));
      case "i8":
        return bytes.readInt8(this.#take(1));
      case "bool":
        return bytes.readUInt8(this.#take(1)) !== 0;
      case "u16":
        return bytes.readUInt16LE(this.#take(2));
      case "i16":
        return bytes.readInt16LE(this.#take(2));
      case "u32":
        return bytes.readUInt32LE(this.#take(4));
      case "i32":
        return bytes.readInt32LE(this.#take(4));
      case "bool32":
        return bytes.readUInt32LE(this.#take(4)) !== 0;
      case "i64": {
        const upper = BigInt(bytes.readInt32LE(this.#take(4)));
        return (upper << 32n) | BigInt(bytes.readUInt32LE(this.#take(4)));
      }
    }
  }

  #list(kind: Kind, count: Count | null, lengths: Readonly<Record<string, number>>): Value {
    const length = count === null ? this.#end - this.#offset : evaluate(count, lengths);
    if (kind === "char" || kind === "byte") {
      const offset = this.#take(length);
      // A copy, since what was received gives way to what comes next.
      return kind === "char"
        ? this.#bytes.toString("latin1", offset, offset + length)
        : new Uint8Array(this.#bytes.subarray(offset, offset + length));
    }
    const values: Value[] = [];
    for (let left = length; left > 0; left--) values.push(this.#value(kind));
    return values;
  }

  /** The place of the next `count` bytes. */
  #take(count: number): number {
    const offset = this.#offset;
    this.#offset += count;
    if (this.#offset > this.#end) throw new RangeError("a message ends before its fields");
    return offset;
  }
}

function evaluate(count: Count, lengths: Readonly<Record<string, number>>): number {
  let result = 1;
  for (const { operator, operand } of count) {
    const value = typeof operand === "number" ? operand : (lengths[operand] ?? 0);
    result = operator === "*" ? result * value : Math.floor(result / value);
  }
  return result;
}
