// SPDX-License-Identifier: Apache-2.0

import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { tell, wants } from "../base/wm-protocols.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "windows" | "log" | "explain">;

/** Milliseconds that a client has to answer before it counts as hung. */
const CLOSE_TIMEOUT_MS = 10_000;

/** A question to a client whether it is alive. */
interface Ping {
  /** The time by which the answer to the question is known. */
  readonly time: number;
  readonly timer: NodeJS.Timeout;
}

/** Closes windows: politely where the client knows how (ICCCM 4.2.8.1), else, or when it has hung (EWMH _NET_WM_PING), not. */
export class Closing {
  static readonly atoms: readonly string[] = ["WM_DELETE_WINDOW", "_NET_WM_PING", "_NET_CLOSE_WINDOW"];
  static readonly supported: readonly string[] = ["_NET_WM_PING", "_NET_CLOSE_WINDOW"];

  readonly #context: Context;
  readonly #pings = new Map<XWindow, Ping>();
  readonly #hung = new WeakSet<XWindow>();

  constructor(context: Context) {
    this.#context = context;
    const { events, windows, x } = context;
    windows.listen({
      closing: (window) => this.#close(window),
      unmapped: (window) => this.#forget(window),
    });
    events.onMessage("_NET_CLOSE_WINDOW", (window) => this.#close(window));
    // The answer is the question, sent to the root.
    const protocols = x.atoms.atom("WM_PROTOCOLS");
    events.on("ClientMessage", ({ window, type, data }) => {
      const [protocol, time, id = 0] = data;
      if (window !== x.setup.root || type !== protocols || protocol !== x.atoms.atom("_NET_WM_PING")) return;
      const asked = windows.get(id);
      // An answer that comes too late is one, too.
      if (asked !== undefined && (this.#hung.has(asked) || this.#pings.get(asked)?.time === time)) this.#forget(asked);
    });
  }

  close(): void {
    for (const { timer } of this.#pings.values()) clearTimeout(timer);
  }

  #close(window: XWindow): void {
    const { x, events, explain } = this.#context;
    if (!window.mapped) return;
    if (!wants(x, window, "WM_DELETE_WINDOW")) {
      this.#kill(window, "its client takes no request to close it");
    } else if (this.#hung.has(window)) {
      this.#kill(window, "its client does not answer");
    } else {
      explain?.(`${window} is asked to close`);
      tell(x, window, "WM_DELETE_WINDOW", events.time);
      this.#ping(window);
    }
  }

  /** Ends the X connection of a window's client: a process id of a virtual machine would mean nothing. */
  #kill(window: XWindow, reason: string): void {
    const { x, explain } = this.#context;
    explain?.(`the client of ${window} is killed: ${reason}`);
    x.send("KillClient", { resource: window.id });
  }

  #ping(window: XWindow): void {
    const { x, events, log } = this.#context;
    if (!wants(x, window, "_NET_WM_PING") || this.#pings.has(window)) return;
    const timer = setTimeout(() => {
      this.#pings.delete(window);
      this.#hung.add(window);
      log.warn(`the program of the X11 window ${window} does not answer; close it again to end it`);
    }, CLOSE_TIMEOUT_MS);
    // A window need not keep the proxy alive.
    timer.unref();
    this.#pings.set(window, { time: events.time, timer });
    tell(x, window, "_NET_WM_PING", events.time, window.id);
  }

  /** Forgets a window that has answered, or is gone. */
  #forget(window: XWindow): void {
    clearTimeout(this.#pings.get(window)?.timer);
    this.#pings.delete(window);
    this.#hung.delete(window);
  }
}
