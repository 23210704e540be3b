// SPDX-License-Identifier: Apache-2.0
import type { WlObject } from "../../wire/wl-object.ts";
import { clientOf } from "../../x11/client/ids.ts";
import { setProperty } from "../../x11/client/properties.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { Atom } from "../../x11/generated/enums.ts";
import { createHiddenWindow, watchSelection } from "../base/hidden-window.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { DragDevice } from "../selection/data-device.ts";
import type { DragOffer } from "../selection/drag-offer.ts";
import type { TransferEvents } from "../selection/transfer-events.ts";
import { DragFromX } from "./drag-from-x.ts";
import { DragToX } from "./drag-to-x.ts";
import { xdndAtoms } from "./xdnd.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "x" | "events" | "windows" | "user" | "input" | "scale" | "log">;

/** The number of moves after which a window is taken for one that follows the pointer. */
const ICON_MOVES = 3;

/** Drag and drop between X clients and the host's programs, and among X clients, of whose windows' places X knows nothing. */
export class Drags {
  static readonly atoms: readonly string[] = [...xdndAtoms, "WM_STATE", "_MOTIF_DRAG_WINDOW"];

  readonly #context: Context;
  readonly #events: TransferEvents;
  readonly #device: DragDevice;
  readonly #marker: string;
  /** The X client's that has the drag. */
  #from: DragFromX | null = null;
  #owner = 0;
  /** The number of moves of each window during the drag. */
  #moves = new WeakMap<XWindow, number>();
  /** The window that the drag began in. */
  #origin: XWindow | null = null;
  #over: { motion(x: number, y: number): void; leave(): void; drop(): void } | null = null;
  /** The drags from the host's programs. What was dropped may take a while, in which something else is dragged. */
  readonly #to = new Set<DragToX>();

  constructor(context: Context, events: TransferEvents, device: DragDevice, marker: string) {
    const { x } = context;
    this.#context = context;
    this.#events = events;
    this.#device = device;
    this.#marker = marker;
    device.onDrag({
      enter: (offer, serial, surface, x, y) => this.#enter(offer, serial, surface, x, y),
      motion: (x, y) => this.#over?.motion(x, y),
      leave: () => {
        this.#over?.leave();
        this.#over = null;
      },
      drop: () => {
        this.#over?.drop();
        this.#over = null;
      },
    });
    context.events.on("SelectionRequest", (request) => {
      for (const drag of this.#to) drag.requested(request);
    });
    context.events.on("XFixes.SelectionNotify", (event) => this.#selectionChanged(event));
    const hidden = createHiddenWindow(x);
    watchSelection(x, hidden, x.atoms.atom("XdndSelection"));
    // Java looks for it before its first drag, and would else leave one that stays, with which Xwayland never ends.
    setProperty(x, x.setup.root, x.atoms.atom("_MOTIF_DRAG_WINDOW"), Atom.WINDOW, Uint32Array.of(hidden));
    context.events.on("ConfigureNotify", ({ window }) => {
      if (this.#from !== null) this.#moved(context.windows.get(window));
    });
  }

  close(): void {
    this.#from?.end();
    for (const drag of this.#to) drag.end();
  }

  /** An X client begins to drag by taking a selection. */
  #selectionChanged({ selection, owner, selection_timestamp: time }: EventOf<"XFixes.SelectionNotify">): void {
    const { x, input, windows } = this.#context;
    if (selection !== x.atoms.atom("XdndSelection")) return;
    if (this.#from !== null && owner === this.#owner) return;
    this.#from?.end();
    const press = input.held;
    const origin = press === null ? null : windows.withSurface(press.surface);
    // Who drags holds a button. Others take the selection for nothing.
    if (owner === Atom.None || press === null || origin === null || !this.#device.hasActions) return;
    this.#owner = owner;
    this.#origin = origin;
    this.#moves = new WeakMap();
    for (const window of windows.mapped) this.#hideIcon(window);
    const ended = (): void => {
      this.#from = null;
    };
    this.#from = new DragFromX(this.#context, this.#events, this.#device, this.#marker, press, origin, time, ended);
  }

  /** A window that moves again and again follows the pointer; one that the host has put into its place moves once. */
  #moved(window: XWindow | undefined): void {
    if (window === undefined) return;
    const moves = (this.#moves.get(window) ?? 0) + 1;
    this.#moves.set(window, moves);
    if (moves >= ICON_MOVES) this.#hideIcon(window);
  }

  /**
   * Takes a window that a client shows under the pointer during a drag off the screen, where it would be in the
   * pointer's way. It is any window of the client's own that it places itself, except the one that the drag began in.
   */
  #hideIcon(window: XWindow): void {
    const { x } = this.#context;
    if (!window.overrideRedirect || !window.mapped) return;
    if (clientOf(x.setup, window.id) !== clientOf(x.setup, this.#owner)) return;
    for (let one = this.#origin; one !== null; one = one.parent) if (one === window) return;
    window.advance("drag");
  }

  #enter(offer: DragOffer | null, serial: number, surface: WlObject<"wl_surface">, x: number, y: number): void {
    this.#over?.leave();
    this.#over = null;
    const window = this.#context.windows.withSurface(surface);
    if (offer === null) return;
    if (offer.mimeTypes.includes(this.#marker)) {
      this.#from?.enter(offer, serial, window, x, y);
      this.#over = this.#from;
    } else if (window !== null) {
      const drag: DragToX = new DragToX(this.#context, this.#events, offer, serial, window, () => {
        this.#to.delete(drag);
        if (this.#over === drag) this.#over = null;
      });
      this.#to.add(drag);
      this.#over = drag;
      drag.motion(x, y);
    } else {
      offer.destroy();
    }
  }
}
