// SPDX-License-Identifier: Apache-2.0

/** xdg_toplevel.state */
const bits: Readonly<Record<number, Exclude<keyof HostStates, "tiled">>> = {
  1: "maximized",
  2: "fullscreen",
  3: "resizing",
  4: "activated",
};
const FIRST_TILED = 5;
const LAST_TILED = 8;

/** How the host shows a toplevel. */
export interface HostStates {
  readonly maximized: boolean;
  readonly fullscreen: boolean;
  /** The user is changing its size. */
  readonly resizing: boolean;
  /** It is the one that the user works with. */
  readonly activated: boolean;
  /** At least one side is not to be moved. */
  readonly tiled: boolean;
}

/** Before the host has said anything. */
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
    const name = bits[state];
    if (name !== undefined) states[name] = true;
    else if (state >= FIRST_TILED && state <= LAST_TILED) states.tiled = true;
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
