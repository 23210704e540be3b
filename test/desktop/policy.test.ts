// SPDX-License-Identifier: Apache-2.0
/** What a policy file does, on a real compositor with real programs. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
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
