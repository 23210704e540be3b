// SPDX-License-Identifier: Apache-2.0

import { setProperty } from "../../x11/client/properties.ts";
import { Atom, SyncTESTTYPE, SyncVALUETYPE } from "../../x11/generated/enums.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { tell, wants } from "../base/wm-protocols.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "windows">;

/** Milliseconds for which a client's drawing is waited for. */
const SYNC_TIMEOUT_MS = 1000;

/** The property by which Xwayland shows nothing new of a window for a while. */
const ALLOW_COMMITS = "_XWAYLAND_ALLOW_COMMITS";
const SYNC_REQUEST = "_NET_WM_SYNC_REQUEST";

/** A request that a client was asked to answer. */
interface SyncRequest {
  readonly window: XWindow;
  /** The X server's alarm that reports when the client has answered. */
  readonly alarm: number;
  readonly timer: NodeJS.Timeout;
  /** Lets what it has drawn be shown. */
  readonly show: () => void;
}

/**
 * Waits until a client has drawn its window in a new size (EWMH, _NET_WM_SYNC_REQUEST). The client then sets a counter
 * of the X server's. Until then nothing of the window is shown that would be of the new size and half drawn.
 */
export class ResizeSync {
  static readonly atoms: readonly string[] = [SYNC_REQUEST, ALLOW_COMMITS];
  static readonly supported: readonly string[] = [SYNC_REQUEST];

  readonly #context: Context;
  /** The requests that have not been answered, be it too late. */
  readonly #requests = new Map<XWindow, SyncRequest>();
  readonly #byAlarm = new Map<number, SyncRequest>();
  #count = 0;

  constructor(context: Context) {
    this.#context = context;
    const { events, windows } = context;
    events.on("Sync.AlarmNotify", ({ alarm }) => this.#end(this.#byAlarm.get(alarm)));
    windows.listen({ roleTaken: (window) => this.#end(this.#requests.get(window)) });
  }

  /** Ends all waiting: the X server forgets the alarms with our connection. */
  close(): void {
    for (const { timer } of this.#requests.values()) clearTimeout(timer);
  }

  /**
   * Prepares for a new size of a window; called before the window gets it.
   *
   * @returns a promise that resolves once the client has drawn the window, or is not waited for any longer; null for a
   * client that never reports that, or has not answered the last time
   */
  begin(window: XWindow): Promise<void> | null {
    const { x, events } = this.#context;
    const { properties } = window;
    const counter = properties?.syncCounter ?? 0;
    // What is not shown yet need not be shown any later.
    if (counter === 0 || window.state !== "shown" || !wants(x, window, SYNC_REQUEST) || this.#requests.has(window))
      return null;
    if (!x.supports("Sync", 3)) return null;
    const value = BigInt(++this.#count);
    const alarm = x.allocateId();
    this.#allowCommits(window, false);
    // Where it begins is up to the window manager.
    x.send("Sync.SetCounter", { counter, value: 0n });
    x.send("Sync.CreateAlarm", {
      id: alarm,
      counter,
      valueType: SyncVALUETYPE.Absolute,
      value,
      testType: SyncTESTTYPE.PositiveComparison,
      delta: 0n,
      events: 1,
    });
    tell(x, window, SYNC_REQUEST, events.time, Number(value));
    return new Promise((resolve) => {
      const show = (): void => {
        this.#allowCommits(window, true);
        resolve();
      };
      const timer = setTimeout(show, SYNC_TIMEOUT_MS);
      const request = { window, alarm, timer, show };
      this.#requests.set(window, request);
      this.#byAlarm.set(alarm, request);
    });
  }

  #end(request: SyncRequest | undefined): void {
    if (request === undefined) return;
    const { window, alarm, timer, show } = request;
    this.#requests.delete(window);
    this.#byAlarm.delete(alarm);
    clearTimeout(timer);
    show();
    const { x } = this.#context;
    x.send("Sync.DestroyAlarm", { alarm });
    x.releaseId(alarm);
  }

  #allowCommits(window: XWindow, allowed: boolean): void {
    const { x } = this.#context;
    setProperty(x, window.id, x.atoms.atom(ALLOW_COMMITS), Atom.CARDINAL, Uint32Array.of(Number(allowed)));
  }
}
