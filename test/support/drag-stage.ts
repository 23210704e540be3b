// SPDX-License-Identifier: Apache-2.0
/** Drags between an X client and the host's programs, on the window manager's stage. */
import assert from "node:assert/strict";
import type { PolicyGuard } from "../../src/policy/guard.ts";
import { WlDataDeviceManagerDndAction as DndAction } from "../../src/protocol/generated/enums.ts";
import { setProperty } from "../../src/x11/client/properties.ts";
import type { EventOf } from "../../src/x11/codec/events.ts";
import { EventMask } from "../../src/x11/generated/enums.ts";
import { packPlace, sendXdnd, XDND_VERSION, xdndAtoms } from "../../src/xwayland/dnd/xdnd.ts";
import { eventually } from "./eventually.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Scope } from "./proxied.ts";
import { type StagedWindow, WmStage } from "./wm-stage.ts";

/** BTN_LEFT of the kernel's. */
const LEFT = 0x110;

export const TEXT = "text/plain";

/** XdndStatus: it is taken, or it is not. XdndFinished: it was taken. */
export const TAKEN = 1;
export const REFUSED = 0;

type Message = EventOf<"ClientMessage">;

/** A stage with a window whose client speaks XDND. */
export class DragStage {
  readonly stage: WmStage;
  readonly window: StagedWindow;
  readonly device: FakeObject;

  private constructor(stage: WmStage, window: StagedWindow, device: FakeObject) {
    this.stage = stage;
    this.window = window;
    this.device = device;
  }

  static async set(t: Scope, guard?: PolicyGuard): Promise<DragStage> {
    const globals = ["wl_data_device_manager 3"];
    const { stage, x } = await WmStage.set(t, { globals, ...(guard && { guard }) });
    await x.atoms.intern([...xdndAtoms, TEXT, "UTF8_STRING", "ANSWER"]);
    const properties = { XdndAware: { type: "ATOM", value: [XDND_VERSION] } };
    const window = await stage.show(x, { width: 400, height: 300, properties });
    const made = stage.host.inbox.all.find(({ name }) => name === "wl_data_device_manager.get_data_device");
    return new DragStage(stage, window, made?.objectArg("id") as FakeObject);
  }

  atom(name: string): number {
    return this.window.ours.x.atoms.atom(name);
  }

  /** The client says something to a window of the other end of a drag. */
  say(to: number, name: string, ...data: number[]): void {
    const { ours } = this.window;
    sendXdnd(ours.x, to, to, name, [ours.id, ...data]);
  }

  /** The next message to the client from the other end. */
  told(name: string): Promise<Message> {
    return this.window.ours.expect("ClientMessage", ({ type }) => type === this.atom(name));
  }

  /**
   * The user presses a button in the window, and its client begins to drag a text.
   *
   * @returns the window of ours that stands for the host's programs, and what the host got
   */
  async begin(): Promise<{ target: number; source: FakeObject }> {
    const { stage, window } = this;
    const { desktop, xwayland, host } = stage;
    const { ours, theirs } = window;
    const pointer = desktop.input("wl_pointer");
    const serial = desktop.serial();
    pointer.send("enter", desktop.serial(), theirs.surface, 10, 20);
    pointer.send("button", serial, 0, LEFT, 1);
    pointer.send("frame");
    await eventually("the press", () => xwayland.heard.length === 1);
    ours.x.send("SetSelectionOwner", { owner: ours.id, selection: this.atom("XdndSelection"), time: 0 });
    const target = await eventually("a target that covers the screen", () => {
      const top = xwayland.model.stack.filter(({ mapped }) => mapped).at(-1);
      return top?.properties.has(this.atom("XdndAware")) && top.id !== ours.id && top.id;
    });
    this.say(target, "XdndEnter", XDND_VERSION << 24, this.atom(TEXT));
    const { args } = await host.expect("wl_data_device.start_drag");
    assert.deepEqual([args["origin"], args["serial"]], [theirs.surface, serial]);
    pointer.send("leave", desktop.serial(), theirs.surface);
    pointer.send("frame");
    return { target, source: args["source"] as FakeObject };
  }

  /** The client asks the target, as toolkits do with each motion; resolves to the answer. */
  async asked(target: number): Promise<{ flags: number; action: number }> {
    this.say(target, "XdndPosition", 0, packPlace(1, 1), 0, this.atom("XdndActionCopy"));
    const { data } = await this.told("XdndStatus");
    return { flags: data[1] ?? 0, action: data[4] ?? 0 };
  }

  /** Waits until Xwayland hears that the button is released. */
  async released(): Promise<void> {
    await this.stage.xwayland.client.expect("wl_pointer.button", ({ args }) => args["state"] === 0);
  }

  /** A program of the host's drags something into the window. */
  dragIn(...types: string[]): FakeObject {
    const offer = this.device.create("data_offer");
    for (const type of types) offer.send("offer", type);
    offer.send("source_actions", DndAction.copy | DndAction.move);
    const { desktop } = this.stage;
    this.device.send("enter", desktop.serial(), this.window.theirs.surface, 10, 20, offer);
    return offer;
  }

  /** The client answers the last XdndPosition. */
  answer(target: number, flags: number): void {
    this.say(target, "XdndStatus", flags, 0, 0, flags === REFUSED ? 0 : this.atom("XdndActionCopy"));
  }

  /** The client gives what it drags to who has asked for it. */
  async give(data: string): Promise<EventOf<"SelectionRequest">> {
    const { ours } = this.window;
    const wanted = await ours.expect("SelectionRequest");
    setProperty(ours.x, wanted.requestor, wanted.property, wanted.target, Buffer.from(data));
    const { requestor, selection, target, property, time } = wanted;
    const answer = { requestor, selection, target, property, time } as const;
    ours.x.sendEvent(requestor, EventMask.NoEvent, { name: "SelectionNotify", ...answer });
    return wanted;
  }

  /** The client asks for what was dropped in its window. */
  ask(target: string, time: number): void {
    const { ours } = this.window;
    const selection = this.atom("XdndSelection");
    const names = { selection, target: this.atom(target), property: this.atom("ANSWER") };
    ours.x.send("ConvertSelection", { requestor: ours.id, ...names, time });
  }
}
