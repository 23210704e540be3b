// SPDX-License-Identifier: Apache-2.0
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { getProperty, setProperty, wordsOf } from "../../src/x11/client/properties.ts";
import type { EventOf, X11Event } from "../../src/x11/codec/events.ts";
import { Atom, EventMask, WindowClass } from "../../src/x11/generated/enums.ts";
import { eventually } from "./eventually.ts";
import { patiently } from "./inbox.ts";

/** Numbers of 32 bits. Texts among them stand for atoms of those names. */
type Words = readonly (number | string)[];

/** The wishes of a test for its window. */
export interface XWindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly overrideRedirect?: boolean;
  /** The window's WM_NAME. */
  readonly title?: string;
  /** The id of a window that is gone, to be used again. */
  readonly id?: number;
}

/** The properties that a window has before it is shown. */
export interface ShownOptions extends XWindowOptions {
  /** Properties of 32-bit numbers. */
  readonly properties?: Readonly<Record<string, { readonly type: string; readonly value: Words }>>;
  /** The names in WM_PROTOCOLS. */
  readonly protocols?: readonly string[];
}

/** The events that X clients got about their windows, for as many clients as there are. */
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

/** A window of anybody's, or the root window: its properties, and what the window manager is asked about it. */
export class XAnyWindow {
  readonly x: X11Connection;
  readonly id: number;

  constructor(x: X11Connection, id: number) {
    this.x = x;
    this.id = id;
  }

  /** Sets a property of 32-bit numbers. */
  async set(name: string, type: string, value: Words): Promise<void> {
    const [property = 0, ofType = 0, ...words] = await this.#numbers([name, type, ...value]);
    setProperty(this.x, this.id, property, ofType, Uint32Array.from(words));
  }

  /** Sets a property to a text of Latin-1. */
  async setText(name: string, text: string): Promise<void> {
    const [property = 0] = await this.#numbers([name]);
    setProperty(this.x, this.id, property, Atom.STRING, Buffer.from(text, "latin1"));
  }

  /** The numbers of a property. */
  async get(name: string): Promise<readonly number[]> {
    const [property = 0] = await this.x.atoms.intern([name]);
    return [...wordsOf(await getProperty(this.x, this.id, property))];
  }

  /** The names of the atoms in a property, sorted. */
  async names(name: string): Promise<readonly string[]> {
    const names = await this.x.atoms.names(await this.get(name));
    return names.map(String).sort();
  }

  /** Waits until the numbers of a property are as they should be. */
  async becomes(name: string, fits: (words: readonly number[]) => boolean): Promise<void> {
    await eventually(`${name} to be as it should`, async () => fits(await this.get(name)));
  }

  /** Sends a ClientMessage about it to the window manager (EWMH, "Root Window Messages"). */
  async ask(type: string, ...data: Words): Promise<void> {
    const { x, id: window } = this;
    const [atom = 0, ...numbers] = await this.#numbers([type, ...data]);
    x.sendEvent(x.setup.root, EventMask.SubstructureNotify | EventMask.SubstructureRedirect, {
      name: "ClientMessage",
      format: 32,
      window,
      type: atom,
      data: [...numbers, 0, 0, 0, 0, 0].slice(0, 5),
    });
  }

  async #numbers(words: Words): Promise<number[]> {
    const { atoms } = this.x;
    await atoms.intern(words.filter((word) => typeof word === "string"));
    return words.map((word) => (typeof word === "string" ? atoms.atom(word) : word));
  }
}

/** A window of an X client of ours. */
export class XTestWindow extends XAnyWindow {
  constructor(x: X11Connection, options: XWindowOptions = {}) {
    super(x, options.id ?? x.allocateId());
    if (!inboxes.has(x)) inboxes.set(x, new EventInbox(x));
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
    if (options.title !== undefined) setProperty(x, this.id, Atom.WM_NAME, Atom.STRING, Buffer.from(options.title));
  }

  /** Makes one, and shows it. */
  static async show(x: X11Connection, options: ShownOptions = {}): Promise<XTestWindow> {
    const { properties = {}, protocols = [] } = options;
    const window = new XTestWindow(x, options);
    const all = { ...properties, WM_PROTOCOLS: { type: "ATOM", value: protocols } };
    for (const [name, { type, value }] of Object.entries(all)) await window.set(name, type, value);
    window.map();
    return window;
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

  /** The next message of WM_PROTOCOLS to it. */
  async told(protocol: string): Promise<EventOf<"ClientMessage">> {
    const [type, wanted] = await this.x.atoms.intern(["WM_PROTOCOLS", protocol]);
    return this.expect("ClientMessage", (event) => event.type === type && event.data[0] === wanted);
  }

  /** All events of that kind about this window so far. */
  seen<Name extends X11Event["name"]>(name: Name): EventOf<Name>[] {
    const inbox = inboxes.get(this.x) as EventInbox;
    const events = inbox.all.filter((event) => event.name === name && Object.values(event).includes(this.id));
    return events as unknown[] as EventOf<Name>[];
  }

  /** The messages about any window that its client has got so far, such as the root, if it listens there. */
  announced(window: number): EventOf<"ClientMessage">[] {
    const inbox = inboxes.get(this.x) as EventInbox;
    return inbox.all.filter((event) => event.name === "ClientMessage" && event.window === window) as never;
  }
}
