// SPDX-License-Identifier: Apache-2.0

/** The state of an X window on its way to the user's eyes. */
export type WindowState =
  /** The window's client does not want it to be shown. */
  | "withdrawn"
  /** The client has asked for the window to be shown, and we have asked the X server. */
  | "map requested"
  /** The X server shows the window. */
  | "mapped"
  /** The window's surface is known. */
  | "paired"
  /** The host knows the window as a toplevel or a popup, and was asked to configure it. */
  | "has role"
  /** The host has configured the window. */
  | "configured"
  /** The host has got our answer that the window is as configured, and gets its content. */
  | "shown"
  /** The window is shown, and its client draws it in another size: nothing new of it is shown until then. */
  | "drawing"
  /** The window is shown, and is drawn in another size, which is to come with Xwayland's next commit. */
  | "drawn"
  /** The host has taken the window's popup away, and gets no more content. */
  | "dismissed"
  /** The window's role was taken. Its surface cannot have another one. */
  | "role taken"
  /** The window shows under the pointer what its client drags, which is not for the host to place. */
  | "drag icon";

/** The steps that a window can take. */
export type WindowStep =
  | "map request"
  | "map"
  | "pair"
  | "pair with used surface"
  | "give role"
  | "configure"
  | "show"
  | "draw"
  | "draw finished"
  | "dismiss"
  | "take role"
  | "unpair"
  | "drag"
  | "unmap";

/** The state that each step leads to from each state. A step that is not there means nothing in that state. */
const transitions: Readonly<Record<WindowState, Readonly<Partial<Record<WindowStep, WindowState>>>>> = {
  // A window that places itself is mapped without a request.
  withdrawn: { "map request": "map requested", map: "mapped" },
  // It may be asked for again before it is mapped.
  "map requested": { "map request": "map requested", map: "mapped", unmap: "withdrawn" },
  // Xwayland names the surface of a window behind the event that this is mapped.
  mapped: { pair: "paired", "pair with used surface": "role taken", drag: "drag icon", unmap: "withdrawn" },
  paired: { "give role": "has role", unpair: "mapped", drag: "drag icon", unmap: "withdrawn" },
  "has role": { configure: "configured", dismiss: "dismissed", ...endings() },
  configured: { show: "shown", dismiss: "dismissed", ...endings() },
  shown: { draw: "drawing", dismiss: "dismissed", ...endings() },
  drawing: { "draw finished": "drawn", dismiss: "dismissed", ...endings() },
  drawn: { show: "shown", dismiss: "dismissed", ...endings() },
  dismissed: endings(),
  "role taken": { unpair: "mapped", drag: "drag icon", unmap: "withdrawn" },
  // Whatever surfaces it has.
  "drag icon": {
    pair: "drag icon",
    "pair with used surface": "drag icon",
    "take role": "drag icon",
    unpair: "drag icon",
    unmap: "withdrawn",
  },
};

/** The steps by which a window with a role can lose it. */
function endings(): Partial<Record<WindowStep, WindowState>> {
  return { "take role": "role taken", unpair: "mapped", drag: "drag icon", unmap: "withdrawn" };
}

/** The state that a step leads to; null if the step means nothing in that state. */
export function nextState(state: WindowState, step: WindowStep): WindowState | null {
  return transitions[state][step] ?? null;
}

/** Whether the host gets the content of a window in that state. */
export function isVisible(state: WindowState): boolean {
  return state === "shown" || state === "drawing" || state === "drawn";
}

/** Whether the host may still say how a window in that state is to be. */
export function isConfigurable(state: WindowState): boolean {
  return state === "has role" || state === "configured" || isVisible(state);
}
