// SPDX-License-Identifier: Apache-2.0

import { WlDataDeviceManagerDndAction as DndAction } from "../../protocol/generated/enums.ts";
import { setProperty } from "../../x11/client/properties.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import { Atom } from "../../x11/generated/enums.ts";
import { createHiddenWindow } from "../base/hidden-window.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { SelectionAnswers } from "../selection/answers.ts";
import type { DragOffer } from "../selection/drag-offer.ts";
import { STALL_TIMEOUT } from "../selection/limits.ts";
import { queries, targetsOf } from "../selection/targets.ts";
import type { TransferEvents, TransferListener } from "../selection/transfer-events.ts";
import { actionAtom, actionOf, type DropSite, dropSiteOf, enterData, packPlace, sendXdnd } from "./xdnd.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "events" | "user" | "scale" | "log">;

/** XdndStatus, XdndFinished: the flag that says yes. */
const ACCEPTED = 1;

/**
 * Something that a program of the host's drags over an X window, where we stand for it as an XDND source. It begins when
 * the pointer enters the window, and ends when it leaves it or what was dropped has been taken.
 */
export class DragToX implements TransferListener {
  readonly #context: Context;
  readonly #events: TransferEvents;
  readonly #offer: DragOffer;
  readonly #serial: number;
  readonly #target: XWindow;
  readonly #window: number;
  /** Ends the drag when the target is gone, since no other window would take it. */
  readonly #targetListener: TransferListener = { destroyed: () => this.end() };
  readonly #answers: SelectionAnswers;
  readonly #ended: () => void;
  #site: DropSite | null = null;
  #time = 0;
  /** The place of the pointer on the root window. */
  #place = { x: 0, y: 0 };
  /** The place of the pointer when the target was asked last. */
  #toldPlace: { readonly x: number; readonly y: number } | null = null;
  /** An XdndPosition was not answered yet; there is one at a time. */
  #asked = false;
  /** The action that the target would take (wl_data_device_manager.dnd_action); 0 for none. */
  #action = 0;
  #isDropped = false;
  /** Ends it when the target does not. */
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(
    context: Context,
    events: TransferEvents,
    offer: DragOffer,
    serial: number,
    target: XWindow,
    ended: () => void,
  ) {
    this.#context = context;
    this.#events = events;
    this.#offer = offer;
    this.#serial = serial;
    this.#target = target;
    this.#ended = ended;
    this.#window = createHiddenWindow(context.x);
    this.#answers = new SelectionAnswers(context.x, events, context.log);
    events.listen(this.#window, this);
    events.listen(target.id, this.#targetListener);
    void this.#begin().catch(() => this.end());
  }

  /** @param x in the target, in the host's pixels */
  motion(x: number, y: number): void {
    const { scale } = this.#context;
    const { geometry } = this.#target;
    this.#place = { x: geometry.x + scale.toX(x), y: geometry.y + scale.toX(y) };
    this.#ask();
  }

  leave(): void {
    if (this.#isDropped) return;
    this.#tellTarget("XdndLeave", []);
    this.end();
  }

  drop(): void {
    this.#isDropped = true;
    this.#timer = setTimeout(() => {
      if (this.#answers.busy) this.#timer?.refresh();
      else this.end();
    }, STALL_TIMEOUT);
    if (!this.#asked) this.#drop();
  }

  /** Answers an X client that wants what is dragged, if it is from us. */
  requested(request: EventOf<"SelectionRequest">): void {
    if (request.owner === this.#window) void this.#answers.answer(request, this.#offer, this.#time);
  }

  /** Ends it, however far it is. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { x } = this.#context;
    this.#answers.close();
    this.#offer.destroy();
    this.#events.forget(this.#window, this);
    this.#events.forget(this.#target.id, this.#targetListener);
    x.send("DestroyWindow", { window: this.#window });
    x.releaseId(this.#window);
    this.#ended();
  }

  messaged(type: number, [, flags = 0, ...rest]: readonly number[]): void {
    const { x } = this.#context;
    const isAccepted = (flags & ACCEPTED) !== 0;
    if (type === x.atoms.atom("XdndStatus")) {
      const wasAsked = this.#asked;
      this.#asked = false;
      // After the drop it is too late for anything but the answer that is waited for.
      if (this.#isDropped && !wasAsked) return;
      this.#action = isAccepted ? actionOf(x, rest[2] ?? 0) : 0;
      if (this.#isDropped) return this.#drop();
      this.#offer.accept(this.#serial, this.#action);
      this.#ask();
    } else if (type === x.atoms.atom("XdndFinished") && this.#isDropped) {
      if (this.#action !== 0) this.#offer.finish();
      this.end();
    }
  }

  async #begin(): Promise<void> {
    const { x, user } = this.#context;
    await user.raise(this.#target, () => !this.#isOver);
    const [site, time, types] = await Promise.all([
      dropSiteOf(x, this.#target.id),
      this.#context.events.now(),
      x.atoms.intern(targetsOf(this.#offer.mimeTypes).filter((target) => !queries.includes(target))),
    ]);
    if (this.#isOver) return;
    this.#time = time;
    this.#site = site;
    if (site === null) {
      this.#offer.accept(this.#serial, 0);
      return;
    }
    x.send("SetSelectionOwner", { owner: this.#window, selection: x.atoms.atom("XdndSelection"), time });
    setProperty(x, this.#window, x.atoms.atom("XdndTypeList"), Atom.ATOM, Uint32Array.from(types));
    this.#tellTarget("XdndEnter", enterData(site.version, types));
    this.#ask();
  }

  /** Asks what the target would do with it at the pointer's place, unless it has not answered the last time. */
  #ask(): void {
    const { x, y } = this.#place;
    if (this.#site === null || this.#asked || this.#isDropped) return;
    if (x === this.#toldPlace?.x && y === this.#toldPlace.y) return;
    this.#asked = true;
    this.#toldPlace = this.#place;
    const { x: connection } = this.#context;
    const { actions } = this.#offer;
    const isMove = (actions & DndAction.copy) === 0 && (actions & DndAction.move) !== 0;
    const action = actionAtom(connection, isMove ? DndAction.move : DndAction.copy);
    this.#tellTarget("XdndPosition", [0, packPlace(x, y), this.#time, action]);
  }

  #drop(): void {
    if (this.#action !== 0) return this.#tellTarget("XdndDrop", [0, this.#time]);
    this.#tellTarget("XdndLeave", []);
    this.end();
  }

  #tellTarget(name: string, data: readonly number[]): void {
    const { x } = this.#context;
    if (this.#site === null) return;
    // The message is about the target, even if its proxy gets it.
    sendXdnd(x, this.#site.window, this.#target.id, name, [this.#window, ...data]);
  }
}
