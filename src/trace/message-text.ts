// SPDX-License-Identifier: Apache-2.0

import { printable } from "../log/printable.ts";
import type { EnumTable, ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { argumentsOf, endOfArgument, textAt } from "../wire/arguments.ts";
import { ArgKind, type Argument } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";

/** An argument of a message, for people and for programs. */
interface ReadArgument {
  readonly name: string;
  readonly text: string;
  /** The value in `--log-format json`; see docs/logging.md. */
  readonly value: unknown;
}

/** A message that can be shown. */
export interface ReadMessage {
  readonly interface: string;
  readonly id: number;
  readonly name: string;
  readonly args: readonly ReadArgument[];
  /** Whether the message's end is missing. */
  readonly isCut: boolean;
}

/** Reads a message as it was on the wire. It may be malformed, or cut: then the arguments that are there are shown. */
export function readMessage(protocol: ProtocolRegistry, wire: WireMessage): ReadMessage {
  const { type, message, words, offset, end } = wire;
  const args: ReadArgument[] = [];
  for (const [arg, place] of argumentsOf(message, words, offset, end)) {
    args.push({ name: arg.name, ...argumentAt(protocol, arg, words, place) });
  }
  const isCut = args.length < message.args.length;
  return { interface: type.name, id: words[offset] as number, name: message.name, args, isCut };
}

/** Returns a message in the style of WAYLAND_DEBUG, with names: `wl_surface@3.attach(buffer=wl_buffer@7, x=0, y=0)`. */
export function messageText({ interface: type, id, name, args, isCut }: ReadMessage): string {
  const texts = args.map((arg) => `${arg.name}=${arg.text}`);
  if (isCut) texts.push("…");
  return printable(`${type}@${id}.${name}(${texts.join(", ")})`);
}

function argumentAt(
  protocol: ProtocolRegistry,
  arg: Argument,
  words: Uint32Array,
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
      const text = textAt(words, offset);
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
      const next = endOfArgument(ArgKind.string, words, offset, words.length);
      const name = textAt(words, offset);
      const [version, id] = [words[next] as number, words[next + 1] as number];
      return { text: `new ${name}@${id} v${version}`, value: { interface: name, id, version } };
    }
    default:
      return { text: "fd", value: "fd" };
  }
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
