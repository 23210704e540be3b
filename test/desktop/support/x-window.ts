// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../../src/x11/connection.ts";
import type { EventOf, X11Event } from "../../../src/x11/events.ts";
import { EventMask, WindowClass } from "../../../src/x11/generated/enums.ts";
import { setProperty } from "../../../src/x11/properties.ts";
import { patiently } from "../../support/inbox.ts";

/** How a test wants its window. */
export interface XWindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly overrideRedirect?: boolean;
  /** Of a window that is gone. */
  readonly id?: number;
}

/** What an X client sees of its windows, for as many clients as there are. */
const inboxes = new WeakMap<X11Connection, EventInbox>();

/** The events of one client, in the order in which they came. */
class EventInbox {
  readonly all: X11Event[] = [];
  #next = 0;
  #wake: () => void = () => {};

  constructor(x: X11Connection) {
    const event = (one: X11Event): void => {
      this.all.push(one);
      this.#wake();
    };
    x.listen({ event, closed: () => {} });
  }

  async expect(wanted: (event: X11Event) => boolean): Promise<X11Event> {
    for (;;) {
      for (; this.#next < this.all.length; this.#next++) {
        const event = this.all[this.#next] as X11Event;
        if (wanted(event)) {
          this.#next++;
          return event;
        }
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** A window of an X client of ours. */
export class XTestWindow {
  readonly id: number;
  readonly x: X11Connection;

  constructor(x: X11Connection, options: XWindowOptions = {}) {
    if (!inboxes.has(x)) inboxes.set(x, new EventInbox(x));
    this.x = x;
    this.id = options.id ?? x.allocateId();
    x.send("CreateWindow", {
      depth: 0,
      wid: this.id,
      parent: x.setup.root,
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 200,
      height: options.height ?? 100,
      border_width: 0,
      class: WindowClass.InputOutput,
      visual: 0,
      background_pixel: 0x80_40_20,
      override_redirect: options.overrideRedirect ?? false,
      event_mask:
        EventMask.StructureNotify |
        EventMask.FocusChange |
        EventMask.PropertyChange |
        EventMask.KeyPress |
        EventMask.KeyRelease |
        EventMask.ButtonPress |
        EventMask.ButtonRelease |
        EventMask.EnterWindow,
    });
  }

  map(): void {
    this.x.send("MapWindow", { window: this.id });
  }

  unmap(): void {
    this.x.send("UnmapWindow", { window: this.id });
  }

  destroy(): void {
    this.x.send("DestroyWindow", { window: this.id });
  }

  /** Sets a property of 32-bit numbers, or text. Atoms are given by their names. */
  async set(name: string, type: string, value: readonly (number | string)[]): Promise<void> {
    const names = [name, type, ...value.filter((one) => typeof one === "string")] as string[];
    await this.x.atoms.intern(names);
    const words = value.map((one) => (typeof one === "string" ? this.x.atoms.atom(one) : one));
    setProperty(this.x, this.id, this.x.atoms.atom(name), this.x.atoms.atom(type), Uint32Array.from(words));
  }

  /** The next event of that kind about this window, behind the one that this client asked for last. */
  async expect<Name extends X11Event["name"]>(
    name: Name,
    where: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<EventOf<Name>> {
    const inbox = inboxes.get(this.x) as EventInbox;
    const wanted = (event: X11Event): boolean =>
      event.name === name && Object.values(event).includes(this.id) && where(event as unknown as EventOf<Name>);
    const found = inbox.expect(wanted) as Promise<unknown> as Promise<EventOf<Name>>;
    return patiently(found, (why) => {
      const last = inbox.all.slice(-12).map((event) => event.name);
      return new Error(`the X client got no ${name}: ${why}; the last that it got: ${last.join(", ") || "nothing"}`);
    });
  }

  /** All events of that kind about this window so far. */
  seen<Name extends X11Event["name"]>(name: Name): EventOf<Name>[] {
    const inbox = inboxes.get(this.x) as EventInbox;
    const events = inbox.all.filter((event) => event.name === name && Object.values(event).includes(this.id));
    return events as unknown[] as EventOf<Name>[];
  }
}
