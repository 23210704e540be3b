// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { scaled } from "../support/patience.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { listGlobals } from "./support/wayland-info.ts";

// Directly, clients end within 10 ms of the compositor's death; the rest is for a machine that is busy.
const atOnce = scaled(500);

desktopTest(
  "when the compositor is killed its clients end at once, and a new one is used when it comes",
  { on: ["weston", "sway"] },
  async (desktop) => {
    const proxied = await desktop.proxied();
    const socket = desktop.compositor.socket;
    const clients = [desktop.direct, proxied, proxied].map((display) => {
      return desktop.start(display, "weston-flower", [], { env: { WAYLAND_DEBUG: "1" } });
    });
    for (const client of clients) await client.says(/wl_buffer[@#]\d+\.release\(|wl_callback[@#]\d+\.done\(/);
    assert.ok(clients.every((client) => client.running));

    const killed = await desktop.killCompositor();
    for (const client of clients) {
      const { at, signal } = await client.end();
      assert.equal(signal, null, "it ends by itself");
      assert.ok(at - killed < atOnce, `it ended ${Math.round(at - killed)} ms after the compositor`);
    }
    // The run without proxies has none that could go on.
    if (proxied.proxy !== undefined) assert.ok(proxied.proxy.running, "the proxy goes on");

    await desktop.startCompositor();
    assert.equal(desktop.compositor.socket, socket);
    const late = await listGlobals(desktop, proxied);
    assert.ok(late.some((global) => global.interface === "xdg_wm_base"));
  },
);
