// SPDX-License-Identifier: Apache-2.0

/** How far an X window is on its way to the user's eyes. */
export type WindowState =
  /** Its client does not want it to be shown. */
  | "withdrawn"
  /** Its client has asked for it, and we have asked the X server. */
  | "map requested"
  /** The X server shows it. */
  | "mapped"
  /** Its surface is known. */
  | "paired"
  /** The host knows it as a toplevel or a popup, and was asked how it is to be. */
  | "has role"
  /** The host has said how it is to be. */
  | "configured"
  /** The host has heard that it is like that, and gets its content. */
  | "shown"
  /** The host has taken its popup away, and gets no more content. */
  | "dismissed"
  /** Its role was taken. Its surface cannot have another one. */
  | "role taken"
  /** It shows under the pointer what its client drags, which is not for the host to place. */
  | "drag icon";

/** What can happen to a window. */
export type WindowStep =
  | "map request"
  | "map"
  | "pair"
  | "give role"
  | "configure"
  | "show"
  | "dismiss"
  | "take role"
  | "unpair"
  | "drag"
  | "unmap";

/** Where each step leads from each state. A step that is not there changes nothing. */
const transitions: Readonly<Record<WindowState, Readonly<Partial<Record<WindowStep, WindowState>>>>> = {
  // A window that places itself is mapped without a request.
  withdrawn: { "map request": "map requested", map: "mapped" },
  "map requested": { map: "mapped", unmap: "withdrawn" },
  // Xwayland names the surface of a window behind the event that this is mapped.
  mapped: { pair: "paired", drag: "drag icon", unmap: "withdrawn" },
  paired: { "give role": "has role", unpair: "mapped", drag: "drag icon", unmap: "withdrawn" },
  "has role": { configure: "configured", dismiss: "dismissed", ...endings() },
  configured: { show: "shown", dismiss: "dismissed", ...endings() },
  shown: { dismiss: "dismissed", ...endings() },
  dismissed: endings(),
  "role taken": { unpair: "mapped", drag: "drag icon", unmap: "withdrawn" },
  "drag icon": { unmap: "withdrawn" },
};

/** How a window with a role can lose it. */
function endings(): Partial<Record<WindowStep, WindowState>> {
  return { "take role": "role taken", drag: "drag icon", unmap: "withdrawn" };
}

/** Where a step leads; the same state if the step means nothing in it. */
export function nextState(state: WindowState, step: WindowStep): WindowState {
  return transitions[state][step] ?? state;
}
