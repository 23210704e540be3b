// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { globalPolicy } from "../../src/protocol/global-policy-table.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { type ListedGlobal, listGlobals } from "./support/wayland-info.ts";

const everywhere = { on: ["weston", "sway"] } as const;
const rows = new Map(globalPolicy.map(([name, version, kind]) => [name, { version, kind }]));
const protocol = new ProtocolRegistry();

/** The globals that the proxy must offer of those that the compositor has: not the hidden ones, at the least of the versions; and ours. */
function expected(direct: readonly ListedGlobal[]): string[] {
  const offered = direct.flatMap(({ interface: name, version }) => {
    const row = rows.get(name);
    const table = protocol.get(name);
    if (row === undefined || row.kind === "privileged" || table === undefined) return [];
    return [`${name} ${Math.min(version, row.version, table.version)}`];
  });
  const has = (name: string): boolean => direct.some((global) => global.interface === name);
  return [
    ...offered,
    ...(has("zwp_primary_selection_device_manager_v1") ? ["gtk_primary_selection_device_manager 1"] : []),
    // Where the compositor draws no frames, we draw title bars.
    ...(has("zxdg_decoration_manager_v1") ? [] : ["zxdg_decoration_manager_v1 1"]),
  ].sort();
}

desktopTest("the globals are those of the compositor, less what the policy list hides", everywhere, async (desktop) => {
  const direct = await listGlobals(desktop, desktop.direct);
  const proxied = await listGlobals(desktop, await desktop.proxied());
  assert.ok(direct.length > 10);
  assert.deepEqual(proxied.map((global) => `${global.interface} ${global.version}`).sort(), expected(direct));
});

desktopTest("wayland-info says the same of outputs, formats and seats", everywhere, async (desktop) => {
  const direct = await listGlobals(desktop, desktop.direct);
  const proxied = await listGlobals(desktop, await desktop.proxied());
  const described = proxied.filter((global) => global.details !== "");
  assert.ok(described.some((global) => global.interface === "wl_output"));
  for (const { interface: name, details } of described) {
    assert.equal(details, direct.find((global) => global.interface === name)?.details, name);
  }
});

desktopTest("a privileged interface is there when it is exposed, and then works", { on: ["sway"] }, async (desktop) => {
  const screencopy = "zwlr_screencopy_manager_v1";
  const hiding = await desktop.proxied();
  assert.ok((await listGlobals(desktop, desktop.direct)).some((global) => global.interface === screencopy));
  assert.ok(!(await listGlobals(desktop, hiding)).some((global) => global.interface === screencopy));
  await assert.rejects(desktop.run(hiding, "grim", ["-"]), /wlr-screencopy/);

  const exposing = await desktop.proxied("--expose", `${screencopy}=2`);
  assert.equal((await listGlobals(desktop, exposing)).find((global) => global.interface === screencopy)?.version, 2);
  const picture = await desktop.run(exposing, "grim", ["-t", "ppm", "-"]);
  assert.ok(picture.equals(await desktop.run(desktop.direct, "grim", ["-t", "ppm", "-"])));
});
