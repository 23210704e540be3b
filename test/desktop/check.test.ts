// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Finding } from "../../src/check/finding.ts";
import type { Desktop } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { listGlobals, ownGlobals } from "./support/wayland-info.ts";

const main = fileURLToPath(new URL("../../bin/wayland-proxy.cjs", import.meta.url));

/** The answers of `--check` on a desktop. */
async function findings(desktop: Desktop, ...options: string[]): Promise<readonly Finding[]> {
  const text = await desktop.run(desktop.direct, process.execPath, [main, "--check", "--json", ...options]);
  return (JSON.parse(text.toString()) as { findings: readonly Finding[] }).findings;
}

desktopTest("--check counts what programs will see", { on: ["weston", "sway"] }, async (desktop) => {
  const direct = await listGlobals(desktop, desktop.direct);
  const has = (name: string) => direct.some((global) => global.interface === name);
  const proxied = (await listGlobals(desktop, await desktop.proxied())).filter(
    (global) => has(global.interface) || !ownGlobals.has(global.interface),
  );
  const found = await findings(desktop);
  const globals = found.find(({ subject }) => subject === "globals");
  assert.equal(globals?.text, `programs see ${proxied.length} of the compositor's ${direct.length}`);
  assert.equal(
    found.some(({ subject }) => subject === "zwlr_layer_shell_v1"),
    has("zwlr_layer_shell_v1"),
    "only what the compositor has can be hidden",
  );
});

desktopTest("--check asks the real Xwayland, when X11 is asked for", { on: ["weston"] }, async (desktop) => {
  const found = await findings(desktop, "--x-display", "86");
  assert.ok(
    found.some(({ subject, verdict, text }) => subject === "Xwayland" && verdict === "ok" && /^\d+\./.test(text)),
  );
  assert.ok(found.some(({ subject, text }) => subject === "X display" && text === ":86 is free"));
  assert.ok(!(await findings(desktop)).some(({ subject }) => subject === "Xwayland"));
});
