// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { EventMask } from "../../src/x11/generated/enums.ts";
import { Gate } from "../support/gate.ts";
import { scaled } from "../support/patience.ts";
import { XTestWindow } from "../support/x-test-window.ts";
import { servers } from "./support/x-programs.ts";
import { XScene } from "./support/x-scene.ts";

for (const server of Object.keys(servers)) {
  const xTest = (name: string, body: (scene: XScene, x: X11Connection) => Promise<void>): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const { scene, x } = await XScene.set(t, server);
      await body(scene, x);
    });
  };

  /** Shows one more window, to see that all still works. */
  const worksStill = async (scene: XScene, x: X11Connection): Promise<void> => {
    const last = new XTestWindow(x);
    await last.set("WM_NORMAL_HINTS", "WM_SIZE_HINTS", [16, 0, 0, 0, 0, 77, 78, ...Array(11).fill(0)]);
    last.map();
    await scene.host.expect("xdg_toplevel.set_min_size", ({ args }) => args["width"] === 77);
    await scene.host.expect("xdg_surface.ack_configure");
  };

  xTest("windows that come and go at once cost nobody else anything", async (scene, x) => {
    for (let i = 0; i < 30; i++) {
      const window = new XTestWindow(x, { overrideRedirect: i % 2 === 0 });
      window.map();
      if (i % 3 === 0) await x.sync();
      if (i % 3 === 1) window.unmap();
      window.destroy();
    }
    await worksStill(scene, x);
  });

  xTest("a window that is hidden and shown again at once ends up shown, once", async (scene, x) => {
    const window = new XTestWindow(x);
    window.map();
    await scene.shown("toplevel");
    for (let i = 0; i < 10; i++) {
      window.unmap();
      window.map();
    }
    window.unmap();
    window.map();
    await x.sync();
    await worksStill(scene, x);
    const { inbox } = scene.host;
    // The last one, and the one that looks whether all works.
    assert.equal(inbox.count("xdg_surface.get_toplevel") - inbox.count("xdg_toplevel.destroy"), 2);
  });

  xTest("an id that is used again is another window", async (scene, x) => {
    const first = new XTestWindow(x, { width: 100 });
    first.map();
    const { role } = await scene.shown("toplevel");
    first.destroy();
    const second = new XTestWindow(x, { id: first.id, width: 120 });
    second.map();
    assert.equal((await scene.host.expect("xdg_toplevel.destroy")).object, role);
    await scene.shown("toplevel");
    await worksStill(scene, x);
  });

  xTest("a window that becomes part of another one is none any more, until it is one again", async (scene, x) => {
    const main = new XTestWindow(x, { width: 300 });
    main.map();
    await scene.shown("toplevel");
    const guest = new XTestWindow(x, { width: 100 });
    guest.map();
    const { role } = await scene.shown("toplevel");
    x.send("ReparentWindow", { window: guest.id, parent: main.id, x: 0, y: 0 });
    assert.equal((await scene.host.expect("xdg_toplevel.destroy")).object, role);
    x.send("ReparentWindow", { window: guest.id, parent: x.setup.root, x: 0, y: 0 });
    await scene.shown("toplevel");
  });

  xTest("a client cannot claim another window's surface", async (scene, x) => {
    const window = new XTestWindow(x);
    window.map();
    const { surface } = await scene.shown("toplevel");
    const thief = new XTestWindow(await scene.connect());
    thief.map();
    const second = await scene.shown("toplevel");
    const names = ["WL_SURFACE_ID", "WL_SURFACE_SERIAL"];
    await thief.x.atoms.intern(names);
    for (const name of names) {
      for (let id = 1; id < 60; id++) {
        thief.x.sendEvent(thief.x.setup.root, EventMask.SubstructureRedirect | EventMask.SubstructureNotify, {
          name: "ClientMessage",
          format: 32,
          window: thief.id,
          type: thief.x.atoms.atom(name),
          data: [id, 0, 0, 0, 0],
        });
      }
    }
    await thief.x.sync();
    await worksStill(scene, x);
    assert.ok(surface.alive && second.surface.alive);
    assert.equal(scene.host.inbox.count("xdg_toplevel.destroy"), 0);
  });

  xTest("a window that vanishes while the host configures it is not spoken of again", async (scene, x) => {
    const window = new XTestWindow(x);
    scene.configureToplevel = (role) => {
      window.destroy();
      role.send("configure", 500, 400, new Uint8Array(0));
    };
    window.map();
    await scene.host.expect("xdg_toplevel.destroy");
    scene.configureToplevel = (role) => role.send("configure", 0, 0, new Uint8Array(0));
    await worksStill(scene, x);
  });

  xTest(
    "a storm of sizes from the host ends with the last one, and no serial is acknowledged twice",
    async (scene, x) => {
      const window = new XTestWindow(x);
      window.map();
      const shown = await scene.shown("toplevel");
      let last = 0;
      for (let i = 0; i < 100; i++) last = scene.configured(shown, 200 + i, 150 + i, 4);
      await window.expect("ConfigureNotify", ({ width, height }) => width === 299 && height === 249);
      await scene.host.expect("xdg_surface.ack_configure", ({ args }) => args["serial"] === last);
      const serials = scene.host.inbox.all
        .filter(({ name }) => name === "xdg_surface.ack_configure")
        .map(({ args }) => args["serial"] as number);
      assert.deepEqual(
        serials,
        [...new Set(serials)].sort((a, b) => a - b),
      );
    },
  );

  xTest("a client that asks for a size gets it, or learns that it does not", async (scene, x) => {
    const window = new XTestWindow(x);
    window.map();
    const shown = await scene.shown("toplevel");
    x.send("ConfigureWindow", { window: window.id, width: 222, height: 111 });
    await window.expect("ConfigureNotify", ({ width, height }) => width === 222 && height === 111);
    // Maximized.
    scene.configured(shown, 640, 480, 1, 4);
    await window.expect("ConfigureNotify", ({ width, height }) => width === 640 && height === 480);
    x.send("ConfigureWindow", { window: window.id, width: 100, height: 100 });
    const { sendEvent, width } = await window.expect("ConfigureNotify");
    assert.ok(sendEvent);
    assert.equal(width, 640);
    // Where it is nobody tells X, but that it was asked for is answered.
    scene.configured(shown, 640, 480, 4);
    x.send("ConfigureWindow", { window: window.id, x: 300, y: 300 });
    const answer = await window.expect("ConfigureNotify", ({ sendEvent: isSent }) => isSent);
    assert.deepEqual([answer.x, answer.y, answer.width], [0, 0, 640]);
  });

  xTest(
    "a client that asks for the place and size that its hidden window has gets them reported",
    async (_scene, x) => {
      const window = new XTestWindow(x, { x: 30, y: 40, width: 222, height: 111 });
      x.send("ConfigureWindow", { window: window.id, x: 30, y: 40, width: 222, height: 111 });
      const { sendEvent, ...told } = await window.expect("ConfigureNotify");
      assert.ok(sendEvent);
      assert.deepEqual([told.x, told.y, told.width, told.height], [30, 40, 222, 111]);
    },
  );

  xTest("a client that crashes the X server and comes back at once costs a start every two seconds", async (scene) => {
    const begun = performance.now();
    for (let starts = 1; starts <= 2; starts++) {
      await XTestWindow.show(await scene.connect());
      await scene.shown("toplevel");
      process.kill(scene.pid, "SIGKILL");
      const [host, x] = await Promise.all([scene.compositor.nextConnection(), scene.connect()]);
      scene.host = host;
      await x.sync();
    }
    assert.ok(performance.now() - begun > 3000, "it was started again at once");
  });

  xTest(
    "a window that its client maps again and again before we can is mapped a few times at most",
    async (scene, x) => {
      const window = new XTestWindow(x);
      await x.sync();
      for (let i = 0; i < 100; i++) {
        window.map();
        window.unmap();
      }
      await scene.shown("toplevel");
      await worksStill(scene, x);
      const id = `0x${window.id.toString(16)}`;
      assert.equal(scene.log.filter((line) => line.includes("MapRequest(") && line.includes(id)).length, 100);
      // The X server may turn to us in the midst of it.
      assert.ok(scene.log.filter((line) => line.includes("MapWindow(") && line.includes(id)).length < 10);
    },
  );

  /** A scene in which Xwayland's requests are held back from its first surface for a window on. */
  const late = (name: string, body: (scene: XScene, x: X11Connection, gate: Gate) => Promise<void>): void => {
    test(`${name}, by ${server}`, { timeout: scaled(30_000) }, async (t) => {
      const gate = new Gate();
      let isSet = false;
      // Its cursor has a surface, too.
      const hooks = [{ requests: { wl_compositor: { create_surface: () => (isSet ? gate.hook() : undefined) } } }];
      const { scene, x } = await XScene.set(t, server, { hooks });
      isSet = true;
      await body(scene, x, gate);
    });
  };

  late("windows of which X tells long before Wayland does are shown", async (scene, x, gate) => {
    const windows = [new XTestWindow(x, { width: 101 }), new XTestWindow(x, { width: 102 })];
    for (const window of windows) window.map();
    await gate.entered;
    await scene.logged(/ClientMessage.*WL_SURFACE_/);
    gate.open();
    for (const _ of windows) await scene.shown("toplevel");
    await worksStill(scene, x);
  });

  late("a window that X has forgotten when Wayland tells of it is not shown", async (scene, x, gate) => {
    const gone = new XTestWindow(x, { width: 101 });
    gone.map();
    await gate.entered;
    await scene.logged(/ClientMessage.*WL_SURFACE_/);
    gone.destroy();
    // Of the same id, which is another window.
    const next = new XTestWindow(x, { id: gone.id, width: 102 });
    next.map();
    await scene.logged(/DestroyNotify.*/);
    gate.open();
    await scene.shown("toplevel");
    await worksStill(scene, x);
    assert.equal(scene.host.inbox.count("xdg_surface.get_toplevel"), 2);
  });
}
