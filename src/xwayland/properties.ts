// SPDX-License-Identifier: Apache-2.0
/** What X clients say of their windows, in the properties of ICCCM 4.1.2 and EWMH. */

import { clampUtf8, MAX_TITLE_BYTES } from "../hooks/title-tag.ts";
import type { X11Connection } from "../x11/connection.ts";
import { Atom } from "../x11/generated/enums.ts";
import { getProperty, type Property, wordsOf } from "../x11/properties.ts";
import { readSizeHints, type SizeHints } from "./size-hints.ts";
import { type Encoding, readText } from "./text-property.ts";

/** How wide something is on each side of a window, in X pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const noFrame: Frame = { left: 0, right: 0, top: 0, bottom: 0 };

export interface WindowProperties {
  readonly title: string;
  /** The class of WM_CLASS, else its instance. */
  readonly appId: string;
  /** WM_TRANSIENT_FOR: a window, or the root or 0 for all of its group; null if it is no transient. */
  readonly transientFor: number | null;
  /** Whether it wants the window manager to give it the keyboard; true unless its hints deny it. */
  readonly wantsInput: boolean;
  /** The atoms of WM_PROTOCOLS. */
  readonly protocols: readonly number[];
  readonly sizes: SizeHints;
  /** The names of _NET_WM_WINDOW_TYPE that we know, without that prefix; the first one counts. */
  readonly types: readonly string[];
  /** The names of _NET_WM_STATE that we know, without that prefix, as the client left them. */
  readonly states: readonly string[];
  /** Whether it wants to be minimized when it is mapped (WM_HINTS). */
  readonly startsIconic: boolean;
  /** Whether it wants attention (WM_HINTS). */
  readonly urgent: boolean;
  /** What it names as the leader of its group (WM_HINTS); 0 for none. */
  readonly group: number;
  /** Whether the window manager may put a frame around it (_MOTIF_WM_HINTS). */
  readonly decorated: boolean;
  /** What of its sides is shadow, drawn by itself (_GTK_FRAME_EXTENTS); null for a window that draws no frame. */
  readonly frame: Frame | null;
  /** Whether it is to be shown inside a window of another client (_XEMBED_INFO), as an icon in a panel. */
  readonly embedded: boolean;
}

const TYPE = "_NET_WM_WINDOW_TYPE";
const STATE = "_NET_WM_STATE";

/** _NET_WM_WINDOW_TYPE, without that prefix. */
const types = [
  "DESKTOP",
  "DOCK",
  "TOOLBAR",
  "MENU",
  "UTILITY",
  "SPLASH",
  "DIALOG",
  "DROPDOWN_MENU",
  "POPUP_MENU",
  "TOOLTIP",
  "NOTIFICATION",
  "COMBO",
  "DND",
  "NORMAL",
] as const;

/** Those of _NET_WM_STATE that mean something here, without that prefix. */
export const stateNames = [
  "FULLSCREEN",
  "MAXIMIZED_HORZ",
  "MAXIMIZED_VERT",
  "HIDDEN",
  "FOCUSED",
  "MODAL",
  "DEMANDS_ATTENTION",
] as const;

/** The properties that are read: programs change others with every key (_NET_WM_USER_TIME). */
export const windowProperties: readonly string[] = [
  "_NET_WM_NAME",
  "WM_NAME",
  "WM_CLASS",
  "WM_TRANSIENT_FOR",
  "WM_HINTS",
  "WM_NORMAL_HINTS",
  "WM_PROTOCOLS",
  TYPE,
  "_MOTIF_WM_HINTS",
  "_XEMBED_INFO",
  "_GTK_FRAME_EXTENTS",
];

/** Atoms that are read, besides those of the core protocol. */
export const windowAtoms: readonly string[] = [
  ...windowProperties,
  STATE,
  "UTF8_STRING",
  "COMPOUND_TEXT",
  ...types.map((name) => `${TYPE}_${name}`),
  ...stateNames.map((name) => `${STATE}_${name}`),
];

/** Longer ones say nothing more to anybody. */
const MAX_BYTES = 64 * 1024;

/** WM_HINTS: which of its fields count, and urgency. */
const INPUT_HINT = 1 << 0;
const STATE_HINT = 1 << 1;
const GROUP_HINT = 1 << 6;
const URGENCY_HINT = 1 << 8;
const ICONIC = 3;

/** _MOTIF_WM_HINTS: that its field for decorations counts. */
const MOTIF_DECORATIONS = 1 << 1;

/** Reads them all in one round trip. Rejects when the window is gone. */
export async function readProperties(x: X11Connection, window: number): Promise<WindowProperties> {
  const names = [...windowProperties, STATE];
  const all = await Promise.all(
    names.map((name) => getProperty(x, window, x.atoms.atom(name), { maxBytes: MAX_BYTES })),
  );
  const properties = new Map(names.map((name, i) => [name, all[i] ?? null]));
  const text = (name: string): string => {
    const property = properties.get(name) ?? null;
    return clampUtf8(readText(property, encodingOf(x, property)), MAX_TITLE_BYTES);
  };
  const words = (name: string): Uint32Array => wordsOf(properties.get(name) ?? null);
  const known = (prefix: string, all: readonly string[]): readonly string[] =>
    [...words(prefix)].flatMap((atom) => all.find((name) => x.atoms.atom(`${prefix}_${name}`) === atom) ?? []);

  const [instance, className] = classOf(properties.get("WM_CLASS") ?? null);
  const [flags = 0, input = 0, initialState = 0, , , , , , group = 0] = words("WM_HINTS");
  const [motifFlags = 0, , decorations = 0] = words("_MOTIF_WM_HINTS");
  return {
    title: text("_NET_WM_NAME") || text("WM_NAME"),
    appId: className || instance,
    transientFor: words("WM_TRANSIENT_FOR")[0] ?? null,
    wantsInput: (flags & INPUT_HINT) === 0 || input !== 0,
    protocols: [...words("WM_PROTOCOLS")],
    sizes: readSizeHints(words("WM_NORMAL_HINTS")),
    types: known(TYPE, types),
    states: known(STATE, stateNames),
    startsIconic: (flags & STATE_HINT) !== 0 && initialState === ICONIC,
    urgent: (flags & URGENCY_HINT) !== 0,
    group: (flags & GROUP_HINT) === 0 ? 0 : group,
    decorated: (motifFlags & MOTIF_DECORATIONS) === 0 || decorations !== 0,
    frame: frameOf(words("_GTK_FRAME_EXTENTS")),
    embedded: properties.get("_XEMBED_INFO") !== null,
  };
}

/** Text of the type STRING is Latin 1 (ICCCM 2.7.1); what clients call otherwise is taken for UTF-8, like WM_NAME of most. */
function encodingOf(x: X11Connection, property: Property | null): Encoding {
  if (property?.type === Atom.STRING) return "latin1";
  return property?.type === x.atoms.atom("COMPOUND_TEXT") ? "compound" : "utf8";
}

/** The instance and the class of a window's program. */
function classOf(property: Property | null): [instance: string, className: string] {
  if (property?.format !== 8) return ["", ""];
  const [instance = "", className = ""] = Buffer.from(property.bytes).toString("latin1").split("\0");
  return [clampUtf8(instance, MAX_TITLE_BYTES), clampUtf8(className, MAX_TITLE_BYTES)];
}

function frameOf(words: Uint32Array): Frame | null {
  const [left = 0, right = 0, top = 0, bottom = 0] = words;
  return words.length < 4 ? null : { left, right, top, bottom };
}
