// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Desktop } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { eventually } from "./support/eventually.ts";
import type { Window } from "./support/sway.ts";
import { XClient } from "./support/x-client.ts";
import { DISPLAY, servers, serveX, windowTitled, xNumber, xTool } from "./support/x-programs.ts";

const STATE = "_NET_WM_STATE";
const ADD = 1;
const REMOVE = 0;

/** How sway sees the window once that is so. */
function seen(desktop: Desktop, title: string, is: (window: Window) => boolean): Promise<Window> {
  return eventually(`sway to see "${title}" so`, async () => {
    const window = (await desktop.sway.windows()).find((other) => other.title === title);
    return window !== undefined && is(window) && window;
  });
}

/** Waits until a property names exactly those atoms, in any order. */
function named(client: XClient, window: number, property: string, ...names: string[]): Promise<unknown> {
  const wanted = JSON.stringify([...names].sort());
  return eventually(
    `${property} to be ${wanted}`,
    async () => JSON.stringify(await client.names(window, property)) === wanted,
  );
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(`a window is fullscreen for X and for the host alike, by ${name}`, { on: ["sway"] }, async (desktop) => {
    await serveX(desktop, server);
    using client = await XClient.open(xNumber);
    const window = await client.show({ title: "states" });
    const usual = await windowTitled(desktop, "[vm] states");
    await named(client, window, STATE);

    await client.ask(window, STATE, ADD, `${STATE}_FULLSCREEN`);
    const whole = await seen(desktop, "[vm] states", ({ fullscreen }) => fullscreen);
    await named(client, window, STATE, `${STATE}_FULLSCREEN`);
    await client.event(
      "ConfigureNotify",
      ({ width, height }) => width === whole.rect.width && height === whole.rect.height,
    );

    await desktop.sway.message('[title="states"]', "fullscreen disable");
    await named(client, window, STATE);
    await client.event(
      "ConfigureNotify",
      ({ width, height }) => width === usual.rect.width && height === usual.rect.height,
    );

    await desktop.sway.message('[title="states"]', "fullscreen enable");
    await named(client, window, STATE, `${STATE}_FULLSCREEN`);
    await client.ask(window, STATE, REMOVE, `${STATE}_FULLSCREEN`);
    await seen(desktop, "[vm] states", ({ fullscreen }) => !fullscreen);
    await named(client, window, STATE);

    // Withdrawn, and shown again with a state that the client has set itself.
    client.x.send("UnmapWindow", { window });
    await named(client, window, STATE);
    await eventually("WM_STATE to be Withdrawn", async () => (await client.get(window, "WM_STATE"))[0] === 0);
    await client.set(window, STATE, "ATOM", [`${STATE}_FULLSCREEN`]);
    client.x.send("MapWindow", { window });
    await seen(desktop, "[vm] states", ({ fullscreen }) => fullscreen);
    await named(client, window, STATE, `${STATE}_FULLSCREEN`);
    assert.deepEqual(await client.get(window, "WM_STATE"), [1, 0]);
  });

  desktopTest(`a window is maximized for X and for the host alike, by ${name}`, { on: ["weston"] }, async (desktop) => {
    await serveX(desktop, server);
    using client = await XClient.open(xNumber);
    const window = await client.show({ title: "states" });
    const both = [`${STATE}_MAXIMIZED_HORZ`, `${STATE}_MAXIMIZED_VERT`];
    await client.ask(window, STATE, ADD, ...both);
    await named(client, window, STATE, ...both);
    const { width, height } = await client.event("ConfigureNotify", (event) => event.width > 300);
    assert.ok(height > 200, `${width}x${height}`);
    // Half of it is something that the host does not know.
    await client.ask(window, STATE, REMOVE, `${STATE}_MAXIMIZED_HORZ`);
    await named(client, window, STATE);
  });

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
    assert.match(await xTool(desktop, proxied, "wmctrl", "-m"), /Name: wayland-proxy/);
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
    await first.ended;
    await second.stop();
  });

  desktopTest(
    `a window that wants attention is urgent, until the user is there, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await serveX(desktop, server);
      await desktop.compositor.input();
      using client = await XClient.open(xNumber);
      const first = await client.show({ title: "first" });
      await seen(desktop, "[vm] first", ({ focused }) => focused);
      await client.show({ title: "second" });
      await seen(desktop, "[vm] second", ({ focused }) => focused);
      await client.ask(first, STATE, ADD, `${STATE}_DEMANDS_ATTENTION`);
      await seen(desktop, "[vm] first", ({ urgent }) => urgent);
      await named(client, first, STATE, `${STATE}_DEMANDS_ATTENTION`);
      await desktop.sway.message('[title="first"]', "focus");
      await named(client, first, STATE, `${STATE}_FOCUSED`);
    },
  );

  desktopTest(
    `the host draws a frame, unless a window has or wants none, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await desktop.sway.message("default_border", "normal");
      await serveX(desktop, server);
      using client = await XClient.open(xNumber);
      const plain = await client.show({ title: "plain" });
      await seen(desktop, "[vm] plain", ({ border }) => border === "normal");
      assert.deepEqual(await client.get(plain, "_NET_FRAME_EXTENTS"), [0, 0, 0, 0]);
      const motif = { type: "_MOTIF_WM_HINTS", value: [2, 0, 0, 0, 0] };
      await client.show({ title: "bare", properties: { _MOTIF_WM_HINTS: motif } });
      await seen(desktop, "[vm] bare", ({ border }) => border === "csd");
      const extents = { type: "CARDINAL", value: [20, 30, 10, 40] };
      await client.show({ title: "shadow", properties: { _GTK_FRAME_EXTENTS: extents } });
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
      using client = await XClient.open(xNumber);
      const window = await client.show({ title: "moves" });
      const { rect } = await windowTitled(desktop, "[vm] moves");
      const { program } = desktop.compositor;
      const before = program.output.length;
      await client.ask(window, "_NET_WM_MOVERESIZE", 0, 0, 8, 1, 1);
      await client.x.sync();
      await input.move(rect.x + 50, rect.y + 50);
      await input.press();
      assert.doesNotMatch(program.output.slice(before), /xdg_toplevel@\d+\.move/);
      // Nothing tells when the proxy has seen the press.
      await eventually("the host to move it", async () => {
        await client.ask(window, "_NET_WM_MOVERESIZE", 0, 0, 8, 1, 1);
        return /xdg_toplevel@\d+\.move/.test(program.output.slice(before));
      });
      await input.move(rect.x + 150, rect.y + 90);
      await input.release();
      await seen(desktop, "[vm] moves", (now) => now.rect.x === rect.x + 100 && now.rect.y === rect.y + 40);
    },
  );

  desktopTest(
    `what is closed is told so, and killed only if it hangs, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      await serveX(desktop, server);
      using client = await XClient.open(xNumber);
      const window = await client.show({ title: "polite", protocols: ["WM_DELETE_WINDOW", "_NET_WM_PING"] });
      await windowTitled(desktop, "[vm] polite");
      for (let i = 0; i < 2; i++) {
        await desktop.sway.message('[title="polite"]', "kill");
        await client.told(window, "WM_DELETE_WINDOW");
        const { data } = await client.told(window, "_NET_WM_PING");
        assert.equal(data[2], window);
        await client.ask(client.x.setup.root, "WM_PROTOCOLS", ...data);
        await client.x.sync();
      }
      using other = await XClient.open(xNumber);
      let ended = false;
      other.x.listen({
        event: () => {},
        closed: () => {
          ended = true;
        },
      });
      await other.show({ title: "rude" });
      await windowTitled(desktop, "[vm] rude");
      await desktop.sway.message('[title="rude"]', "kill");
      await eventually("the client to be ended", () => ended);
      await windowTitled(desktop, "[vm] polite");
    },
  );
}

desktopTest(
  "dialogs stay above what they belong to, in whichever order they come",
  { on: ["sway"] },
  async (desktop) => {
    await serveX(desktop, "Xwayland");
    using client = await XClient.open(xNumber);
    const { program } = desktop.compositor;
    const root = client.x.setup.root;
    const parents = () => program.output.match(/set_parent\((xdg_toplevel@\d+|nil)\)/g)?.length ?? 0;
    const hints = { type: "WM_HINTS", value: [1 << 6, 0, 0, 0, 0, 0, 0, 0, 77] };
    const main = await client.show({ title: "main", properties: { WM_HINTS: hints } });
    await windowTitled(desktop, "[vm] main");
    assert.equal(parents(), 0);
    await client.show({ title: "dialog", properties: { WM_TRANSIENT_FOR: { type: "WINDOW", value: [main] } } });
    await eventually("its parent", () => parents() === 1);
    // For all of its group.
    const ofGroup = { WM_HINTS: hints, WM_TRANSIENT_FOR: { type: "WINDOW", value: [root] } };
    await client.show({ title: "group dialog", properties: ofGroup });
    await eventually("its parent", () => parents() === 2);
    // In a circle.
    await client.set(main, "WM_TRANSIENT_FOR", "WINDOW", [main]);
    await windowTitled(desktop, "[vm] group dialog");
    await client.x.sync();
    assert.equal(parents(), 2);
  },
);
