// SPDX-License-Identifier: Apache-2.0

import { ArgKind, type Argument, type Message } from "../wire/signature.ts";
import { printable } from "./printable.ts";

/** What the text of a message needs beside the message. */
export interface MessageContext {
  /** The id of the object that it is sent to, and what that is. */
  readonly id: number;
  readonly interface: string;
  /** The name of a value of an enum (`interface.enum`), if it has one. */
  enumName(name: string, value: number): string | undefined;
}

/**
 * A message for people, in the style of libwayland's WAYLAND_DEBUG: `wl_surface#3.attach(wl_buffer#7, 0, 0)`.
 *
 * @param words where it lies, with its header at `place` and its end at `end`; it must be well-formed
 */
export function messageText(
  message: Message,
  words: Uint32Array,
  place: number,
  end: number,
  context: MessageContext,
): string {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  let at = place + 2;
  const texts = message.args.map((arg) => {
    if (arg.kind === ArgKind.fd) return "fd";
    const text = argumentText(arg, words, bytes, at, context);
    at = behind(arg, words, at);
    return at > end ? "?" : text;
  });
  return printable(`${context.interface}#${context.id}.${message.name}(${texts.join(", ")})`);
}

function behind(arg: Argument, words: Uint32Array, at: number): number {
  const length = words[at] as number;
  if (arg.kind === ArgKind.string || arg.kind === ArgKind.array) return at + 1 + ((length + 3) >>> 2);
  return arg.kind === ArgKind.genericNewId ? at + 3 + ((length + 3) >>> 2) : at + 1;
}

function argumentText(arg: Argument, words: Uint32Array, bytes: Buffer, at: number, context: MessageContext): string {
  const word = words[at] as number;
  switch (arg.kind) {
    case ArgKind.int:
    case ArgKind.uint: {
      const value = arg.kind === ArgKind.int ? word | 0 : word;
      return (arg.enum && context.enumName(arg.enum, value)) ?? String(value);
    }
    case ArgKind.fixed:
      return String((word | 0) / 256);
    case ArgKind.string:
      return word === 0 ? "nil" : JSON.stringify(bytes.toString("utf8", (at + 1) << 2, ((at + 1) << 2) + word - 1));
    case ArgKind.array:
      return `array[${word}]`;
    case ArgKind.object:
      return word === 0 ? "nil" : `${arg.interface?.name ?? "object"}#${word}`;
    case ArgKind.newId:
      return `new ${arg.interface?.name}#${word}`;
    case ArgKind.genericNewId: {
      const next = at + 1 + ((word + 3) >>> 2);
      const name = bytes.toString("latin1", (at + 1) << 2, ((at + 1) << 2) + word - 1);
      return `new ${name}#${words[next + 1]} v${words[next]}`;
    }
    default:
      return "fd";
  }
}
