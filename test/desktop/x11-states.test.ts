// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { XAnyWindow, XTestWindow } from "../support/x-test-window.ts";
import type { Desktop } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Window } from "./support/sway.ts";
import { connectX, DISPLAY, servers, serveX, windowTitled, xTool } from "./support/x-programs.ts";

const STATE = "_NET_WM_STATE";
const ADD = 1;
const REMOVE = 0;

const size = { width: 300, height: 200 };

/** How sway sees the window once that is so. */
function seen(desktop: Desktop, title: string, is: (window: Window) => boolean): Promise<Window> {
  return eventually(`sway to see "${title}" so`, async () => {
    const window = (await desktop.sway.windows()).find((other) => other.title === title);
    return window !== undefined && is(window) && window;
  });
}

/** Waits until the window has that size for X, too. */
function sized({ x, id }: XAnyWindow, { rect }: Window): Promise<unknown> {
  return eventually(`a size of ${rect.width}x${rect.height}`, async () => {
    const { width, height } = await x.call("GetGeometry", { drawable: id });
    return width === rect.width && height === rect.height;
  });
}

/** Waits until a property names exactly those atoms, in any order. */
function named(window: XAnyWindow, property: string, ...names: string[]): Promise<unknown> {
  const wanted = JSON.stringify([...names].sort());
  return eventually(`${property} to be ${wanted}`, async () => JSON.stringify(await window.names(property)) === wanted);
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(`a window is fullscreen for X and for the host alike, by ${name}`, { on: ["sway"] }, async (desktop) => {
    await serveX(desktop, server);
    using x = await connectX();
    const window = await XTestWindow.show(x, { ...size, title: "states" });
    await windowTitled(desktop, "[vm] states");
    await named(window, STATE);

    await window.ask(STATE, ADD, `${STATE}_FULLSCREEN`);
    const whole = await seen(desktop, "[vm] states", ({ fullscreen }) => fullscreen);
    await named(window, STATE, `${STATE}_FULLSCREEN`);
    await sized(window, whole);

    await desktop.sway.message('[title="states"]', "fullscreen disable");
    await named(window, STATE);
    // Before it has drawn the other size, sway leaves it that.
    await sized(window, await seen(desktop, "[vm] states", ({ fullscreen }) => !fullscreen));

    await desktop.sway.message('[title="states"]', "fullscreen enable");
    await named(window, STATE, `${STATE}_FULLSCREEN`);
    await window.ask(STATE, REMOVE, `${STATE}_FULLSCREEN`);
    await seen(desktop, "[vm] states", ({ fullscreen }) => !fullscreen);
    await named(window, STATE);

    // Withdrawn, and shown again with a state that the client has set itself.
    x.send("UnmapWindow", { window: window.id });
    await named(window, STATE);
    await eventually("WM_STATE to be Withdrawn", async () => (await window.get("WM_STATE"))[0] === 0);
    await window.set(STATE, "ATOM", [`${STATE}_FULLSCREEN`]);
    x.send("MapWindow", { window: window.id });
    await seen(desktop, "[vm] states", ({ fullscreen }) => fullscreen);
    await named(window, STATE, `${STATE}_FULLSCREEN`);
    assert.deepEqual(await window.get("WM_STATE"), [1, 0]);
  });

  desktopTest(`a window is maximized for X and for the host alike, by ${name}`, { on: ["weston"] }, async (desktop) => {
    await serveX(desktop, server);
    using x = await connectX();
    const window = await XTestWindow.show(x, { ...size, title: "states" });
    const both = [`${STATE}_MAXIMIZED_HORZ`, `${STATE}_MAXIMIZED_VERT`];
    await window.ask(STATE, ADD, ...both);
    await named(window, STATE, ...both);
    const { width, height } = await window.expect("ConfigureNotify", (event) => event.width > 300);
    assert.ok(height > 200, `${width}x${height}`);
    // Half of it is something that the host does not know.
    await window.ask(STATE, REMOVE, `${STATE}_MAXIMIZED_HORZ`);
    await named(window, STATE);
    await window.expect("ConfigureNotify", (event) => event.width === size.width && event.height === size.height);
  });

  for (const state of ["FULLSCREEN", "MAXIMIZED"]) {
    desktopTest(
      `a window that begins ${state.toLowerCase()} has its own size when it ends, by ${name}`,
      // The host says nothing of the size then.
      { on: ["weston"] },
      async (desktop) => {
        await serveX(desktop, server);
        using x = await connectX();
        const names = state === "FULLSCREEN" ? [state] : [`${state}_HORZ`, `${state}_VERT`];
        const value = names.map((name) => `${STATE}_${name}`);
        const properties = { [STATE]: { type: "ATOM", value } };
        const window = await XTestWindow.show(x, { ...size, title: "states", properties });
        await window.expect("ConfigureNotify", (event) => event.width > 300);
        await named(window, STATE, ...value);
        await window.ask(STATE, REMOVE, ...value);
        await window.expect("ConfigureNotify", (event) => event.width === size.width && event.height === size.height);
        await named(window, STATE);
      },
    );
  }

  desktopTest(`tools find, activate and close windows, by ${name}`, { on: ["sway"] }, async (desktop) => {
    const proxied = await serveX(desktop, server);
    await desktop.compositor.input();
    await desktop.sway.message("focus_on_window_activation", "focus");
    const first = desktop.start(proxied, "xclock", ["-title", "first"], { env: { DISPLAY } });
    await seen(desktop, "[vm] first", ({ focused }) => focused);
    const second = desktop.start(proxied, "xclock", ["-title", "second"], { env: { DISPLAY } });
    await seen(desktop, "[vm] second", ({ focused }) => focused);
    const list = await eventually("both to be listed", async () => {
      const lines = (await xTool(desktop, proxied, "wmctrl", "-l")).trim().split("\n");
      return lines.length === 2 && lines.map((line) => line.split(/ +/).at(-1));
    });
    assert.deepEqual(list, ["first", "second"]);
    assert.match(await xTool(desktop, proxied, "wmctrl", "-m"), /Name: LG3D/);
    await xTool(desktop, proxied, "wmctrl", "-a", "first");
    await seen(desktop, "[vm] first", ({ focused }) => focused);
    const state = (title: string) => xTool(desktop, proxied, "xprop", "-name", title, STATE);
    await eventually("the first to be focused", async () => /_FOCUSED/.test(await state("first")));
    assert.doesNotMatch(await state("second"), /_FOCUSED/);
    const stacking = await xTool(desktop, proxied, "xprop", "-root", "_NET_CLIENT_LIST_STACKING", "_NET_ACTIVE_WINDOW");
    const [top, active] = [/, (0x\w+)\n/, /_NET_ACTIVE_WINDOW.*# (0x\w+)/].map(
      (pattern) => pattern.exec(stacking)?.[1],
    );
    assert.ok(top !== undefined && top === active, stacking);
    await xTool(desktop, proxied, "wmctrl", "-c", "first");
    await first.end();
    await second.stop();
  });

  desktopTest(
    `a window that wants attention is urgent, until the user is there, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await serveX(desktop, server);
      await desktop.compositor.input();
      using x = await connectX();
      const first = await XTestWindow.show(x, { title: "first" });
      await seen(desktop, "[vm] first", ({ focused }) => focused);
      await XTestWindow.show(x, { title: "second" });
      await seen(desktop, "[vm] second", ({ focused }) => focused);
      await first.ask(STATE, ADD, `${STATE}_DEMANDS_ATTENTION`);
      await seen(desktop, "[vm] first", ({ urgent }) => urgent);
      await named(first, STATE, `${STATE}_DEMANDS_ATTENTION`);
      await desktop.sway.message('[title="first"]', "focus");
      await named(first, STATE, `${STATE}_FOCUSED`);
    },
  );

  desktopTest(
    `the host draws a frame, unless a window has or wants none, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await desktop.sway.message("default_border", "normal");
      await serveX(desktop, server);
      using x = await connectX();
      const plain = await XTestWindow.show(x, { title: "plain" });
      await seen(desktop, "[vm] plain", ({ border }) => border === "normal");
      assert.deepEqual(await plain.get("_NET_FRAME_EXTENTS"), [0, 0, 0, 0]);
      const motif = { type: "_MOTIF_WM_HINTS", value: [2, 0, 0, 0, 0] };
      await XTestWindow.show(x, { title: "bare", properties: { _MOTIF_WM_HINTS: motif } });
      await seen(desktop, "[vm] bare", ({ border }) => border === "csd");
      const extents = { type: "CARDINAL", value: [20, 30, 10, 40] };
      await XTestWindow.show(x, { ...size, title: "shadow", properties: { _GTK_FRAME_EXTENTS: extents } });
      const { rect } = await seen(desktop, "[vm] shadow", ({ border }) => border === "csd");
      assert.deepEqual([rect.width, rect.height], [300 - 50, 200 - 50]);
    },
  );

  desktopTest(
    `a client lets the user move its window, but not without a press, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await serveX(desktop, server);
      const input = await desktop.compositor.input();
      using x = await connectX();
      const window = await XTestWindow.show(x, { ...size, title: "moves" });
      const { rect } = await windowTitled(desktop, "[vm] moves");
      const { program } = desktop.compositor;
      const before = program.output.length;
      await window.ask("_NET_WM_MOVERESIZE", 0, 0, 8, 1, 1);
      await x.sync();
      await input.move(rect.x + 50, rect.y + 50);
      await input.press();
      assert.doesNotMatch(program.output.slice(before), /xdg_toplevel@\d+\.move/);
      // Nothing tells when the proxy has seen the press.
      await eventually("the host to move it", async () => {
        await window.ask("_NET_WM_MOVERESIZE", 0, 0, 8, 1, 1);
        return /xdg_toplevel@\d+\.move/.test(program.output.slice(before));
      });
      await input.move(rect.x + 150, rect.y + 90);
      await input.release();
      await seen(desktop, "[vm] moves", (now) => now.rect.x === rect.x + 100 && now.rect.y === rect.y + 40);
    },
  );

  desktopTest(
    `a window that is closed gets the request, and its client is killed only if it hangs, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await serveX(desktop, server);
      using x = await connectX();
      const window = await XTestWindow.show(x, { title: "polite", protocols: ["WM_DELETE_WINDOW", "_NET_WM_PING"] });
      await windowTitled(desktop, "[vm] polite");
      for (let i = 0; i < 2; i++) {
        await desktop.sway.message('[title="polite"]', "kill");
        await window.told("WM_DELETE_WINDOW");
        const { data } = await window.told("_NET_WM_PING");
        assert.equal(data[2], window.id);
        await new XAnyWindow(x, x.setup.root).ask("WM_PROTOCOLS", ...data);
        await x.sync();
      }
      using other = await connectX();
      await XTestWindow.show(other, { title: "rude" });
      await windowTitled(desktop, "[vm] rude");
      await desktop.sway.message('[title="rude"]', "kill");
      await eventually("the client to be ended", () => other.closed);
      await windowTitled(desktop, "[vm] polite");
    },
  );
}

desktopTest(
  "dialogs stay above what they belong to, in whichever order they come",
  { on: ["sway"] },
  async (desktop) => {
    await serveX(desktop, "Xwayland");
    using x = await connectX();
    const { program } = desktop.compositor;
    const parents = () => program.output.match(/set_parent\((xdg_toplevel@\d+|nil)\)/g)?.length ?? 0;
    const hints = { type: "WM_HINTS", value: [1 << 6, 0, 0, 0, 0, 0, 0, 0, 77] };
    const main = await XTestWindow.show(x, { title: "main", properties: { WM_HINTS: hints } });
    await windowTitled(desktop, "[vm] main");
    assert.equal(parents(), 0);
    await XTestWindow.show(x, {
      title: "dialog",
      properties: { WM_TRANSIENT_FOR: { type: "WINDOW", value: [main.id] } },
    });
    await eventually("its parent", () => parents() === 1);
    // It belongs to its whole group.
    const ofGroup = { WM_HINTS: hints, WM_TRANSIENT_FOR: { type: "WINDOW", value: [x.setup.root] } };
    await XTestWindow.show(x, { title: "group dialog", properties: ofGroup });
    await eventually("its parent", () => parents() === 2);
    // The owners make a circle.
    await main.set("WM_TRANSIENT_FOR", "WINDOW", [main.id]);
    await windowTitled(desktop, "[vm] group dialog");
    await x.sync();
    assert.equal(parents(), 2);
  },
);
