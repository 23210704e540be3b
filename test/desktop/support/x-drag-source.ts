// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { getProperty, setProperty } from "../../../src/x11/client/properties.ts";
import type { X11Event } from "../../../src/x11/codec/events.ts";
import { Atom, EventMask, WindowClass } from "../../../src/x11/generated/enums.ts";
import { enterData, packPlace, sendXdnd, xdndAtoms } from "../../../src/xwayland/dnd/xdnd.ts";
import { eventually } from "../../support/eventually.ts";

/** What has become of a drag: dropped, or left where nobody takes it. */
export type DragEnd = "dropped" | "left";

/**
 * An X client with one window that drags a text as soon as it is pressed, in the way of toolkits (XDND): it looks for the
 * window under the pointer, asks that, and waits for the button to be released. It is as strict as any of them: it drops on
 * no window without a name (Chromium) or a state (Java), takes any flag for a yes, and gives what was dropped to those alone
 * who name the time of the drop (Qt). It needs a connection of its own.
 */
export class XDragSource {
  readonly x: X11Connection;
  readonly window: number;
  /** All ends, in their order. */
  readonly ends: DragEnd[] = [];
  /** Whether what it dropped was taken, in the order of the drops. */
  readonly finished: boolean[] = [];
  /** How often it was pressed. */
  presses = 0;
  /** Places on the root window that were pointed at. */
  readonly places: (readonly [x: number, y: number])[] = [];
  readonly #text: string;
  #icon: { readonly window: number; readonly offset: number } | null = null;
  #drags = false;
  #over = 0;
  #isAccepted = false;
  #time = 0;
  /** When it has dropped the text; 0 before. */
  #dropTime = 0;
  /** One step after the other. */
  #steps: Promise<void> = Promise.resolve();

  private constructor(x: X11Connection, text: string) {
    this.x = x;
    this.#text = text;
    this.window = x.allocateId();
    this.#create(this.window, 200, 100, { event_mask: EventMask.ButtonPress | EventMask.ButtonRelease });
    x.listen({
      event: (event) => {
        // It may be closed at any time.
        this.#steps = this.#steps.then(() => this.#step(event)).catch(() => {});
      },
      closed() {},
    });
    x.send("MapWindow", { window: this.window });
  }

  static async show(x: X11Connection, text: string): Promise<XDragSource> {
    await x.atoms.intern([...xdndAtoms, "WM_STATE", "UTF8_STRING", "_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DND"]);
    return new XDragSource(x, text);
  }

  /** How the drag of that number has ended. */
  ended(number: number): Promise<DragEnd> {
    return eventually("the drag to end", () => this.ends[number]);
  }

  /** From the next drag on, shows a window so many pixels right of the pointer and below it. */
  showIcon(width: number, height: number, offset: number): void {
    const { x } = this;
    const window = x.allocateId();
    this.#icon = { window, offset };
    this.#create(window, width, height, { override_redirect: true, event_mask: EventMask.NoEvent });
    const [property = 0, type = 0] = ["_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DND"].map((name) =>
      x.atoms.atom(name),
    );
    setProperty(x, window, property, Atom.ATOM, Uint32Array.of(type));
  }

  #create(
    window: number,
    width: number,
    height: number,
    more: { event_mask: number; override_redirect?: boolean },
  ): void {
    this.x.send("CreateWindow", {
      depth: 0,
      wid: window,
      parent: this.x.setup.root,
      x: 0,
      y: 0,
      width,
      height,
      border_width: 0,
      class: WindowClass.InputOutput,
      visual: 0,
      background_pixel: 0x20_40_80,
      ...more,
    });
  }

  async #step(event: X11Event): Promise<void> {
    const { x } = this;
    if (event.name === "ButtonPress") this.presses++;
    if (event.name === "ButtonPress" && this.presses === this.ends.length + 1)
      void this.#drag(event.time).catch(() => {});
    else if (event.name === "ButtonRelease" && this.#drags) this.#release();
    else if (event.name === "ClientMessage" && event.type === x.atoms.atom("XdndStatus")) {
      this.#isAccepted = event.data[1] !== 0;
    } else if (event.name === "ClientMessage" && event.type === x.atoms.atom("XdndFinished")) {
      this.finished.push(((event.data[1] ?? 0) & 1) !== 0);
    } else if (event.name === "SelectionRequest") {
      const { requestor, selection, target, time, property: wanted } = event;
      const property = this.#dropTime === time ? wanted : Atom.None;
      if (property !== Atom.None) setProperty(x, requestor, property, target, Buffer.from(this.#text));
      const answer = { requestor, selection, target, time, property };
      x.sendEvent(requestor, EventMask.NoEvent, { name: "SelectionNotify", ...answer });
    }
  }

  /** Looks again and again where the pointer is, until the button is released. */
  async #drag(time: number): Promise<void> {
    const { x, window } = this;
    this.#drags = true;
    this.#time = time;
    this.#dropTime = 0;
    x.send("SetSelectionOwner", { owner: window, selection: x.atoms.atom("XdndSelection"), time });
    if (this.#icon !== null) x.send("MapWindow", { window: this.#icon.window });
    for (let before = -1; this.#drags; await pause(5)) {
      const { root_x, root_y, child } = await x.call("QueryPointer", { window: x.setup.root });
      const place = packPlace(root_x, root_y);
      if (place !== before && this.#drags) await this.#motion(root_x, root_y, child);
      before = place;
    }
  }

  async #motion(x: number, y: number, child: number): Promise<void> {
    const { x: connection } = this;
    this.places.push([x, y]);
    if (this.#icon !== null) {
      const { window, offset } = this.#icon;
      connection.send("ConfigureWindow", { window, x: x + offset, y: y + offset });
    }
    const over = (await this.#isTarget(child)) ? child : 0;
    if (over !== this.#over) {
      this.#tell("XdndLeave", []);
      this.#over = over;
      this.#isAccepted = false;
      this.#tell("XdndEnter", enterData(5, [connection.atoms.atom("UTF8_STRING")]));
    }
    this.#tell("XdndPosition", [0, packPlace(x, y), this.#time, connection.atoms.atom("XdndActionCopy")]);
  }

  async #isTarget(window: number): Promise<boolean> {
    const { x } = this;
    if (window === Atom.None) return false;
    const wanted = [Atom.WM_NAME, x.atoms.atom("WM_STATE"), x.atoms.atom("XdndAware")];
    const found = await Promise.all(wanted.map((property) => getProperty(x, window, property)));
    return found.every((property) => property !== null);
  }

  #release(): void {
    const { x } = this;
    this.#drags = false;
    if (this.#icon !== null) x.send("UnmapWindow", { window: this.#icon.window });
    const end = this.#isAccepted && this.#over !== 0 ? "dropped" : "left";
    if (end === "dropped") {
      // The server's time by now, or as if it were.
      this.#dropTime = this.#time + 1;
      this.#tell("XdndDrop", [0, this.#dropTime]);
    }
    if (end === "left") this.#tell("XdndLeave", []);
    this.#over = 0;
    this.ends.push(end);
  }

  #tell(name: string, data: readonly number[]): void {
    if (this.#over !== 0) sendXdnd(this.x, this.#over, this.#over, name, [this.window, ...data]);
  }
}
