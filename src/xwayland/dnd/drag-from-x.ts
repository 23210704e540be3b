// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import type { HostSource } from "../../clipboard/host-selection.ts";
import type { Fd } from "../../native/fd.ts";
import { WlDataDeviceManagerDndAction as DndAction } from "../../protocol/generated/enums.ts";
import { FdSink } from "../../wire/fd-sink.ts";
import { clientOf } from "../../x11/client/ids.ts";
import { setProperty } from "../../x11/client/properties.ts";
import { Atom, EventMask, StackMode, WindowClass } from "../../x11/generated/enums.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { Press } from "../input/user-input.ts";
import type { DragDevice } from "../selection/data-device.ts";
import type { DragOffer } from "../selection/drag-offer.ts";
import { STALL_TIMEOUT } from "../selection/limits.ts";
import type { Wanted } from "../selection/request.ts";
import { mimeTypesOf, targetFor } from "../selection/targets.ts";
import type { TransferEvents, TransferListener } from "../selection/transfer-events.ts";
import { TransfersFromX } from "../selection/transfers-from-x.ts";
import { DragPointer } from "./drag-pointer.ts";
import { actionAtom, readTypes, sendXdnd, XDND_VERSION } from "./xdnd.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "x" | "windows" | "user" | "input" | "scale" | "log">;

/** Milliseconds that the source has to ask once more what would become of a drop, or to end what is none. */
const SETTLE_TIMEOUT = 250;

/**
 * The number of times, and the milliseconds between them, that the pointer is moved for a source that has not found our
 * window.
 */
const MAX_NUDGES = 40;
const NUDGE_INTERVAL = 50;

/** The largest size that a window can have. */
const EVERYWHERE = 0x7fff;

/**
 * XdndStatus: the target takes it; it wants to hear of every motion. A target that refuses has no flag at all: Qt takes any
 * for a yes. XdndFinished: the target has taken it.
 */
const ACCEPTED = 1;
const WANTS_MOTIONS = 2;
const REFUSED = 0;

/** WM_STATE (ICCCM 4.1.3.1) of a window that is shown. */
const NORMAL_STATE = 1;

/**
 * A drag that an X client has begun. The client deals with X windows only: over those the pointer is moved as the host
 * says, and the clients talk to each other. An invisible window of ours stands for all else on the host's screen. It
 * covers the root and is an XDND target: it knows what the host's programs say, and passes on what is dropped.
 */
export class DragFromX implements TransferListener {
  readonly #context: Context;
  readonly #events: TransferEvents;
  readonly #device: DragDevice;
  readonly #marker: string;
  readonly #press: Press<"wl_pointer">;
  readonly #pointer: DragPointer;
  readonly #window: number;
  readonly #ended: () => void;
  /** The latest time that the source has named, by the X server's clock. */
  #time: number;
  /** The source's window; 0 before it has seen ours. */
  #source = 0;
  /** The targets of the drag: atoms by their names. */
  #targets: ReadonlyMap<string, number> = new Map();
  #hostSource: HostSource | null = null;
  /** The X window under the pointer; null for anything else. */
  #over: XWindow | null = null;
  #offer: DragOffer | null = null;
  /** The place of the pointer, for X. */
  #place = { x: 0, y: 0 };
  #isAccepted = false;
  #action = 0;
  #onAsked: (() => void) | null = null;
  /** The user has let it go over a window of the host's that takes it. */
  #isLetGo = false;
  #isDropped = false;
  /** Resolves to the time that the source has dropped it at, by the X server's clock. */
  readonly #dropTime: Promise<number>;
  #dropped: (time: number) => void = () => {};
  #isFinished = false;
  #timer: NodeJS.Timeout | null = null;
  readonly #transfers: TransfersFromX;
  #isOver = false;

  /**
   * @param origin the window in which the button was pressed
   * @param time when the drag began, by the X server's clock
   */
  constructor(
    context: Context,
    events: TransferEvents,
    device: DragDevice,
    marker: string,
    press: Press<"wl_pointer">,
    origin: XWindow,
    time: number,
    ended: () => void,
  ) {
    this.#context = context;
    this.#events = events;
    this.#device = device;
    this.#marker = marker;
    this.#press = press;
    this.#time = time;
    this.#ended = ended;
    this.#transfers = new TransfersFromX(context.x, events, context.log);
    this.#pointer = new DragPointer(context.client, context.input, press, origin, {
      refused: () => this.#endSoon(),
      outlived: () => this.end(),
    });
    this.#dropTime = new Promise((resolve) => {
      this.#dropped = resolve;
    });
    this.#window = this.#createTarget();
    events.listen(this.#window, this);
    void this.#begin().catch(() => this.end());
  }

  // Messages of the source to our window.

  messaged(type: number, data: readonly number[]): void {
    const { atoms } = this.#context.x;
    if (type === atoms.atom("XdndEnter")) {
      this.#source = data[0] ?? 0;
      void this.#entered(data).catch(() => this.end());
    } else if (type === atoms.atom("XdndPosition")) {
      this.#time = data[3] ?? this.#time;
      this.#answer();
      this.#onAsked?.();
    } else if (type === atoms.atom("XdndDrop")) {
      this.#isDropped = true;
      this.#dropped(data[2] ?? this.#time);
      // What the user does while the data is taken is not for it.
      this.#context.x.send("UnmapWindow", { window: this.#window });
      this.#finish();
    }
  }

  // Events of the host about our own drag over X windows.

  enter(offer: DragOffer, serial: number, window: XWindow | null, x: number, y: number): void {
    this.#offer = offer;
    // What the target says only the source learns, which shows it to the user, too.
    offer.accept(serial, window === null ? DndAction.none : DndAction.copy);
    if (window === null) return;
    this.#over = window;
    this.#context.x.send("UnmapWindow", { window: this.#window });
    // Not when the pointer has left it meanwhile: it would be above our own.
    this.#motionAfter(this.#context.user.raise(window, () => this.#over === window));
    this.motion(x, y);
  }

  /** @param x in the window, in the host's pixels */
  motion(x: number, y: number): void {
    if (this.#over === null) return;
    const { scale } = this.#context;
    const { geometry } = this.#over;
    this.#place = { x: geometry.x + scale.toX(x), y: geometry.y + scale.toX(y) };
    this.#pointer.move(this.#place.x, this.#place.y);
  }

  leave(): void {
    this.#offer?.destroy();
    this.#offer = null;
    if (this.#over === null) return;
    this.#over = null;
    // What we have said for that window. wlroots does not take it back where nothing else is.
    this.#isAccepted = false;
    this.#action = 0;
    this.#showTarget();
    this.#motionAfter(this.#context.x.sync());
  }

  drop(): void {
    // The source finds the X window under the pointer, and does the rest.
    this.#pointer.release();
    this.#limit();
    this.#offer?.finish();
    this.#offer = null;
  }

  /** Ends it, however far it is. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#transfers.abort();
    const { x } = this.#context;
    // Java would wait for that.
    if (this.#isDropped && !this.#isFinished) this.#tellFinished(REFUSED, Atom.None);
    this.#offer?.destroy();
    this.#hostSource?.destroy();
    this.#events.forget(this.#window, this);
    x.send("DestroyWindow", { window: this.#window });
    x.releaseId(this.#window);
    // Before that has gone it would get what the user does next.
    this.#pointer.release(x.sync().catch(() => {}));
    this.#ended();
  }

  /**
   * Makes the source find our window: the pointer moves again and again, since at first the source may not look yet.
   */
  async #begin(): Promise<void> {
    const { x } = this.#context;
    const { root_x, root_y } = await x.call("QueryPointer", { window: x.setup.root });
    this.#place = { x: root_x, y: root_y };
    for (let i = 0; i < MAX_NUDGES && this.#source === 0 && !this.#isOver; i++) {
      this.#nudge();
      await pause(NUDGE_INTERVAL);
    }
    if (this.#source === 0) this.end();
  }

  /** The source has found our window, and says what it has: now the host can learn of it. */
  async #entered(data: readonly number[]): Promise<void> {
    const { x } = this.#context;
    if (this.#hostSource !== null) return;
    const targets = await readTypes(x, data);
    const names = await x.atoms.names(targets);
    if (this.#isOver || this.#hostSource !== null) return;
    this.#targets = new Map(targets.map((atom, i) => [names[i] ?? "", atom]));
    const types = [...mimeTypesOf([...this.#targets.keys()]), this.#marker];
    const icon = this.#icon;
    const { surface, serial } = this.#press;
    this.#hostSource = this.#device.drag(types, surface, serial, icon?.surface?.object ?? null, {
      send: (mimeType, fd) => this.#send(mimeType, fd),
      accepted: (isAccepted) => {
        this.#isAccepted = isAccepted;
        this.#nudge();
      },
      action: (action) => {
        this.#action = action;
        this.#nudge();
      },
      dropped: () => {
        if (this.#over !== null) return;
        this.#isLetGo = true;
        void this.#settle(true);
      },
      finished: () => {
        this.#isFinished = true;
        this.#finish();
      },
      cancelled: () => void this.#settle(false),
    });
    if (icon !== null) this.#showIcon(icon);
  }

  /** The window that the source shows under the pointer; null if there is none by now. */
  get #icon(): XWindow | null {
    const { x, windows } = this.#context;
    for (const window of windows.mapped) {
      const { properties, surface } = window;
      const isIcon = surface !== null && !surface.hadRole && properties?.types.includes("DND");
      if (isIcon && clientOf(x.setup, window.id) === clientOf(x.setup, this.#source)) return window;
    }
    return null;
  }

  /** The host moves it with the pointer from now on. */
  #showIcon({ geometry, surface }: XWindow): void {
    const { scale } = this.#context;
    surface?.makeIcon(scale.toHost(geometry.x - this.#place.x), scale.toHost(geometry.y - this.#place.y));
  }

  /** Makes the source ask what would become of a drop, and answers. */
  #nudge(): void {
    if (this.#over !== null) return;
    this.#place = { x: this.#place.x ^ 1, y: this.#place.y };
    this.#pointer.move(this.#place.x, this.#place.y);
  }

  /** Moves the pointer, once the X server has what belongs under it on top. */
  #motionAfter(done: Promise<void> | undefined): void {
    const move = (): void => {
      if (this.#over === null) this.#nudge();
      else this.#pointer.move(this.#place.x, this.#place.y);
    };
    done?.then(move, () => {});
  }

  #answer(): void {
    const { x } = this.#context;
    const action = this.#isAccepted ? actionAtom(x, this.#action) : Atom.None;
    const flags = action === Atom.None ? REFUSED : ACCEPTED | WANTS_MOTIONS;
    sendXdnd(x, this.#source, this.#source, "XdndStatus", [this.#window, flags, 0, 0, action]);
  }

  /** The user has let it go: so does the source, when it knows whether it is taken. */
  async #settle(isTaken: boolean): Promise<void> {
    this.#isAccepted = isTaken && this.#isAccepted;
    this.#limit();
    if (this.#over !== null) {
      // Away from an X window, which would take it all the same.
      this.#over = null;
      this.#showTarget();
      await this.#context.x.sync().catch(() => {});
    }
    const asked = new Promise<void>((resolve) => {
      this.#onAsked = resolve;
      setTimeout(resolve, SETTLE_TIMEOUT);
    });
    this.#nudge();
    await asked;
    // The source has to have our answer before the release.
    await this.#context.x.sync().catch(() => {});
    if (isTaken) this.#pointer.release();
    else this.end();
  }

  /** Ends the drag without the host. The source is about to take its leave of our window. */
  #endSoon(): void {
    this.#timer ??= setTimeout(() => this.end(), SETTLE_TIMEOUT);
  }

  /** Limits how long the drag lasts, whatever the clients do. */
  #limit(): void {
    this.#timer ??= setTimeout(() => {
      if (this.#transfers.busy) this.#timer?.refresh();
      else this.end();
    }, STALL_TIMEOUT);
  }

  #finish(): void {
    if (!this.#isFinished) return;
    if (this.#over !== null) return this.end();
    if (!this.#isDropped) return;
    this.#tellFinished(ACCEPTED, actionAtom(this.#context.x, this.#action));
    this.end();
  }

  #tellFinished(flags: number, action: number): void {
    sendXdnd(this.#context.x, this.#source, this.#source, "XdndFinished", [this.#window, flags, action]);
  }

  #send(mimeType: string, fd: Fd): void {
    const { x } = this.#context;
    const target = this.#targets.get(targetFor(mimeType, [...this.#targets.keys()]) ?? "");
    if (target === undefined) return;
    const at = (time: number): Wanted => ({ selection: x.atoms.atom("XdndSelection"), target, time });
    // Who gets it may ask before the source has dropped it. From then on Qt gives it only to those who name that time.
    const wanted = this.#isLetGo ? this.#dropTime.then(at) : at(this.#time);
    this.#transfers.begin(wanted, (changed) => new FdSink(fd.raw, x, changed));
  }

  #createTarget(): number {
    const { x } = this.#context;
    const window = x.allocateId();
    x.send("CreateWindow", {
      depth: 0,
      wid: window,
      parent: x.setup.root,
      x: 0,
      y: 0,
      width: EVERYWHERE,
      height: EVERYWHERE,
      border_width: 0,
      // Xwayland makes no surface of such a window.
      class: WindowClass.InputOnly,
      visual: 0,
      override_redirect: true,
      event_mask: EventMask.NoEvent,
    });
    setProperty(x, window, x.atoms.atom("XdndAware"), Atom.ATOM, Uint32Array.of(XDND_VERSION));
    // A window without a name is none for Chromium, one without a state is none for Java.
    setProperty(x, window, Atom.WM_NAME, Atom.STRING, Buffer.from("what is below the pointer"));
    const state = x.atoms.atom("WM_STATE");
    setProperty(x, window, state, state, Uint32Array.of(NORMAL_STATE, Atom.None));
    x.send("MapWindow", { window });
    return window;
  }

  #showTarget(): void {
    const { x } = this.#context;
    x.send("ConfigureWindow", { window: this.#window, stack_mode: StackMode.Above });
    x.send("MapWindow", { window: this.#window });
  }
}
