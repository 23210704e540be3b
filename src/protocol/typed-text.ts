// SPDX-License-Identifier: Apache-2.0
import { ArgKind, type Argument } from "../wire/signature.ts";

/**
 * The arguments that contain what a user types: keys that are pressed or held, and texts of input methods and text
 * inputs. They go by these names in all protocols that there are.
 */
const typed: ReadonlySet<string> = new Set(["key", "keys", "sym", "keysym", "text"]);

/** Messages whose arguments have other names. */
const typedMessages: ReadonlySet<string> = new Set(["keyboard_key"]);

/** More words than any message has. Small, as all numbers that every message is compared with: V8 keeps those as integers. */
const MORE_THAN_ALL = 0x10000;

/** Words of a message's header. */
const HEADER_WORDS = 2;

/**
 * The number of a message's words that come before all that a user typed; more than any message has, for nearly all.
 */
export function wordsBeforeTyped(name: string, args: readonly Argument[]): number {
  if (typedMessages.has(name)) return HEADER_WORDS;
  if (!args.some((arg) => typed.has(arg.name))) return MORE_THAN_ALL;
  let words = HEADER_WORDS;
  for (const arg of args) {
    // What follows an argument of any length is left out as well: where it begins is not known here.
    if (typed.has(arg.name) || isOfAnyLength(arg)) break;
    if (arg.kind !== ArgKind.fd) words++;
  }
  return words;
}

function isOfAnyLength({ kind }: Argument): boolean {
  return kind === ArgKind.string || kind === ArgKind.array || kind === ArgKind.genericNewId;
}
