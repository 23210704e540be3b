// SPDX-License-Identifier: Apache-2.0
/** Clients that tell when they have drawn a new size: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { eventually } from "../../support/eventually.ts";
import { type StagedWindow, WmStage } from "../../support/wm-stage.ts";

/** A window whose client tells when it has drawn (EWMH, _NET_WM_SYNC_REQUEST), on a stage. */
class SyncedWindow {
  readonly stage: WmStage;
  readonly x: X11Connection;
  readonly #window: StagedWindow;
  readonly #counter: number;

  private constructor(stage: WmStage, x: X11Connection, window: StagedWindow, counter: number) {
    this.stage = stage;
    this.x = x;
    this.#window = window;
    this.#counter = counter;
  }

  static async show(t: TestContext): Promise<SyncedWindow> {
    const { stage, x } = await WmStage.set(t);
    const counter = x.allocateId();
    const window = await stage.show(x, {
      protocols: ["_NET_WM_SYNC_REQUEST"],
      properties: { _NET_WM_SYNC_REQUEST_COUNTER: { type: "CARDINAL", value: [counter] } },
    });
    return new SyncedWindow(stage, x, window, counter);
  }

  get ours(): StagedWindow["ours"] {
    return this.#window.ours;
  }

  /** The desktop gives it a size; @returns the serial. */
  configure(width: number): number {
    return this.stage.desktop.configure(this.#window.theirs, width, 300);
  }

  /** What it is asked to set its counter to. */
  async asked(): Promise<bigint> {
    const { data } = await this.ours.told("_NET_WM_SYNC_REQUEST");
    return BigInt(data[2] as number) | (BigInt(data[3] as number) << 32n);
  }

  /** How often it was asked. */
  get timesAsked(): number {
    return this.ours.seen("ClientMessage").length;
  }

  sized(width: number): Promise<unknown> {
    return this.ours.expect("ConfigureNotify", (event) => event.width === width);
  }

  /** It has drawn. */
  answer(value: bigint): void {
    this.x.send("Sync.SetCounter", { counter: this.#counter, value });
  }

  /** Waits until the desktop has its word that it is as that configure event said. */
  async accepted(serial: number): Promise<void> {
    await this.stage.host.expect("xdg_surface.ack_configure", ({ args }) => args["serial"] === serial);
  }

  /** How wide the content is that the desktop has. */
  get shownWidth(): number | undefined {
    return this.stage.desktop.contentSize(this.#window.theirs)?.[0];
  }
}

describe("a window whose client reports when it has drawn", () => {
  it("is shown in its new size when it has", async (t) => {
    const window = await SyncedWindow.show(t);
    const before = window.stage.host.inbox.all.length;
    const serial = window.configure(400);
    const value = await window.asked();
    await window.sized(400);
    await window.stage.settled(window.x);
    const meanwhile = window.stage.host.inbox.all.slice(before).map(({ name }) => name);
    assert.ok(!meanwhile.includes("xdg_surface.ack_configure"));
    window.answer(value);
    await window.accepted(serial);
    await eventually("its content", () => window.shownWidth === 400);
  });

  it("is to draw the last alone of the sizes that come while it draws", async (t) => {
    const window = await SyncedWindow.show(t);
    const first = window.configure(400);
    const value = await window.asked();
    let last = 0;
    for (let width = 410; width <= 500; width += 10) last = window.configure(width);
    await window.sized(400);
    await window.stage.settled(window.x);
    window.answer(value);
    await window.accepted(first);
    const next = await window.asked();
    assert.ok(next > value);
    await window.sized(500);
    window.answer(next);
    await window.accepted(last);
    assert.equal(window.timesAsked, 2);
    const widths = window.ours.seen("ConfigureNotify").map(({ width }) => width);
    assert.deepEqual([...new Set(widths)], [200, 400, 500]);
  });

  it("is waited for a second, once, and again when it was only slow", async (t) => {
    const window = await SyncedWindow.show(t);
    const before = performance.now();
    const first = window.configure(400);
    const value = await window.asked();
    await window.accepted(first);
    assert.ok(performance.now() - before >= 999);
    await window.accepted(window.configure(500));
    assert.equal(window.timesAsked, 1);
    window.answer(value);
    await window.stage.settled(window.x);
    window.configure(600);
    window.answer(await window.asked());
    await window.sized(600);
  });

  it("is shown when it returns after it has gone while it drew", async (t) => {
    const window = await SyncedWindow.show(t);
    const { ours, stage } = window;
    window.configure(400);
    await window.asked();
    ours.unmap();
    await stage.host.expect("xdg_surface.destroy");
    ours.map();
    const again = await stage.desktop.shown("toplevel");
    await stage.host.expect("wl_surface.commit", () => again.isMapped);
    await ours.becomes("_XWAYLAND_ALLOW_COMMITS", ([allowed]) => allowed === 1);
  });
});

it("a window that is made larger and at once as it was has its old size", async (t) => {
  const { stage, x } = await WmStage.set(t);
  const { ours, theirs } = await stage.show(x);
  stage.desktop.configure(theirs, 400, 300);
  const last = stage.desktop.configure(theirs, 200, 100);
  await stage.host.expect("xdg_surface.ack_configure", ({ args }) => args["serial"] === last);
  await ours.expect("ConfigureNotify", ({ width }) => width === 200);
  await eventually("content of that size", () => `${stage.desktop.contentSize(theirs)}` === "200,100");
});
