// SPDX-License-Identifier: Apache-2.0
/** The messages of XDND, drag and drop between X clients (freedesktop.org, version 5), as numbers in ClientMessages. */
import { WlDataDeviceManagerDndAction as DndAction } from "../../protocol/generated/enums.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { getProperty, wordsOf } from "../../x11/client/properties.ts";
import { Atom, EventMask } from "../../x11/generated/enums.ts";

/** The newest version, and the oldest that is spoken. */
export const XDND_VERSION = 5;
const OLDEST_VERSION = 3;

/** Types of an XdndEnter; more are in a property. */
const MAX_INLINE_TYPES = 3;
/** The number of bytes that are read of that property. */
const MAX_TYPE_LIST = 1024;

export const xdndAtoms: readonly string[] = [
  "XdndSelection",
  "XdndAware",
  "XdndProxy",
  "XdndTypeList",
  "XdndEnter",
  "XdndPosition",
  "XdndStatus",
  "XdndLeave",
  "XdndDrop",
  "XdndFinished",
  "XdndActionCopy",
  "XdndActionMove",
];

/**
 * Sends a message about a window, to itself or its proxy.
 *
 * @param data up to five numbers, of which the first is the window that the message comes from
 */
export function sendXdnd(x: X11Connection, to: number, window: number, name: string, data: readonly number[]): void {
  const padded = [...data, 0, 0, 0, 0].slice(0, 5);
  const type = x.atoms.atom(name);
  x.sendEvent(to, EventMask.NoEvent, { name: "ClientMessage", format: 32, window, type, data: padded });
}

/** A place on the root window as one number; both halves may be negative. */
export function packPlace(x: number, y: number): number {
  return (((x & 0xffff) << 16) | (y & 0xffff)) >>> 0;
}

/** The numbers of an XdndEnter behind its window. */
export function enterData(version: number, types: readonly number[]): number[] {
  const hasList = types.length > MAX_INLINE_TYPES;
  return [((version << 24) | (hasList ? 1 : 0)) >>> 0, ...types.slice(0, MAX_INLINE_TYPES)];
}

/** The atoms of the types that the source of an XdndEnter has. Rejects when its window is gone. */
export async function readTypes(x: X11Connection, data: readonly number[]): Promise<number[]> {
  const [source = 0, flags = 0, ...types] = data;
  if ((flags & 1) === 0) return types.slice(0, MAX_INLINE_TYPES).filter((type) => type !== Atom.None);
  const list = await getProperty(x, source, x.atoms.atom("XdndTypeList"), { maxBytes: MAX_TYPE_LIST });
  return [...wordsOf(list)];
}

/** The window that gets the messages about what is dragged over a window. */
export interface DropSite {
  /** The window that messages go to. */
  readonly window: number;
  readonly version: number;
}

/** Whether and where a window takes part, perhaps by a proxy of its own. Null when it does not, or is gone. */
export async function dropSiteOf(x: X11Connection, window: number): Promise<DropSite | null> {
  const read = async (of: number, name: string): Promise<number> =>
    wordsOf(await getProperty(x, of, x.atoms.atom(name), { maxBytes: 4 }))[0] ?? 0;
  try {
    const proxy = await read(window, "XdndProxy");
    // A proxy that does not name itself is left over from a client that crashed.
    const isValid = proxy !== 0 && (await read(proxy, "XdndProxy").catch(() => 0)) === proxy;
    const site = isValid ? proxy : window;
    const version = await read(site, "XdndAware");
    return version < OLDEST_VERSION ? null : { window: site, version: Math.min(version, XDND_VERSION) };
  } catch {
    return null;
  }
}

/** The atom of a wl_data_device_manager.dnd_action; None for none. */
export function actionAtom(x: X11Connection, action: number): number {
  if (action === DndAction.copy) return x.atoms.atom("XdndActionCopy");
  return action === DndAction.move ? x.atoms.atom("XdndActionMove") : Atom.None;
}

/** The action of an atom; what is none of those that the host knows is a copy. */
export function actionOf(x: X11Connection, atom: number): number {
  return atom === x.atoms.atom("XdndActionMove") ? DndAction.move : DndAction.copy;
}
