// SPDX-License-Identifier: Apache-2.0
/** What a policy file does, on a real compositor with real programs. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { RawWindow } from "./support/raw-window.ts";
import type { Window } from "./support/sway.ts";
import { listGlobals } from "./support/wayland-info.ts";

/** A proxy for the clients of a table, in a file. */
function under(desktop: Desktop, name: string, keys: string): Promise<Display> {
  const file = join(desktop.home, `${name}.toml`);
  writeFileSync(file, `[client.${name}]\n${keys}\n`);
  return desktop.proxied("--policy", file, "--name", name);
}

function windowOf(desktop: Desktop, appId: string): Promise<Window> {
  return eventually(`the window ${appId}`, async () =>
    (await desktop.sway.windows()).find((window) => window.appId === appId),
  );
}

desktopTest("a policy marks windows, and keeps them from filling the screen", { on: ["sway"] }, async (desktop) => {
  const bank = await under(desktop, "bank", 'tag = "[bank] "\napp-id-prefix = "vm.bank."\nfullscreen = "deny"');
  const free = await under(desktop, "free", 'app-id-prefix = "free."\nfullscreen = "allow"');
  const args = ["--fullscreen", "--title", "hello", "sleep", "1000"];
  desktop.start(bank, "foot", args);
  desktop.start(free, "foot", args);
  const framed = await windowOf(desktop, "vm.bank.foot");
  assert.equal(framed.title, "[bank] hello");
  assert.equal(framed.fullscreen, false);
  await eventually("the other one to fill the screen", async () => (await windowOf(desktop, "free.foot")).fullscreen);
  await bank.proxy?.says(/a fullscreen window is refused: see fullscreen in its policy/);
  assert.doesNotMatch(free.proxy?.output ?? "", /is refused/);
});

desktopTest("a policy decides who draws frames", { on: ["sway"] }, async (desktop) => {
  await desktop.sway.message("default_border", "normal");
  const server = await under(desktop, "server", 'app-id-prefix = "server."\ndecorations = "server"');
  const client = await under(desktop, "client", 'app-id-prefix = "client."\ndecorations = "client"');
  // foot asks for what its configuration says.
  desktop.start(server, "foot", ["--override", "csd.preferred=client", "sleep", "1000"]);
  desktop.start(client, "foot", ["--override", "csd.preferred=server", "sleep", "1000"]);
  await eventually("sway's frame", async () => (await windowOf(desktop, "server.foot")).border === "normal");
  await eventually("its own frame", async () => (await windowOf(desktop, "client.foot")).border === "csd");
});

desktopTest("a policy lets the clipboard pass one way", { on: ["sway"] }, async (desktop) => {
  await desktop.compositor.input();
  const control = 'globals.allow = ["zwlr_data_control_manager_v1"]\n';
  const giving = await under(desktop, "giving", `${control}clipboard = { in = "deny", out = "allow" }`);
  const taking = await under(
    desktop,
    "taking",
    `${control}clipboard = { in = "allow", out = "deny", max-size = 1000 }`,
  );
  const paste = async (from: Display): Promise<string> => {
    const program = desktop.start(from, "wl-paste", ["--no-newline"], { capture: true });
    await program.end();
    return program.captured.toString();
  };
  desktop.start(giving, "wl-copy", ["--foreground", "from inside"]);
  await eventually("what it has copied", async () => (await paste(desktop.direct)) === "from inside");
  assert.equal(await paste(giving), "from inside");
  assert.equal(await paste(taking), "from inside");

  desktop.start(taking, "wl-copy", ["--foreground", "secret"]);
  await eventually("the refusal", () => taking.proxy?.output.includes("copying for others is refused"));
  assert.equal(await paste(desktop.direct), "from inside");
  assert.equal(await paste(taking), "secret");
  assert.equal(await paste(giving), "from inside");

  desktop.start(desktop.direct, "wl-copy", ["--foreground"], { input: Buffer.alloc(5000, "x") });
  await eventually("the first bytes of a long text", async () => (await paste(taking)) === "x".repeat(1000));
  assert.equal(await paste(giving), "", "it sees what others have copied");
});

desktopTest(
  "a compositor that knows security contexts keeps from a sandbox what the policy would offer",
  { on: ["sway-1.10"] },
  async (desktop) => {
    const screencopy = "zwlr_screencopy_manager_v1";
    const allowed = `globals.allow = ["${screencopy}"]`;
    const has = async (display: Display): Promise<boolean> =>
      (await listGlobals(desktop, display)).some((global) => global.interface === screencopy);
    const open = await under(desktop, "open", `${allowed}\nsecurity-context = false`);
    const sandboxed = await under(desktop, "sandboxed", `${allowed}\nsecurity-context = true`);
    assert.equal(await has(open), true);
    assert.equal(await has(sandboxed), false);
    // What every program needs is there, and works.
    const names = (await listGlobals(desktop, sandboxed)).map((global) => global.interface);
    for (const name of ["xdg_wm_base", "wl_data_device_manager", "zxdg_decoration_manager_v1", "xdg_activation_v1"])
      assert.ok(names.includes(name), name);
    desktop.start(sandboxed, "foot", ["sleep", "1000"]);
    await windowOf(desktop, "foot");
  },
);

/** The keys that are denied, or bounded, and what the same asks for under a policy that says nothing. */
const closed = `
activation = "deny"
fullscreen = "deny"
shortcut-inhibition = "deny"
idle-inhibition = "deny"
output-names = "deny"
drag-and-drop = "isolated"
sizes.popup = 1
limits.surfaces = 8
globals.hide = ["wp_viewporter"]
globals.versions = { wl_seat = 5 }
`;

for (const isAllowed of [true, false]) {
  const name = isAllowed ? "open" : "closed";
  desktopTest(
    `a client gets from a compositor what its policy ${isAllowed ? "allows" : "allows, and nothing that it denies"}`,
    { on: ["sway"] },
    async (desktop) => {
      const input = await desktop.compositor.input();
      const display = await under(desktop, name, `app-id-prefix = "${name}."\n${isAllowed ? "" : closed}`);
      const appId = `${name}.raw`;
      const other = await RawWindow.show(desktop.direct, "other", 900, 700);
      const window = await RawWindow.show(display, "raw", 300, 200);
      const { client, surface, seat, toplevel } = window;
      await windowOf(desktop, appId);
      const seen = async (what: string, test: (window: Window) => boolean): Promise<void> => {
        if (isAllowed) await eventually(what, async () => test(await windowOf(desktop, appId)));
        await client.roundtrip();
        assert.equal(test(await windowOf(desktop, appId)), isAllowed, what);
      };
      const happened = async (event: string): Promise<void> => {
        if (isAllowed) await client.expect(event);
        await client.roundtrip();
        assert.equal(client.inbox.count(event) > 0, isAllowed, event);
      };

      // What is offered.
      assert.equal(client.offered("wp_viewporter").length > 0, isAllowed);
      assert.equal((client.offered("wl_seat")[0]?.version ?? 0) > 5, isAllowed);
      await client.bind("wl_output", 4);
      const output = String((await client.expect("wl_output.name")).arg("name"));
      assert.equal(output, isAllowed ? "HEADLESS-1" : "screen-1");

      seat.create("get_pointer");
      seat.create("get_keyboard");
      const device = (await client.bind("wl_data_device_manager", 3)).create("get_data_device", seat);
      await client.roundtrip();
      // Until sway has put the window there.
      await eventually("a click in the window", async () => {
        await input.move(100, 100);
        await input.click("left");
        await client.roundtrip();
        return client.inbox.count("wl_pointer.button") > 0;
      });

      // What a window may do.
      const inhibitor = await client.bind("zwp_idle_inhibit_manager_v1");
      inhibitor.create("create_inhibitor", surface);
      await seen("the screen to be kept on", ({ inhibitsIdle }) => inhibitsIdle);
      (await client.bind("zwp_keyboard_shortcuts_inhibit_manager_v1")).create("inhibit_shortcuts", surface, seat);
      await happened("zwp_keyboard_shortcuts_inhibitor_v1.active");
      // A menu that is larger than a hundredth of the screen, which has 1.3 million pixels, and than menus always may be.
      const positioner = window.base.create("create_positioner");
      positioner.send("set_size", 1100, 700);
      positioner.send("set_anchor_rect", 0, 0, 1, 1);
      const menu = window.compositor.create("create_surface");
      const shell = window.base.create("get_xdg_surface", menu);
      const popup = shell.create("get_popup", window.xdgSurface, positioner);
      menu.send("commit");
      await window.configured(shell);
      window.draw(menu, 1100, 700);
      await client.roundtrip();
      assert.equal(client.inbox.count("xdg_popup.popup_done") === 0, isAllowed, "a menu over the screen");
      for (const object of [popup, shell, menu]) object.send("destroy");
      await client.roundtrip();

      // A drag to a window of others, which lies below.
      const over = (await other.client.bind("wl_data_device_manager", 3)).create("get_data_device", other.seat);
      await other.client.roundtrip();
      await input.move(110, 110);
      await input.press();
      await client.roundtrip();
      const { args } = client.inbox.all.filter(({ name: event }) => event === "wl_pointer.button").at(-1) ?? {};
      assert.equal(args?.["state"], 1);
      const source = (await client.bind("wl_data_device_manager", 3)).create("create_data_source");
      source.send("offer", "text/secret");
      source.send("set_actions", 1);
      device.send("start_drag", source, surface, null, args["serial"] as number);
      await client.roundtrip();
      await input.move(700, 500);
      await other.client.expect("wl_data_device.enter", ({ object }) => object === over);
      const types = other.client.inbox.all.filter(({ name: event }) => event === "wl_data_offer.offer");
      assert.equal(
        types.some((one) => one.arg("mime_type") === "text/secret"),
        isAllowed,
        "a type of what is dragged",
      );
      await input.release();
      await client.expect("wl_data_source.cancelled");

      // The focus, while another window has it.
      await input.click("left");
      await eventually("the other window to have the focus", async () => (await windowOf(desktop, "other")).focused);
      const activation = await client.bind("xdg_activation_v1");
      const token = activation.create("get_activation_token");
      token.send("commit");
      activation.send("activate", String((await client.expect("xdg_activation_token_v1.done")).arg("token")), surface);
      await seen("the window to call for the user", ({ urgent, focused }) => urgent || focused);

      toplevel.send("set_fullscreen", null);
      await seen("the window to fill the screen", ({ fullscreen }) => fullscreen);
      if (!isAllowed) {
        const said = display.proxy?.output ?? "";
        for (const key of ["activation", "fullscreen", "shortcut-inhibition", "idle-inhibition"])
          assert.match(said, new RegExp(`is refused: see ${key} in its policy`), key);
        for (const key of ["drag-and-drop", "sizes.popup"]) assert.ok(said.includes(`see ${key} in its policy`), key);
      }

      for (let count = 0; count < 8; count++) window.compositor.create("create_surface");
      if (isAllowed) await client.roundtrip();
      else assert.match((await client.disconnected()).text, /more than 8 surfaces/);
      client.close();
      other.client.close();
    },
  );
}
