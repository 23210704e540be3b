// SPDX-License-Identifier: Apache-2.0
/** The states that a client wants of _NET_WM_STATE (EWMH), by the names without that prefix. */
import type { HostStates } from "../../frame/host-states.ts";

/** The first number of the client message. */
const REMOVE = 0;
const ADD = 1;
const TOGGLE = 2;

const decidedByHost: readonly string[] = ["MAXIMIZED_HORZ", "MAXIMIZED_VERT", "FULLSCREEN"];

/** A change that a client message asks for. */
export interface StateChange {
  readonly action: number;
  /** The names of one or two states. */
  readonly states: readonly string[];
}

/**
 * The states that a window is to have once a client's message is carried out. Both of two are switched alike: that is how
 * a window is maximized.
 */
export function changeStates(current: ReadonlySet<string>, { action, states }: StateChange): ReadonlySet<string> {
  const [first] = states;
  if (first === undefined || action < REMOVE || action > TOGGLE) return current;
  const add = action === ADD || (action === TOGGLE && !current.has(first));
  const next = new Set(current);
  for (const state of states) {
    if (add) next.add(state);
    else next.delete(state);
  }
  return next;
}

/** The states with those that the host decides on as it has decided. */
export function withGranted(states: ReadonlySet<string>, { maximized, fullscreen }: HostStates): ReadonlySet<string> {
  const own = [...states].filter((state) => !decidedByHost.includes(state));
  const granted = [...(maximized ? ["MAXIMIZED_HORZ", "MAXIMIZED_VERT"] : []), ...(fullscreen ? ["FULLSCREEN"] : [])];
  return new Set([...own, ...granted]);
}

/** The states but for one. */
export function without(states: ReadonlySet<string>, state: string): ReadonlySet<string> {
  return new Set([...states].filter((name) => name !== state));
}

/** Whether states make a window fill the screen but for panels; the host knows no window that does so one way only. */
export function isMaximized(states: ReadonlySet<string>): boolean {
  return states.has("MAXIMIZED_HORZ") && states.has("MAXIMIZED_VERT");
}
