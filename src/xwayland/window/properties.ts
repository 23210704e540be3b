// SPDX-License-Identifier: Apache-2.0
/** The properties in which X clients describe their windows (ICCCM 4.1.2 and EWMH). */

import { clampUtf8, MAX_TITLE_BYTES } from "../../hooks/title-text.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { getProperty, type Property, wordsOf } from "../../x11/client/properties.ts";
import { Atom } from "../../x11/generated/enums.ts";
import type { Frame } from "../base/geometry.ts";
import { readSizeHints, type SizeHints } from "./size-hints.ts";
import { type Encoding, readText } from "./text-property.ts";

export interface WindowProperties {
  readonly title: string;
  /** The class of WM_CLASS, else its instance. */
  readonly appId: string;
  /** The instance and the class of WM_CLASS. */
  readonly instance: string;
  readonly className: string;
  /** WM_TRANSIENT_FOR: a window, or the root or 0 for all of its group; null if it is no transient. */
  readonly transientFor: number | null;
  /** Whether the window wants the window manager to give it the keyboard; true unless its hints deny it. */
  readonly wantsInput: boolean;
  /** The atoms of WM_PROTOCOLS. */
  readonly protocols: readonly number[];
  /** The counter of the X server's by which it reports that it has drawn (_NET_WM_SYNC_REQUEST_COUNTER); 0 for none. */
  readonly syncCounter: number;
  readonly sizes: SizeHints;
  /** The names of _NET_WM_WINDOW_TYPE that we know, without that prefix; the first one counts. */
  readonly types: readonly string[];
  /** The names of _NET_WM_STATE that we know, without that prefix, as the client left them. */
  readonly states: readonly string[];
  /** Whether the window wants to be minimized when it is mapped (WM_HINTS). */
  readonly startsIconic: boolean;
  /** Whether the window wants attention (WM_HINTS). */
  readonly urgent: boolean;
  /** The leader of the window's group that it names (WM_HINTS); 0 for none. */
  readonly group: number;
  /** Whether the window manager may put a frame around it (_MOTIF_WM_HINTS). */
  readonly decorated: boolean;
  /** Whether other windows of its program wait for it (_MOTIF_WM_HINTS). */
  readonly motifModal: boolean;
  /**
   * The shadow that the window draws itself on each side (_GTK_FRAME_EXTENTS); null for a window that draws no frame.
   */
  readonly frame: Frame | null;
  /** The id by which whoever started the program recognizes it (_NET_STARTUP_ID); empty for none. */
  readonly startupId: string;
  /** Whether it can be shown inside a window of another client (_XEMBED_INFO), as an icon in a panel. */
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

/** The window types to advertise. */
export const supportedTypes: readonly string[] = [TYPE, ...types.map((name) => `${TYPE}_${name}`)];

/** The states of _NET_WM_STATE that mean something here, without that prefix. */
export const stateNames = [
  "FULLSCREEN",
  "MAXIMIZED_HORZ",
  "MAXIMIZED_VERT",
  "HIDDEN",
  "FOCUSED",
  "MODAL",
  "DEMANDS_ATTENTION",
] as const;

/** Longer ones say nothing more to anybody. */
const MAX_BYTES = 64 * 1024;

/** Characters of a _NET_STARTUP_ID, of which a UTF-8 one has at most four bytes. */
const MAX_TOKEN = 512;

/** WM_HINTS: which of its fields count, and urgency. */
const INPUT_HINT = 1 << 0;
const STATE_HINT = 1 << 1;
const GROUP_HINT = 1 << 6;
const URGENCY_HINT = 1 << 8;
const ICONIC = 3;

/** _MOTIF_WM_HINTS: that its fields for decorations and for what waits for the window count. */
const MOTIF_DECORATIONS = 1 << 1;
const MOTIF_INPUT_MODE = 1 << 2;

/** The widest frame in pixels; no shadow is wider, and sums stay small. */
const MAX_FRAME = 4096;

/** Returns what a property says, or what it would say if it were there. */
type PropertyReader = (property: Property | null, x: X11Connection) => Partial<ParsedProperties>;

/** The content of the properties: the title is in two of them, of which the newer one counts. */
interface ParsedProperties extends WindowProperties {
  readonly netName: string;
  readonly name: string;
}

/** The reader of each property that is read: programs change others with every key (_NET_WM_USER_TIME). */
const readers: Readonly<Record<string, PropertyReader>> = {
  _NET_WM_NAME: (property, x) => ({ netName: textOf(property, x) }),
  WM_NAME: (property, x) => ({ name: textOf(property, x) }),
  WM_CLASS: (property) => classOf(property),
  WM_TRANSIENT_FOR: (property) => ({ transientFor: wordsOf(property)[0] ?? null }),
  WM_HINTS: (property) => hintsOf(wordsOf(property)),
  WM_NORMAL_HINTS: (property) => ({ sizes: readSizeHints(wordsOf(property)) }),
  WM_PROTOCOLS: (property) => ({ protocols: [...wordsOf(property)] }),
  _NET_WM_SYNC_REQUEST_COUNTER: (property) => ({ syncCounter: wordsOf(property)[0] ?? 0 }),
  [TYPE]: (property, x) => ({ types: namesIn(property, x, TYPE, types) }),
  [STATE]: (property, x) => ({ states: namesIn(property, x, STATE, stateNames) }),
  _MOTIF_WM_HINTS: (property) => motifHintsOf(wordsOf(property)),
  _XEMBED_INFO: (property) => ({ embedded: property !== null }),
  _GTK_FRAME_EXTENTS: (property) => ({ frame: frameOf(wordsOf(property)) }),
  _NET_STARTUP_ID: (property, x) => ({ startupId: tokenOf(property, x) }),
};

/** The properties of which a change is of interest; _NET_WM_STATE is ours once a window is mapped. */
export const watchedProperties: readonly string[] = Object.keys(readers).filter((name) => name !== STATE);

/** Atoms that are read, besides those of the core protocol. */
export const windowAtoms: readonly string[] = [
  ...Object.keys(readers),
  "UTF8_STRING",
  "COMPOUND_TEXT",
  ...types.map((name) => `${TYPE}_${name}`),
  ...stateNames.map((name) => `${STATE}_${name}`),
];

/** The changes since properties were read. */
export interface Changes {
  readonly before: WindowProperties | null;
  /** The names of the properties that have changed. */
  readonly names: Iterable<string>;
}

/** Reads all properties, or those that have changed, in one round trip. Rejects when the window is gone. */
export async function readProperties(
  x: X11Connection,
  window: number,
  { before, names }: Changes = { before: null, names: Object.keys(readers) },
): Promise<WindowProperties> {
  const parts = await Promise.all(
    Array.from(names, async (name) => {
      const property = await getProperty(x, window, x.atoms.atom(name), { maxBytes: MAX_BYTES });
      return readers[name]?.(property, x);
    }),
  );
  const told = Object.assign({}, before, ...parts) as ParsedProperties;
  return Object.assign(told, { title: told.netName || told.name });
}

/** Text of the type STRING is Latin 1 (ICCCM 2.7.1); what clients call otherwise is taken for UTF-8, like WM_NAME of most. */
function textOf(property: Property | null, x: X11Connection): string {
  let encoding: Encoding = "utf8";
  if (property?.type === Atom.STRING) encoding = "latin1";
  else if (property?.type === x.atoms.atom("COMPOUND_TEXT")) encoding = "compound";
  return clampUtf8(readText(property, encoding), MAX_TITLE_BYTES);
}

/** Nobody has made a longer token, and no message has room for one of any length. */
function tokenOf(property: Property | null, x: X11Connection): string {
  const token = textOf(property, x);
  return token.length > MAX_TOKEN ? "" : token;
}

/** The class of a window's program, else its instance. */
function classOf(property: Property | null): Pick<WindowProperties, "appId" | "instance" | "className"> {
  const text = property?.format === 8 ? Buffer.from(property.bytes).toString("latin1") : "";
  const [instance = "", className = ""] = text.split("\0").map((name) => clampUtf8(name, MAX_TITLE_BYTES));
  return { appId: className || instance, instance, className };
}

/** Returns those of the names whose atoms are in a property, in its order. */
function namesIn(property: Property | null, x: X11Connection, prefix: string, names: readonly string[]): string[] {
  return [...wordsOf(property)].flatMap(
    (atom) => names.find((name) => x.atoms.atom(`${prefix}_${name}`) === atom) ?? [],
  );
}

function hintsOf([
  flags = 0,
  input = 0,
  initialState = 0,
  ,
  ,
  ,
  ,
  ,
  group = 0,
]: Uint32Array): Partial<ParsedProperties> {
  return {
    wantsInput: (flags & INPUT_HINT) === 0 || input !== 0,
    startsIconic: (flags & STATE_HINT) !== 0 && initialState === ICONIC,
    urgent: (flags & URGENCY_HINT) !== 0,
    group: (flags & GROUP_HINT) === 0 ? 0 : group,
  };
}

function motifHintsOf([flags = 0, , decorations = 0, inputMode = 0]: Uint32Array): Partial<ParsedProperties> {
  return {
    decorated: (flags & MOTIF_DECORATIONS) === 0 || decorations !== 0,
    motifModal: (flags & MOTIF_INPUT_MODE) !== 0 && inputMode !== 0,
  };
}

function frameOf(words: Uint32Array): Frame | null {
  const [left = 0, right = 0, top = 0, bottom = 0] = words;
  const isFrame = words.length >= 4 && words.subarray(0, 4).every((side) => side <= MAX_FRAME);
  return isFrame ? { left, right, top, bottom } : null;
}
