// SPDX-License-Identifier: Apache-2.0
/**
 * The wire format for the fake peers, written a second time: what it has in common with `src/wire` is the specification.
 * Words are little-endian, like every machine that the tests run on.
 */
import type { Fd } from "../../src/native/fd.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../../src/wire/signature.ts";
import type { FakeObject } from "./fake-object.ts";

/** A message, or whatever else a test sends, as bytes; the descriptors are handed over with it. */
export interface Packet {
  readonly bytes: Buffer;
  readonly fds: readonly Fd[];
}

/** An argument as tests write and read it; bytes for a string are for strings that are not UTF-8. */
export type Value = number | string | null | Uint8Array | Fd | FakeObject;

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** An array argument: length, content, padding. */
export function array(content: Uint8Array): Buffer {
  return Buffer.concat([word(content.length), content, Buffer.alloc(-content.length & 3)]);
}

/** A string argument: an array that ends with a NUL; null has no bytes at all. */
export function string(content: string | Uint8Array | null): Buffer {
  return content === null ? word(0) : array(Buffer.concat([Buffer.from(content), Buffer.alloc(1)]));
}

/** A message with its header, of any content. */
export function packet(objectId: number, opcode: number, body: Uint8Array = Buffer.alloc(0), fds: Fd[] = []): Packet {
  const size = 8 + body.length;
  return { bytes: Buffer.concat([word(objectId), word((size << 16) | opcode), body]), fds };
}

/**
 * Writes a message. Values stand in the order of its arguments, but none for a new_id of a fixed interface, and two
 * (name and version) for one that the sender chooses.
 *
 * @param create gives a new object of the sender's
 */
export function encode(
  object: FakeObject,
  message: Message,
  values: readonly Value[],
  create: (type: Interface | string, version: number) => FakeObject,
): Packet & { created: FakeObject[] } {
  const rest = [...values];
  const parts: Buffer[] = [];
  const fds: Fd[] = [];
  const created: FakeObject[] = [];
  for (const arg of message.args) {
    if (arg.kind === ArgKind.newId) {
      const child = create(arg.interface as Interface, object.version);
      created.push(child);
      parts.push(word(child.id));
    } else if (arg.kind === ArgKind.genericNewId) {
      const [name, version] = rest.splice(0, 2) as [string, number];
      const child = create(name, version);
      created.push(child);
      parts.push(string(name), word(version), word(child.id));
    } else if (arg.kind === ArgKind.fd) {
      fds.push(rest.shift() as Fd);
    } else {
      if (rest.length === 0) throw new TypeError(`${message.name} has more arguments than that: ${arg.name}`);
      parts.push(encodeOne(arg, rest.shift() as Value));
    }
  }
  if (rest.length > 0) throw new TypeError(`${message.name} has fewer arguments than that`);
  return { ...packet(object.id, message.opcode, Buffer.concat(parts), fds), created };
}

function encodeOne(arg: Argument, value: Value): Buffer {
  switch (arg.kind) {
    case ArgKind.fixed:
      return word(Math.round((value as number) * 256));
    case ArgKind.string:
      return string(value as string | Uint8Array | null);
    case ArgKind.array:
      return array(value as Uint8Array);
    case ArgKind.object:
      return word(value === null ? 0 : (value as FakeObject).id);
    default:
      return word(value as number);
  }
}

/** The receiver of a message: it turns ids and descriptors into values. Each method throws when it cannot. */
export interface Receiver {
  object(id: number, arg: Argument): FakeObject | null;
  newObject(id: number, type: Interface | string, version: number): FakeObject;
  fd(): Fd;
}

/** Reads a message's arguments by name; throws when they do not fit its body exactly. */
export function decode(object: FakeObject, message: Message, body: Buffer, receiver: Receiver): Record<string, Value> {
  let at = 0;
  const nextWord = (): number => {
    at += 4;
    return body.readUInt32LE(at - 4);
  };
  const nextBytes = (): Buffer => {
    const length = nextWord();
    const content = body.subarray(at, at + length);
    const padding = body.subarray(at + length, at + length + (-length & 3));
    at += length + (-length & 3);
    if (at > body.length) throw new RangeError("an array is longer than its message");
    if (padding.some((byte) => byte !== 0)) throw new RangeError("padding is not clear");
    return content;
  };
  const nextString = (): string | null => {
    const content = nextBytes();
    if (content.length === 0) return null;
    if (content.indexOf(0) !== content.length - 1) throw new RangeError("a string has its NUL at the wrong place");
    return content.toString("utf8", 0, content.length - 1);
  };
  const read = (arg: Argument): Value => {
    switch (arg.kind) {
      case ArgKind.int:
        return nextWord() | 0;
      case ArgKind.fixed:
        return (nextWord() | 0) / 256;
      case ArgKind.string:
        return nextString();
      case ArgKind.array:
        return nextBytes();
      case ArgKind.fd:
        return receiver.fd();
      case ArgKind.object: {
        const id = nextWord();
        return id === 0 ? null : receiver.object(id, arg);
      }
      case ArgKind.newId:
        return receiver.newObject(nextWord(), arg.interface as Interface, object.version);
      case ArgKind.genericNewId: {
        const name = nextString() as string;
        const version = nextWord();
        return receiver.newObject(nextWord(), name, version);
      }
      default:
        return nextWord();
    }
  };
  const args: Record<string, Value> = {};
  for (const arg of message.args) {
    const value = read(arg);
    if (value === null && !arg.nullable) throw new RangeError(`${arg.name} is null`);
    args[arg.name] = value;
  }
  if (at !== body.length) throw new RangeError("the message is longer than its arguments");
  return args;
}
