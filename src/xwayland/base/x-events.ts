// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../../log/logger.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import { appendProperty } from "../../x11/client/properties.ts";
import { X11ClosedError, X11Error } from "../../x11/codec/errors.ts";
import type { EventOf, X11Event } from "../../x11/codec/events.ts";
import { Atom } from "../../x11/generated/enums.ts";
import { createHiddenWindow } from "./hidden-window.ts";
import type { XWindow } from "./window.ts";
import type { Windows } from "./windows.ts";

type Handler = (event: never) => void | Promise<void>;
type PropertyHandler = (window: XWindow) => void | Promise<void>;

/** A property of a window of ours: the event of its change has the time, also when nothing is appended. */
const CLOCK = "_WAYLAND_PROXY_TIME";

/**
 * The events that clients send to a window manager, or to the owner of a selection, by SendEvent (ICCCM 4.1.4, 4.1.5,
 * 2.4). A client that sends any other event has made it up.
 */
const sentByClients: ReadonlySet<string> = new Set([
  "ClientMessage",
  "UnmapNotify",
  "ConfigureRequest",
  "SelectionNotify",
]);

/** Waits for the time, by a request of ours. */
interface Inquiry {
  readonly sequence: number;
  readonly resolve: (time: number) => void;
}

/** Hears a ClientMessage about a window. */
export type MessageHandler = (window: XWindow, data: readonly number[]) => void | Promise<void>;

/**
 * The events of the X server, given by kind to the features of the window manager. One event is dealt with before the next
 * one: a handler may wait for replies of the X server, and for nothing else.
 */
export class XEvents {
  static readonly atoms: readonly string[] = [CLOCK];

  readonly #x: X11Connection;
  readonly #windows: Windows;
  readonly #log: Logger;
  readonly #handlers = new Map<string, Handler[]>();
  /** The handlers, by the atoms of the messages' types. */
  readonly #messages = new Map<number, MessageHandler>();
  readonly #serverMessages = new Map<number, MessageHandler>();
  readonly #properties = new Map<number, PropertyHandler>();
  /** The window that has the clock: others would get an event for each look at a clock of the root's. */
  readonly #window: number;
  readonly #inquiries: Inquiry[] = [];
  #time = 0;

  constructor(x: X11Connection, windows: Windows, log: Logger) {
    this.#x = x;
    this.#windows = windows;
    this.#log = log;
    this.#window = createHiddenWindow(x);
  }

  /** The latest time of the X server's that was seen: ICCCM forbids CurrentTime in most places. */
  get time(): number {
    return this.#time;
  }

  /**
   * The X server's time, once it has done all requests so far. Not to be waited for by a handler of events, as an event
   * tells it.
   */
  now(): Promise<number> {
    appendProperty(this.#x, this.#window, this.#x.atoms.atom(CLOCK), Atom.CARDINAL, new Uint32Array(0));
    const { sequence } = this.#x;
    return new Promise((resolve) => this.#inquiries.push({ sequence, resolve }));
  }

  /** Handles all events of a kind, in the order in which the handlers came. */
  on<Name extends X11Event["name"]>(name: Name, handler: (event: EventOf<Name>) => void | Promise<void>): void {
    const handlers = this.#handlers.get(name);
    if (handlers === undefined) this.#handlers.set(name, [handler]);
    else handlers.push(handler);
  }

  /** Handles what a client says of a window of the root's by a ClientMessage, such as what EWMH sends to the root. */
  onMessage(type: string, handler: MessageHandler): void {
    this.#messages.set(this.#x.atoms.atom(type), handler);
  }

  /** Handles a ClientMessage of Xwayland's own, which no client can send. */
  onServerMessage(type: string, handler: MessageHandler): void {
    this.#serverMessages.set(this.#x.atoms.atom(type), handler);
  }

  /** Handles that a property of a window of the root's has changed, or was deleted. */
  onProperty(name: string, handler: PropertyHandler): void {
    this.#properties.set(this.#x.atoms.atom(name), handler);
  }

  /**
   * Gives an event to its handlers, unless a client has made it up. What one of them throws is logged, and costs the
   * others nothing.
   */
  async dispatch(event: X11Event): Promise<void> {
    if (event.sendEvent && !sentByClients.has(event.name)) return;
    for (const handler of this.#handlers.get(event.name) ?? []) await this.#give(event, handler);
    if (event.name === "PropertyNotify") await this.#give(event, this.#propertyChanged);
    else if (event.name === "ClientMessage") await this.#give(event, this.#messaged);
  }

  async #give(event: X11Event, handler: Handler): Promise<void> {
    try {
      await handler(event as never);
    } catch (error) {
      // Windows go away between any two messages about them, and so does the X server. All else is a defect of ours.
      const isUsual = error instanceof X11Error || error instanceof X11ClosedError;
      if (isUsual) this.#log.debug(`X11 ${event.name}: ${error.message}`);
      else this.#log.error(`X11 ${event.name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  readonly #propertyChanged = (event: EventOf<"PropertyNotify">): void | Promise<void> => {
    const { window: id, atom, time, sequence } = event;
    this.#time = time;
    while (this.#inquiries[0] !== undefined && this.#inquiries[0].sequence <= sequence) {
      this.#inquiries.shift()?.resolve(time);
    }
    const handler = this.#properties.get(atom);
    const window = handler === undefined ? undefined : this.#windows.get(id);
    if (window !== undefined) return handler?.(window);
  };

  readonly #messaged = (event: EventOf<"ClientMessage">): void | Promise<void> => {
    const { window: id, type, data, sendEvent } = event;
    // Xwayland's own messages do not have the bit of events that clients send, and no client can leave it out.
    const handler = (sendEvent ? this.#messages : this.#serverMessages).get(type);
    const window = handler === undefined ? undefined : this.#windows.get(id);
    if (window !== undefined) return handler?.(window, data);
  };
}
