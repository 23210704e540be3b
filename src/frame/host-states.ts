// SPDX-License-Identifier: Apache-2.0
import { XdgToplevelState } from "../protocol/generated/enums.ts";

/** The field that notes each state of the host's. */
const names: Readonly<Record<number, keyof HostStates>> = {
  [XdgToplevelState.maximized]: "maximized",
  [XdgToplevelState.fullscreen]: "fullscreen",
  [XdgToplevelState.resizing]: "resizing",
  [XdgToplevelState.activated]: "activated",
  [XdgToplevelState.tiled_left]: "tiled",
  [XdgToplevelState.tiled_right]: "tiled",
  [XdgToplevelState.tiled_top]: "tiled",
  [XdgToplevelState.tiled_bottom]: "tiled",
};

/** The states in which the host shows a toplevel. */
export interface HostStates {
  readonly maximized: boolean;
  readonly fullscreen: boolean;
  /** The user is changing its size. */
  readonly resizing: boolean;
  /** The window is the one that the user works with. */
  readonly activated: boolean;
  /** At least one side is not to be moved. */
  readonly tiled: boolean;
}

/** The states of a toplevel before the host has reported any. */
export const noStates: HostStates = {
  maximized: false,
  fullscreen: false,
  resizing: false,
  activated: false,
  tiled: false,
};

/** Reads the array of xdg_toplevel.configure; what is not known says nothing. */
export function readHostStates(bytes: Uint8Array): HostStates {
  const states = { ...noStates };
  for (const state of wordsOf(bytes)) {
    const name = names[state];
    if (name !== undefined) states[name] = true;
  }
  return states;
}

/** Whether the host, and not the window, decides on the window's size. */
export function dictatesSize({ maximized, fullscreen, resizing, tiled }: HostStates): boolean {
  return maximized || fullscreen || resizing || tiled;
}

/** The numbers of an array of the host's; what is left of a number that was cut is none. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes.subarray(0, bytes.length & ~3)).buffer);
}
