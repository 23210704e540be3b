// SPDX-License-Identifier: Apache-2.0
/** What clients do at bad moments, and too often: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { EventMask } from "../../../src/x11/generated/enums.ts";
import { eventually } from "../../support/eventually.ts";
import { Gate } from "../../support/gate.ts";
import { WmStage } from "../../support/wm-stage.ts";
import { XTestWindow } from "../../support/x-test-window.ts";

/** How often the window manager has made a request about a window. */
function count({ xwayland }: WmStage, request: string, window: number): number {
  return xwayland.model.requests.filter(({ name, args }) => name === request && args["window"] === window).length;
}

describe("a window", () => {
  it("that its client maps a thousand times before we can is read and mapped once, or a few times", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { model } = stage.xwayland;
    const window = new XTestWindow(x);
    await x.call("GetInputFocus");
    model.manager?.pause();
    for (let times = 0; times < 1000; times++) window.map();
    await x.call("GetInputFocus");
    model.manager?.resume();
    await stage.desktop.shown("toplevel");
    await stage.settled(x);
    assert.equal(stage.log.filter((line) => line.includes("<- MapRequest(")).length, 1000);
    assert.equal(count(stage, "MapWindow", window.id), 1);
    assert.ok(count(stage, "GetProperty", window.id) < 100, `${count(stage, "GetProperty", window.id)} reads`);
  });

  it("that is hidden and shown again at once ends up shown, once", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { ours } = await stage.show(x);
    for (let times = 0; times < 10; times++) {
      ours.unmap();
      ours.map();
    }
    ours.unmap();
    ours.map();
    await stage.settled(x);
    await eventually("its content", () => stage.desktop.windows.some(({ isMapped }) => isMapped));
    await stage.settled(x);
    assert.equal(stage.desktop.windows.length, 1);
  });

  it("that comes and goes at once costs nobody else anything", async (t) => {
    const { stage, x } = await WmStage.set(t);
    for (let index = 0; index < 30; index++) {
      const window = new XTestWindow(x, { overrideRedirect: index % 2 === 0 });
      window.map();
      if (index % 3 === 0) await x.call("GetInputFocus");
      if (index % 3 === 1) window.unmap();
      window.destroy();
    }
    await stage.settled(x);
    assert.deepEqual(stage.desktop.windows, []);
    new XTestWindow(x, { width: 77 }).map();
    await eventually("a window that stays", () => {
      const [window, another] = stage.desktop.windows;
      return window !== undefined && another === undefined && `${stage.desktop.contentSize(window)}` === "77,100";
    });
  });

  it("with an id that was used before is another window", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const first = await stage.show(x, { width: 100 });
    first.ours.destroy();
    const second = await stage.show(x, { id: first.ours.id, width: 120 });
    assert.ok(!first.theirs.role.alive);
    assert.deepEqual(stage.desktop.contentSize(second.theirs), [120, 100]);
  });

  it("keeps its surface, whatever other clients say of surfaces", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const victim = await stage.show(x);
    const thief = await stage.show(await stage.connect());
    for (const name of ["WL_SURFACE_ID", "WL_SURFACE_SERIAL"]) {
      for (let id = 1; id < 60; id++) await thief.ours.ask(name, id, 0);
    }
    await stage.settled(thief.ours.x);
    assert.ok(victim.theirs.surface.alive && thief.theirs.surface.alive);
    assert.equal(stage.host.inbox.count("xdg_toplevel.destroy"), 0);
  });

  it("stays away if its client withdraws it before it is mapped", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { model } = stage.xwayland;
    const window = new XTestWindow(x);
    await x.call("GetInputFocus");
    model.manager?.pause();
    window.map();
    // ICCCM 4.1.4: an UnmapWindow that means nothing, and an event for the window manager.
    window.unmap();
    x.sendEvent(x.setup.root, EventMask.SubstructureNotify | EventMask.SubstructureRedirect, {
      name: "UnmapNotify",
      event: x.setup.root,
      window: window.id,
      from_configure: false,
    });
    await x.call("GetInputFocus");
    model.manager?.resume();
    await stage.settled(x);
    await stage.show(x);
    await stage.settled(x);
    assert.equal(stage.desktop.windows.length, 1);
  });

  it("gets each size of a storm of them that counts, and acknowledges no serial twice", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { ours, theirs } = await stage.show(x);
    let last = 0;
    for (let step = 0; step < 100; step++) last = stage.desktop.configure(theirs, 200 + step, 150 + step);
    await stage.host.expect("xdg_surface.ack_configure", ({ args }) => args["serial"] === last);
    await ours.expect("ConfigureNotify", ({ width, height }) => width === 299 && height === 249);
    const { all } = stage.host.inbox;
    const serials = all.flatMap(({ name, args }) => (name === "xdg_surface.ack_configure" ? [args["serial"]] : []));
    assert.equal(new Set(serials).size, serials.length);
  });

  it("that vanishes while the host configures it is not spoken of again", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { desktop } = stage;
    const { ours, theirs } = await stage.show(x);
    // The host's message crosses with the end of the window.
    stage.host.deletesIds = false;
    ours.destroy();
    await stage.host.expect("xdg_surface.destroy");
    theirs.role.send("configure", 500, 400, new Uint8Array(0));
    const crossed = desktop.serial();
    theirs.xdgSurface.send("configure", crossed);
    await stage.settled(x);
    const acknowledged = stage.host.inbox.all.filter(({ name, args }) => {
      return name === "xdg_surface.ack_configure" && args["serial"] === crossed;
    });
    assert.deepEqual(acknowledged, []);
  });

  it("gets the size that its client asks for, or an answer that says that it does not", async (t) => {
    const { stage, x } = await WmStage.set(t);
    const { ours, theirs } = await stage.show(x);
    x.send("ConfigureWindow", { window: ours.id, width: 222, height: 111 });
    await ours.expect("ConfigureNotify", ({ width, height }) => width === 222 && height === 111);
    const MAXIMIZED = 1;
    stage.desktop.configure(theirs, 640, 480, MAXIMIZED);
    await ours.expect("ConfigureNotify", ({ width, height }) => width === 640 && height === 480);
    x.send("ConfigureWindow", { window: ours.id, width: 100, height: 100 });
    const refusal = await ours.expect("ConfigureNotify");
    assert.deepEqual([refusal.sendEvent, refusal.width, refusal.height], [true, 640, 480]);
    x.send("ConfigureWindow", { window: ours.id, x: 300, y: 300 });
    const { sendEvent, ...place } = await ours.expect("ConfigureNotify");
    assert.ok(sendEvent);
    assert.deepEqual([place.x, place.y, place.width], [0, 0, 640]);
  });
});

describe("a window that Wayland announces long after X", () => {
  /** A stage on which Xwayland's surfaces come only once the gate is open. */
  async function late(t: TestContext): Promise<{ stage: WmStage; x: X11Connection; gate: Gate }> {
    const gate = new Gate();
    const hooks = [{ requests: { wl_compositor: { create_surface: () => gate.hook() } } }];
    return { ...(await WmStage.set(t, { hooks })), gate };
  }

  it("is shown", async (t) => {
    const { stage, x, gate } = await late(t);
    for (const width of [101, 102]) await XTestWindow.show(x, { width });
    await gate.entered;
    await x.call("GetInputFocus");
    gate.open();
    for (const width of [101, 102]) {
      const window = await stage.desktop.shown("toplevel");
      await eventually("its content", () => `${stage.desktop.contentSize(window)}` === `${width},100`);
    }
  });

  it("is not shown if X has forgotten it by then, but the next one with its id is", async (t) => {
    const { stage, x, gate } = await late(t);
    const gone = await XTestWindow.show(x, { width: 101 });
    await gate.entered;
    await x.call("GetInputFocus");
    gone.destroy();
    await XTestWindow.show(x, { id: gone.id, width: 102 });
    await eventually("the window manager to know", () => stage.log.some((line) => line.startsWith("<- DestroyNotify")));
    gate.open();
    const next = await stage.desktop.shown("toplevel");
    await eventually("its content", () => `${stage.desktop.contentSize(next)}` === "102,100");
    assert.equal(stage.host.inbox.count("xdg_surface.get_toplevel"), 1);
  });
});
