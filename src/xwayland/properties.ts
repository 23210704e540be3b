// SPDX-License-Identifier: Apache-2.0
/** What X clients say of their windows, in the properties of ICCCM 4.1.2 and EWMH. */
import type { X11Connection } from "../x11/connection.ts";
import { getProperty, type Property, wordsOf } from "../x11/properties.ts";

/** Sizes of 0 are not limited. */
export interface SizeLimits {
  readonly minWidth: number;
  readonly minHeight: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
}

export interface WindowProperties {
  readonly title: string;
  /** The class of WM_CLASS, else its instance. */
  readonly appId: string;
  /** WM_TRANSIENT_FOR; 0 for none. */
  readonly transientFor: number;
  /** Whether it wants the window manager to give it the keyboard; true unless its hints deny it. */
  readonly wantsInput: boolean;
  /** The atoms of WM_PROTOCOLS. */
  readonly protocols: readonly number[];
  readonly limits: SizeLimits;
}

/** Properties that are read, besides those of the core protocol. */
export const windowAtoms: readonly string[] = ["_NET_WM_NAME", "UTF8_STRING", "WM_PROTOCOLS"];

/** The properties that are read: programs change others with every key (_NET_WM_USER_TIME). */
export const windowProperties = [
  "_NET_WM_NAME",
  "WM_NAME",
  "WM_CLASS",
  "WM_TRANSIENT_FOR",
  "WM_HINTS",
  "WM_NORMAL_HINTS",
  "WM_PROTOCOLS",
] as const;

/** Longer texts say nothing more to anybody. */
const MAX_BYTES = 64 * 1024;

/** WM_HINTS: its flags, and the flag that says that the input field counts. */
const INPUT_HINT = 1;
/** WM_NORMAL_HINTS. */
const MIN_SIZE = 1 << 4;
const MAX_SIZE = 1 << 5;

/** Reads them all in one round trip. Rejects when the window is gone. */
export async function readProperties(x: X11Connection, window: number): Promise<WindowProperties> {
  const all = await Promise.all(
    windowProperties.map((name) => getProperty(x, window, x.atoms.atom(name), { maxBytes: MAX_BYTES })),
  );
  const [netName, name, wmClass, transientFor, hints, normalHints, protocols] = all as (Property | null)[];
  const [instance = "", className = ""] = textOf(wmClass ?? null, false).split("\0");
  const hintWords = wordsOf(hints ?? null);
  return {
    title: textOf(netName ?? name ?? null, netName != null || name?.type === x.atoms.atom("UTF8_STRING")).replace(
      /\0.*/s,
      "",
    ),
    appId: className || instance,
    transientFor: wordsOf(transientFor ?? null)[0] ?? 0,
    wantsInput: ((hintWords[0] ?? 0) & INPUT_HINT) === 0 || hintWords[1] !== 0,
    protocols: [...wordsOf(protocols ?? null)],
    limits: limitsOf(wordsOf(normalHints ?? null)),
  };
}

/** Text of the type STRING is Latin 1 (ICCCM 2.7.1); other old types agree with it in what is ASCII. */
function textOf(property: Property | null, utf8: boolean): string {
  if (property?.format !== 8) return "";
  return Buffer.from(property.bytes).toString(utf8 ? "utf8" : "latin1");
}

function limitsOf(words: Uint32Array): SizeLimits {
  const [flags = 0] = words;
  const size = (flag: number, at: number): [number, number] => {
    const [width = 0, height = 0] = (flags & flag) === 0 ? [] : words.subarray(at, at + 2);
    // Negative or beyond what a window can be.
    return [width > 0xffff ? 0 : width, height > 0xffff ? 0 : height];
  };
  const [minWidth, minHeight] = size(MIN_SIZE, 5);
  const [maxWidth, maxHeight] = size(MAX_SIZE, 7);
  // xdg_toplevel refuses a maximum below the minimum.
  const valid = (max: number, min: number): number => (max !== 0 && max < min ? 0 : max);
  return { minWidth, minHeight, maxWidth: valid(maxWidth, minWidth), maxHeight: valid(maxHeight, minHeight) };
}
