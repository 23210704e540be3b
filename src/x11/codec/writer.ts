// SPDX-License-Identifier: Apache-2.0
import type { Field, Kind } from "./layout.ts";

/** A value of a field; the generated types say which field holds what. */
export type Value = number | bigint | boolean | string | Uint8Array | readonly Value[] | Values;

/** A message's fields by name. */
export interface Values {
  readonly [name: string]: Value | undefined;
}

const SMALLEST = 4096;

/**
 * A message that is being written. Numbers that do not fit lose their upper bits, as they would in C. Coordinates often
 * come from clients, who are not to stop a window manager.
 */
export class Writer {
  bytes: Buffer = Buffer.allocUnsafeSlow(SMALLEST);
  #view: DataView = viewOf(this.bytes);
  /** How much is written. */
  length = 0;

  /** Begins a new message. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > 16 * SMALLEST) this.#replace(Buffer.allocUnsafeSlow(SMALLEST));
  }

  /** Appends zeros up to a multiple of `size` bytes. */
  align(size: number): void {
    const past = this.length % size;
    if (past > 0) this.zeros(size - past);
  }

  zeros(count: number): void {
    const offset = this.#extend(count);
    this.bytes.fill(0, offset, offset + count);
  }

  /** Writes fields one after the other. Throws a RangeError for a list that is longer than its length can say. */
  fields(fields: readonly Field[], values: Values): void {
    for (const field of fields) this.#field(field, fields, values);
  }

  uint8(value: number): void {
    this.#view.setUint8(this.#extend(1), value);
  }

  uint16(value: number): void {
    const offset = this.#extend(2);
    this.#view.setUint16(offset, value, true);
  }

  uint32(value: number): void {
    const offset = this.#extend(4);
    this.#view.setUint32(offset, value, true);
  }

  /** Writes at a place that is written already. */
  setUint16(offset: number, value: number): void {
    this.#view.setUint16(offset, value, true);
  }

  /** Makes room for a number at `at`, before what is written there. */
  insertUint32(offset: number, value: number): void {
    const end = this.#extend(4);
    this.bytes.copyWithin(offset + 4, offset, end);
    this.#view.setUint32(offset, value, true);
  }

  #field(field: Field, fields: readonly Field[], values: Values): void {
    switch (field.what) {
      case "pad":
        return this.zeros(field.size);
      case "align":
        return this.align(field.size);
      case "value":
        return this.#value(field.kind, values[field.name] as Value);
      case "length":
        return this.#length(field.kind, field.list, values[field.list] as string | readonly Value[]);
      case "mask":
        return this.#value(field.kind, maskOf(fields, values));
      case "optional": {
        const value = values[field.name];
        if (value !== undefined) this.#value(field.kind, value);
        return;
      }
      case "list":
        return this.#list(field.kind, values[field.name] as string | Uint8Array | readonly Value[]);
      case "struct":
        return this.fields(field.fields, values[field.name] as Values);
      case "structs":
        for (const one of values[field.name] as readonly Values[]) this.fields(field.fields, one);
    }
  }

  #value(kind: Kind, value: Value): void {
    switch (kind) {
      case "u8":
      case "i8":
      case "bool":
      case "char":
      case "byte":
        return this.uint8(Number(value));
      case "u16":
      case "i16":
        return this.uint16(Number(value));
      case "u32":
      case "i32":
      case "bool32":
        return this.uint32(Number(value));
      case "i64":
        // SYNC puts the upper half first.
        this.uint32(Number(BigInt.asUintN(32, (value as bigint) >> 32n)));
        return this.uint32(Number(BigInt.asUintN(32, value as bigint)));
    }
  }

  /** A list's length must be true, or the server would lose its place. */
  #length(kind: Kind, name: string, list: { readonly length: number }): void {
    if (kind === "u16" && list.length > 0xffff) throw new RangeError(`${name} has ${list.length} elements`);
    this.#value(kind, list.length);
  }

  #list(kind: Kind, value: string | Uint8Array | readonly Value[]): void {
    if (typeof value === "string") {
      const offset = this.#extend(value.length);
      this.bytes.write(value, offset, "latin1");
    } else if (value instanceof Uint8Array) {
      const offset = this.#extend(value.length);
      this.bytes.set(value, offset);
    } else {
      for (const one of value) this.#value(kind, one);
    }
  }

  /** Appends room for `count` bytes, with anything in it, and returns where it is. */
  #extend(count: number): number {
    const offset = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.length, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, offset);
      this.#replace(larger);
    }
    return offset;
  }

  #replace(bytes: Buffer): void {
    this.bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

function maskOf(fields: readonly Field[], values: Values): number {
  let mask = 0;
  for (const field of fields) {
    if (field.what === "optional" && values[field.name] !== undefined) mask |= 1 << field.bit;
  }
  return mask;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
