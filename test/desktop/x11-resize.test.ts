// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { getProperty, wordsOf } from "../../src/x11/client/properties.ts";
import { StackMode } from "../../src/x11/generated/enums.ts";
import { isSameSize, type Size } from "../../src/xwayland/base/geometry.ts";
import { eventually } from "../support/eventually.ts";
import { scaled } from "../support/patience.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { Sway } from "./support/sway.ts";
import { connectX, DISPLAY, servers, serveX, windowTitled } from "./support/x-programs.ts";
import { type HostWindow, XScene } from "./support/x-scene.ts";

/** A window that is shown, of 200 by 100 pixels. */
async function shown(
  scene: XScene,
  x: X11Connection,
  prepare: (window: XTestWindow) => Promise<void> = async () => {},
): Promise<{ ours: XTestWindow; theirs: HostWindow }> {
  const ours = new XTestWindow(x, { width: 200, height: 100 });
  await prepare(ours);
  ours.map();
  const theirs = await scene.shown("toplevel");
  await scene.host.expect("xdg_surface.ack_configure");
  await scene.host.expect("wl_surface.commit");
  return { ours, theirs };
}

function isSize(size: Size | null, width: number, height: number): boolean {
  return size !== null && isSameSize(size, { width, height });
}

/** A window whose client tells when it has drawn (EWMH, _NET_WM_SYNC_REQUEST). */
class SyncedWindow {
  readonly #x: X11Connection;
  readonly ours: XTestWindow;
  readonly theirs: HostWindow;
  readonly #counter: number;

  private constructor(x: X11Connection, ours: XTestWindow, theirs: HostWindow, counter: number) {
    this.#x = x;
    this.ours = ours;
    this.theirs = theirs;
    this.#counter = counter;
  }

  static async show(scene: XScene, x: X11Connection): Promise<SyncedWindow> {
    const counter = x.allocateId();
    x.send("Sync.CreateCounter", { id: counter, initial_value: 50n });
    const { ours, theirs } = await shown(scene, x, async (window) => {
      await window.set("WM_PROTOCOLS", "ATOM", ["_NET_WM_SYNC_REQUEST"]);
      await window.set("_NET_WM_SYNC_REQUEST_COUNTER", "CARDINAL", [counter]);
    });
    return new SyncedWindow(x, ours, theirs, counter);
  }

  /** What it is asked to set its counter to. */
  async asked(): Promise<bigint> {
    const { data } = await this.ours.expect("ClientMessage", ({ data: [protocol] }) => {
      return protocol === this.#x.atoms.atom("_NET_WM_SYNC_REQUEST");
    });
    return BigInt(data[2] as number) | (BigInt(data[3] as number) << 32n);
  }

  /** How often it was asked. */
  get timesAsked(): number {
    return this.ours.seen("ClientMessage").length;
  }

  sized(width: number): Promise<unknown> {
    return this.ours.expect("ConfigureNotify", (event) => event.width === width);
  }

  answer(value: bigint): void {
    this.#x.send("Sync.SetCounter", { counter: this.#counter, value });
  }
}

for (const server of Object.keys(servers)) {
  const xTest = (name: string, body: (scene: XScene, x: X11Connection) => Promise<void>): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const { scene, x } = await XScene.set(t, server);
      await body(scene, x);
    });
  };

  xTest("a window that is made larger and at once as it was has its old size", async (scene, x) => {
    const { ours, theirs } = await shown(scene, x);
    scene.configured(theirs, 400, 300);
    await scene.accepted(scene.configured(theirs, 200, 100));
    await ours.expect("ConfigureNotify", ({ width }) => width === 400);
    await ours.expect("ConfigureNotify", ({ width }) => width === 200);
    const { width, height } = await x.call("GetGeometry", { drawable: ours.id });
    assert.deepEqual([width, height], [200, 100]);
  });

  xTest("a size that is asked for before the map stays, whatever else is asked for then", async (scene, x) => {
    const ours = new XTestWindow(x, { width: 338, height: 187 });
    x.send("ConfigureWindow", { window: ours.id, width: 752, height: 714 });
    // As XMapRaised does.
    x.send("ConfigureWindow", { window: ours.id, stack_mode: StackMode.Above });
    ours.map();
    const theirs = await scene.shown("toplevel");
    await eventually("it to be shown so", () => isSize(scene.sizeOf(theirs), 752, 714));
    const { width, height } = await x.call("GetGeometry", { drawable: ours.id });
    assert.deepEqual([width, height], [752, 714]);
  });

  xTest("a window that reports when it has drawn is shown in its new size when it has", async (scene, x) => {
    const window = await SyncedWindow.show(scene, x);
    const before = scene.host.inbox.all.length;
    const serial = scene.configured(window.theirs, 400, 300);
    const value = await window.asked();
    await window.sized(400);
    // It would be half drawn. What Xwayland has to say of the new size comes before this.
    await x.call("GetInputFocus");
    await scene.heard();
    const meanwhile = scene.host.inbox.all.slice(before).map(({ name }) => name);
    assert.deepEqual(
      meanwhile.filter((name) => /commit|ack/.test(name)),
      [],
    );
    window.answer(value);
    await scene.host.expect("wl_surface.attach", ({ object }) => object === window.theirs.surface);
    await scene.accepted(serial);
    await scene.host.expect("wl_surface.commit", ({ object }) => object === window.theirs.surface);
  });

  xTest("of the sizes that come while a window is drawn only the last is wanted of it", async (scene, x) => {
    const window = await SyncedWindow.show(scene, x);
    const first = scene.configured(window.theirs, 400, 300);
    const value = await window.asked();
    for (let width = 410; width < 500; width += 10) scene.configured(window.theirs, width, 300);
    const last = scene.configured(window.theirs, 500, 300);
    await scene.heard();
    await window.sized(400);
    window.answer(value);
    await scene.accepted(first);
    const next = await window.asked();
    assert.ok(next > value);
    await window.sized(500);
    window.answer(next);
    await scene.accepted(last);
    assert.equal(window.timesAsked, 2);
    const sizes = window.ours.seen("ConfigureNotify").map(({ width }) => width);
    assert.deepEqual([...new Set(sizes)], [200, 400, 500]);
  });

  xTest("a window that does not report it is waited for a second, once", async (scene, x) => {
    const window = await SyncedWindow.show(scene, x);
    const before = performance.now();
    const first = scene.configured(window.theirs, 400, 300);
    const value = await window.asked();
    await scene.accepted(first);
    assert.ok(performance.now() - before >= 999);
    const second = scene.configured(window.theirs, 500, 300);
    await scene.accepted(second);
    assert.equal(window.timesAsked, 1);
    // It was only slow.
    window.answer(value);
    await x.sync();
    const [allowed] = await x.atoms.intern(["_XWAYLAND_ALLOW_COMMITS"]);
    // Held back, shown after a second, and the answer.
    const changes = () => window.ours.seen("PropertyNotify").filter(({ atom }) => atom === allowed);
    await eventually("the answer to be seen", () => changes().length === 3);
    scene.configured(window.theirs, 600, 300);
    window.answer(await window.asked());
  });

  xTest("a window that goes while it is drawn is shown when it returns", async (scene, x) => {
    const window = await SyncedWindow.show(scene, x);
    scene.configured(window.theirs, 400, 300);
    await window.asked();
    window.ours.unmap();
    await scene.host.expect("xdg_surface.destroy");
    window.ours.map();
    const again = await scene.shown("toplevel");
    await scene.host.expect("xdg_surface.ack_configure");
    await scene.host.expect("wl_surface.attach", ({ object }) => object === again.surface);
  });
}

/** How long after its window was mapped a client asks for another size, in milliseconds. */
const delays = [0, 5, 10, 20, 30, 50, 80, 120];

for (const [name, server] of Object.entries(servers)) {
  desktopTest(
    `a size that is asked for just after the map stays, also when the keyboard goes elsewhere, by ${name}`,
    { on: ["sway", "weston-seat"] },
    async (desktop) => {
      await serveX(desktop, server);
      // sway has no keyboard otherwise.
      await desktop.compositor.input();
      using x = await connectX();
      for (const delay of delays) {
        const ours = new XTestWindow(x, { width: 100, height: 80, title: `after ${delay}` });
        await x.sync();
        ours.map();
        await x.sync();
        if (delay > 0) await pause(delay);
        x.send("ConfigureWindow", { window: ours.id, width: 410, height: 140 });
        const [active] = await x.atoms.intern(["_NET_ACTIVE_WINDOW"]);
        const isActive = async (id: number): Promise<boolean> => {
          const value = await getProperty(x, x.setup.root, active as number);
          return wordsOf(value)[0] === id;
        };
        await eventually("it to have the keyboard", () => isActive(ours.id));
        const sized = async (): Promise<boolean> => {
          const { width, height } = await x.call("GetGeometry", { drawable: ours.id });
          return width === 410 && height === 140;
        };
        await eventually(`its new size after ${delay} ms`, sized);
        // Its host has told it something when another window has the keyboard.
        const other = new XTestWindow(x, { title: `other ${delay}` });
        other.map();
        await eventually("the other to have the keyboard", () => isActive(other.id));
        await desktop.still("both", () => true);
        assert.ok(await sized(), `its size ${delay} ms after the map, once another window has the keyboard`);
        if (desktop.compositor instanceof Sway) {
          const { rect } = await windowTitled(desktop, `[vm] after ${delay}`);
          assert.deepEqual([rect.width, rect.height], [410, 140]);
        }
        ours.destroy();
        other.destroy();
      }
    },
  );

  desktopTest(`a GTK 3 program reports when it has drawn a new size, by ${name}`, { on: ["sway"] }, async (desktop) => {
    const proxied = await serveX(desktop, server, "-v", "--log-filter", "wl_display.error");
    const env = { GDK_BACKEND: "x11", DISPLAY };
    const program = desktop.start(proxied, "gtk3-demo", ["--run=clipboard"], { env });
    await windowTitled(desktop, "[vm] Clipboard");
    const times = (what: RegExp): number => (proxied.proxy?.output.match(what) ?? []).length;
    const answer = /<- Sync\.AlarmNotify\(.*state=Inactive/g;
    for (const width of [500, 600, 700]) {
      const answers = times(answer);
      await desktop.sway.message('[title="Clipboard"]', "resize", "set", String(width), "400");
      await eventually("its answer", () => times(answer) > answers);
      await eventually(
        "its new size",
        async () => (await windowTitled(desktop, "[vm] Clipboard")).rect.width === width,
      );
    }
    assert.equal(times(/-> \d+ Sync\.CreateAlarm/g), times(answer), "it always answers");
    await program.stop();
  });
}
