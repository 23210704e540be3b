// SPDX-License-Identifier: Apache-2.0

import { printable } from "../log/printable.ts";
import type { EnumTable, ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";

/** An argument of a message, for people and for programs. */
interface ReadArgument {
  readonly name: string;
  readonly text: string;
  /** As `--log-format json` gives it; see docs/logging.md. */
  readonly value: unknown;
}

/** A message that can be shown. */
export interface ReadMessage {
  readonly interface: string;
  readonly id: number;
  readonly name: string;
  readonly args: readonly ReadArgument[];
  /** Whether its end is missing. */
  readonly isCut: boolean;
}

/**
 * Reads a message as it was on the wire: its header at `place`, its end at `end`. It may be malformed, or cut: then the
 * arguments that are there are shown.
 */
export function readMessage(
  protocol: ProtocolRegistry,
  type: Interface,
  message: Message,
  words: Uint32Array,
  offset: number,
  end: number,
): ReadMessage {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  const args: ReadArgument[] = [];
  let cursor = offset + 2;
  for (const arg of message.args) {
    const next = behind(arg, words, cursor, end);
    if (next > end) break;
    args.push({ name: arg.name, ...argumentAt(protocol, arg, words, bytes, cursor) });
    cursor = next;
  }
  const isCut = args.length < message.args.length;
  return { interface: type.name, id: words[offset] as number, name: message.name, args, isCut };
}

/** In the style of WAYLAND_DEBUG, with names: `wl_surface@3.attach(buffer=wl_buffer@7, x=0, y=0)`. */
export function messageText({ interface: type, id, name, args, isCut }: ReadMessage): string {
  const texts = args.map((arg) => `${arg.name}=${arg.text}`);
  if (isCut) texts.push("…");
  return printable(`${type}@${id}.${name}(${texts.join(", ")})`);
}

function behind(arg: Argument, words: Uint32Array, offset: number, end: number): number {
  if (arg.kind === ArgKind.fd) return offset;
  if (offset >= end) return end + 1;
  const isCounted = arg.kind === ArgKind.string || arg.kind === ArgKind.array || arg.kind === ArgKind.genericNewId;
  const length = words[offset] as number;
  // Longer than any message.
  if (isCounted && length > 0xffff) return end + 1;
  if (arg.kind === ArgKind.string || arg.kind === ArgKind.array) return offset + 1 + ((length + 3) >>> 2);
  return arg.kind === ArgKind.genericNewId ? offset + 3 + ((length + 3) >>> 2) : offset + 1;
}

function argumentAt(
  protocol: ProtocolRegistry,
  arg: Argument,
  words: Uint32Array,
  bytes: Buffer,
  offset: number,
): Omit<ReadArgument, "name"> {
  const word = words[offset] as number;
  switch (arg.kind) {
    case ArgKind.int:
    case ArgKind.uint: {
      const number = arg.kind === ArgKind.int ? word | 0 : word;
      const named = arg.enum === null ? undefined : enumText(protocol.enumOf(arg.enum), number);
      return { text: named ?? String(number), value: named ?? number };
    }
    case ArgKind.fixed:
      return { text: String((word | 0) / 256), value: (word | 0) / 256 };
    case ArgKind.string: {
      if (word === 0) return { text: "nil", value: null };
      const text = textAt(bytes, offset, word);
      return { text: JSON.stringify(text), value: text };
    }
    case ArgKind.array:
      return { text: `array[${word}]`, value: { bytes: word } };
    case ArgKind.object: {
      if (word === 0) return { text: "nil", value: null };
      const name = arg.interface?.name ?? "object";
      return { text: `${name}@${word}`, value: { interface: name, id: word } };
    }
    case ArgKind.newId: {
      const name = arg.interface?.name ?? "object";
      return { text: `new ${name}@${word}`, value: { interface: name, id: word } };
    }
    case ArgKind.genericNewId: {
      const next = offset + 1 + ((word + 3) >>> 2);
      const name = textAt(bytes, offset, word);
      const [version, id] = [words[next] as number, words[next + 1] as number];
      return { text: `new ${name}@${id} v${version}`, value: { interface: name, id, version } };
    }
    default:
      return { text: "fd", value: "fd" };
  }
}

function textAt(bytes: Buffer, offset: number, length: number): string {
  return bytes.toString("utf8", (offset + 1) << 2, ((offset + 1) << 2) + Math.max(length - 1, 0));
}

/** The name of an enum's value; of a bit field's the names of all bits, and in hexadecimal those that have none. */
function enumText(table: EnumTable | undefined, value: number): string | undefined {
  const exact = table?.entries.find((entry) => entry.value === value);
  if (exact !== undefined || !table?.bitfield) return exact?.name;
  const names: string[] = [];
  let rest = value >>> 0;
  for (const entry of table.entries) {
    if (entry.value === 0 || (value & entry.value) >>> 0 !== entry.value >>> 0) continue;
    names.push(entry.name);
    rest = (rest & ~entry.value) >>> 0;
  }
  if (rest !== 0 && names.length > 0) names.push(`0x${rest.toString(16)}`);
  return names.length > 0 ? names.join("|") : undefined;
}
