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
  /** It is shown, and has another size, which its client is drawing: nothing new of it is shown until then. */
  | "drawing"
  /** It is shown, and drawn in another size, which is to come with Xwayland's next commit. */
  | "drawn"
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

/** Where each step leads from each state. A step that is not there means nothing in that state. */
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

/** How a window with a role can lose it. */
function endings(): Partial<Record<WindowStep, WindowState>> {
  return { "take role": "role taken", unpair: "mapped", drag: "drag icon", unmap: "withdrawn" };
}

/** Where a step leads; null if it means nothing in that state. */
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
