// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { pipe } from "../../src/native/pipe.ts";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { sendXdnd, xdndAtoms } from "../../src/xwayland/dnd/xdnd.ts";
import { eventually } from "../support/eventually.ts";
import type { FakeObject } from "../support/fake-object.ts";
import type { Received } from "../support/inbox.ts";
import { scaled } from "../support/patience.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { XDragSource } from "./support/x-drag-source.ts";
import { servers } from "./support/x-programs.ts";
import { type HostWindow, type SceneOptions, XScene } from "./support/x-scene.ts";

const globals = ["wl_data_device_manager 3"];

/** BTN_LEFT of the kernel's. */
const LEFT = 0x110;

/** wl_data_device_manager.dnd_action */
const COPY = 1;

/** The host's side of drags. */
class HostDrags {
  readonly #scene: XScene;

  constructor(scene: XScene) {
    this.#scene = scene;
  }

  get device(): FakeObject {
    const { all } = this.#scene.host.inbox;
    const made = all.find(({ name }) => name === "wl_data_device_manager.get_data_device");
    assert.ok(made, "nobody wants to drag");
    return made.objectArg("id");
  }

  /** The pointer enters a window, and its left button is pressed there. @returns the serial of that */
  press({ surface }: HostWindow, x: number, y: number): number {
    const pointer = this.#scene.input("wl_pointer");
    pointer.send("enter", this.#scene.serial(), surface, x, y);
    pointer.send("frame");
    const serial = this.#scene.serial();
    pointer.send("button", serial, 0, LEFT, 1);
    pointer.send("frame");
    return serial;
  }

  release(): void {
    const pointer = this.#scene.input("wl_pointer");
    pointer.send("button", this.#scene.serial(), 0, LEFT, 0);
    pointer.send("frame");
  }

  /** Waits until an X client drags, and takes the pointer away from it as hosts do. @returns its wl_data_source */
  async begun({ surface }: HostWindow, serial: number): Promise<{ source: FakeObject; icon: FakeObject | null }> {
    const { args } = await this.#scene.host.expect("wl_data_device.start_drag");
    assert.deepEqual([args["origin"], args["serial"]], [surface, serial]);
    const pointer = this.#scene.input("wl_pointer");
    pointer.send("leave", this.#scene.serial(), surface);
    pointer.send("frame");
    return { source: args["source"] as FakeObject, icon: args["icon"] as FakeObject | null };
  }

  /** Something is dragged over a window. */
  enter({ surface }: HostWindow, x: number, y: number, ...types: string[]): FakeObject {
    const { device } = this;
    const offer = device.create("data_offer");
    for (const type of types) offer.send("offer", type);
    offer.send("source_actions", COPY);
    device.send("enter", this.#scene.serial(), surface, x, y, offer);
    return offer;
  }

  /** The types of what an X client drags. */
  typesOf(source: FakeObject): string[] {
    const { all } = this.#scene.host.inbox;
    const offers = all.filter(({ name, object }) => name === "wl_data_source.offer" && object === source);
    return offers.map(({ args }) => String(args["mime_type"]));
  }
}

/** An X window over which things can be dragged. */
class Target {
  readonly ours: XTestWindow;
  readonly theirs: HostWindow;

  private constructor(ours: XTestWindow, theirs: HostWindow) {
    this.ours = ours;
    this.theirs = theirs;
  }

  static async show(scene: XScene, x: X11Connection): Promise<Target> {
    await x.atoms.intern(xdndAtoms);
    const properties = { XdndAware: { type: "ATOM", value: [5] } };
    const ours = await XTestWindow.show(x, { title: "target", width: 320, height: 240, properties });
    const theirs = await scene.shown("toplevel");
    await scene.host.expect("xdg_surface.ack_configure");
    return new Target(ours, theirs);
  }

  /** The next message of XDND; @returns its numbers */
  async told(name: string): Promise<readonly number[]> {
    const [type] = await this.ours.x.atoms.intern([name]);
    return (await this.ours.expect("ClientMessage", (event) => event.type === type)).data;
  }

  answer(source: number, name: string, ...data: number[]): void {
    sendXdnd(this.ours.x, source, source, name, [this.ours.id, ...data]);
  }
}

for (const server of Object.keys(servers)) {
  const xTest = (
    name: string,
    body: (scene: XScene, x: X11Connection, drags: HostDrags) => Promise<void>,
    options: SceneOptions = { globals },
  ): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const { scene, x } = await XScene.set(t, server, options);
      await body(scene, x, new HostDrags(scene));
    });
  };

  const showSource = async (scene: XScene): Promise<{ ours: XDragSource; theirs: HostWindow }> => {
    const ours = await XDragSource.show(await scene.connect(), "dragged");
    const theirs = await scene.shown("toplevel");
    await scene.host.expect("xdg_surface.ack_configure");
    return { ours, theirs };
  };

  xTest(
    "what an X client drags is let go when the user gives up, and can be dragged again",
    async (scene, _x, drags) => {
      const { ours, theirs } = await showSource(scene);
      for (let i = 0; i < 2; i++) {
        const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
        if (i === 0) {
          // It would be taken, and is given up by a key.
          source.send("target", "text/plain;charset=utf-8");
          source.send("action", COPY);
        }
        source.send("cancelled");
        assert.equal(await ours.ended(i), "left");
        assert.equal((await scene.host.expect("wl_data_source.destroy")).object, source);
      }
    },
  );

  xTest("what an X client drags is dropped on a window of the host's", async (scene, _x, drags) => {
    const { ours, theirs } = await showSource(scene);
    const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
    source.send("target", "text/plain;charset=utf-8");
    source.send("action", COPY);
    source.send("dnd_drop_performed");
    assert.equal(await ours.ended(0), "dropped");
    // The data is still on its way when the user goes on.
    drags.press(theirs, 20, 30);
    await eventually("the press", () => ours.presses === 2);
    drags.release();
    source.send("dnd_finished");
    assert.equal((await scene.host.expect("wl_data_source.destroy")).object, source);
    await eventually("the source to be told", () => ours.finished.length > 0);
    assert.deepEqual(ours.finished, [true]);
  });

  xTest(
    "a window of the host's that asks at once for what is dropped on it gets it, and may give it back",
    async (scene, _x, drags) => {
      const { ours, theirs } = await showSource(scene);
      for (let i = 0; i < 2; i++) {
        const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
        source.send("target", "text/plain;charset=utf-8");
        source.send("action", COPY);
        source.send("dnd_drop_performed");
        const [read, write] = pipe();
        source.send("send", "text/plain;charset=utf-8", write);
        assert.equal(await text(createReadStream("", { fd: read.take() })), "dragged");
        source.send(i === 0 ? "dnd_finished" : "cancelled");
        await eventually("the source to be told", () => ours.finished.length > i);
        await scene.host.expect("wl_data_source.destroy");
      }
    },
  );

  xTest("what was accepted over an X window is so no more where the host has nothing", async (scene, x, drags) => {
    const { theirs } = await showSource(scene);
    const target = await Target.show(scene, x);
    const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
    source.send("target", "text/plain;charset=utf-8");
    source.send("action", COPY);
    drags.enter(target.theirs, 150, 160, ...drags.typesOf(source));
    await target.told("XdndPosition");
    // wlroots says no more than that.
    drags.device.send("leave");
    await target.told("XdndLeave");
    scene.log.length = 0;
    await eventually("the source to be refused", () =>
      scene.log.some((line) => /XdndStatus, data=\[\d+, 0,/.test(line)),
    );
  });

  xTest("an X window that the pointer only crosses does not stay above our own", async (scene, x, drags) => {
    const target = await Target.show(scene, x);
    const { theirs } = await showSource(scene);
    const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
    const top = async (): Promise<number | undefined> => {
      const { children } = await x.call("QueryTree", { window: x.setup.root });
      return children.at(-1);
    };
    const ours = await top();
    assert.notEqual(ours, target.ours.id);
    // Into the window and out of it at once, so that it is raised only when it was left.
    for (let i = 0; i < 5; i++) {
      drags.enter(target.theirs, 30, 40, ...drags.typesOf(source));
      drags.device.send("leave");
    }
    // The raise needs the host's pong, which comes behind this.
    for (let i = 0; i < 5; i++) await scene.heard();
    await eventually("our window above all others", async () => (await top()) === ours);
  });

  xTest("a client that ends while it drags ends the drag, and leaves no button pressed", async (scene, x, drags) => {
    const other = await Target.show(scene, x);
    for (let i = 0; i < 3; i++) {
      const { ours, theirs } = await showSource(scene);
      await drags.begun(theirs, drags.press(theirs, 20, 30));
      ours.x.close();
      await scene.host.expect("wl_data_source.destroy");
      drags.press(other.theirs, 5, 6);
      const { state } = await other.ours.expect("ButtonPress");
      assert.equal(state, 0, "another button is pressed still");
      drags.release();
      await other.ours.expect("ButtonRelease");
    }
  });

  xTest("a drag that the host does not take up ends with the button", async (scene, x, drags) => {
    const other = await Target.show(scene, x);
    const { ours, theirs } = await showSource(scene);
    for (let i = 0; i < 2; i++) {
      drags.press(theirs, 20, 30);
      // Too late, perhaps: the host says nothing to that.
      const { args } = await scene.host.expect("wl_data_device.start_drag");
      drags.release();
      assert.equal(await ours.ended(i), "left");
      assert.equal((await scene.host.expect("wl_data_source.destroy")).object, args["source"]);
    }
    drags.press(other.theirs, 5, 6);
    await other.ours.expect("ButtonPress");
    drags.release();
    await other.ours.expect("ButtonRelease");
  });

  xTest("a drag that the host has not taken up ends with the pointer elsewhere", async (scene, x, drags) => {
    const other = await Target.show(scene, x);
    const { theirs } = await showSource(scene);
    // The screen is locked as soon as the button is down, which is released there.
    const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
    for (let i = 0; i < 2; i++) {
      drags.press(other.theirs, 5, 6);
      const { state } = await other.ours.expect("ButtonPress");
      assert.equal(state, 0, "another button is pressed still");
      drags.release();
      await other.ours.expect("ButtonRelease");
    }
    assert.equal((await scene.host.expect("wl_data_source.destroy")).object, source);
  });

  xTest("an X window that refuses what an X client drags gets nothing", async (scene, x, drags) => {
    const { ours, theirs } = await showSource(scene);
    const target = await Target.show(scene, x);
    const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
    drags.enter(target.theirs, 150, 160, ...drags.typesOf(source));
    await target.told("XdndEnter");
    const [from = 0, , place] = await target.told("XdndPosition");
    assert.equal(place, (150 << 16) | 160);
    target.answer(from, "XdndStatus", 0);
    drags.device.send("drop");
    assert.equal(await ours.ended(0), "left");
    await target.told("XdndLeave");
  });

  xTest("an X window that goes while an X client drags over it costs the drag nothing", async (scene, x, drags) => {
    const { ours, theirs } = await showSource(scene);
    const target = await Target.show(scene, x);
    const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
    const offer = drags.enter(target.theirs, 150, 160, ...drags.typesOf(source));
    const [from = 0] = await target.told("XdndPosition");
    target.answer(from, "XdndStatus", 1, 0, 0, x.atoms.atom("XdndActionCopy"));
    target.ours.destroy();
    await scene.host.expect("xdg_toplevel.destroy");
    drags.device.send("leave");
    await scene.host.expect("wl_data_offer.destroy", ({ object }) => object === offer);
    source.send("target", "text/plain;charset=utf-8");
    source.send("action", COPY);
    source.send("dnd_drop_performed");
    assert.equal(await ours.ended(0), "dropped");
    source.send("dnd_finished");
    await scene.host.expect("wl_data_source.destroy");
  });

  xTest("an X window may refuse what is dragged from the host, or see it go", async (scene, x, drags) => {
    const target = await Target.show(scene, x);
    for (const end of ["drop", "leave"]) {
      const offer = drags.enter(target.theirs, 40, 50, "text/plain;charset=utf-8");
      await target.told("XdndEnter");
      const [from = 0, , place] = await target.told("XdndPosition");
      assert.equal(place, (40 << 16) | 50);
      target.answer(from, "XdndStatus", 0);
      assert.equal((await scene.host.expect("wl_data_offer.accept")).arg("mime_type"), null);
      drags.device.send(end);
      await target.told("XdndLeave");
      assert.equal((await scene.host.expect("wl_data_offer.destroy")).object, offer);
    }
  });

  xTest("an X window that goes with what was dropped on it is not waited for", async (scene, x, drags) => {
    const target = await Target.show(scene, x);
    const offer = drags.enter(target.theirs, 40, 50, "text/plain;charset=utf-8");
    const [from = 0] = await target.told("XdndPosition");
    target.answer(from, "XdndStatus", 1, 0, 0, x.atoms.atom("XdndActionCopy"));
    assert.notEqual((await scene.host.expect("wl_data_offer.accept")).arg("mime_type"), null);
    drags.device.send("drop");
    await target.told("XdndDrop");
    const before = performance.now();
    target.ours.destroy();
    await scene.host.expect("wl_data_offer.destroy", ({ object }) => object === offer);
    assert.ok(performance.now() - before < scaled(5000));
  });

  xTest("what an X client shows under the pointer is the host's to show there", async (scene, _x, drags) => {
    const { ours, theirs } = await showSource(scene);
    ours.showIcon(48, 32, 4);
    for (let i = 0; i < 2; i++) {
      const { source, icon } = await drags.begun(theirs, drags.press(theirs, 20, 30));
      assert.ok(icon);
      const isOfIcon = ({ object }: Received) => object === icon;
      const moved = await scene.host.expect(icon.version < 5 ? "wl_surface.attach" : "wl_surface.offset", isOfIcon);
      const [left, top] = [moved.arg("x") as number, moved.arg("y") as number];
      // The pointer is moved by a pixel meanwhile, so that the client looks.
      assert.ok(left >= 3 && left <= 5 && top === 4, `${left} ${top}`);
      const { all } = scene.host.inbox;
      const hasContent = await eventually("its content", () => {
        const attached = all
          .map(({ name, object }) => name === "wl_surface.attach" && object === icon)
          .lastIndexOf(true);
        return all.slice(attached).some(({ name, object }) => name === "wl_surface.commit" && object === icon);
      });
      assert.ok(hasContent);
      source.send("cancelled");
      await ours.ended(i);
      await scene.host.expect("wl_surface.destroy", isOfIcon);
    }
    assert.equal(scene.host.inbox.count("xdg_surface.get_popup"), 0);
  });

  xTest(
    "the place of a drag is reported in the pixels that X clients know",
    async (scene, x, drags) => {
      const { ours, theirs } = await showSource(scene);
      const target = await Target.show(scene, x);
      const { source } = await drags.begun(theirs, drags.press(theirs, 20, 30));
      drags.enter(target.theirs, 100, 80, ...drags.typesOf(source));
      await target.told("XdndEnter");
      assert.equal((await target.told("XdndPosition"))[2], (150 << 16) | 120);
      drags.device.send("motion", 0, 101.5, 82);
      assert.equal((await target.told("XdndPosition"))[2], (152 << 16) | 123);
      const [first] = ours.places;
      // It is moved by a pixel again and again, so that a client looks.
      assert.ok(first?.[0] === 30 || first?.[0] === 31, `from ${first}`);
      assert.equal(first[1], 45);
      source.send("cancelled");
      drags.device.send("leave");
      await ours.ended(0);
      drags.enter(target.theirs, 60, 61, "text/plain;charset=utf-8");
      await target.told("XdndEnter");
      assert.equal((await target.told("XdndPosition"))[2], (90 << 16) | 92);
    },
    { globals: [...globals, "wp_viewporter 1"], unscale: 1.5 },
  );
}
