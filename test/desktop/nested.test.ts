// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { listGlobals } from "./support/wayland-info.ts";
import { answers } from "./support/wire-client.ts";

const command = fileURLToPath(new URL("../../bin/wayland-proxy.cjs", import.meta.url));

desktopTest("a proxy behind a proxy offers the same globals, and adds its tag", { on: ["sway"] }, async (desktop) => {
  const outer = await desktop.proxied("--tag", "[outer] ");
  // The run without proxies has nothing to nest.
  if (outer.proxy === undefined) return;

  // For the outer proxy the inner one's connections are clients like any other.
  const socket = join(desktop.home, "inner");
  const proxy = desktop.start(outer, process.execPath, [command, "--wayland-display", socket, "--tag", "[inner] "]);
  await eventually("the inner proxy to answer", () => {
    assert.ok(proxy.running, proxy.output);
    return answers(socket);
  });
  const inner = { route: "proxied", socket, proxy } as const;

  // Some globals are our own making (GTK's primary selection): they must not come twice.
  assert.deepEqual(await listGlobals(desktop, inner), await listGlobals(desktop, outer));

  desktop.start(inner, "foot", ["--title", "a terminal", "--override", "locked-title=yes", "cat"]);
  await eventually("the window with both tags", async () => {
    return (await desktop.sway.windows()).some((window) => window.title === "[outer] [inner] a terminal");
  });
});
