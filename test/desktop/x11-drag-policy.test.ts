// SPDX-License-Identifier: Apache-2.0
/** Drags of X11 programs under a policy. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { Input } from "./support/compositor.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { drag, nowhere, type Shown, showDragProgram } from "./support/drag-scene.ts";
import { servers, serveX } from "./support/x-programs.ts";

/** A proxy with an X display, whose drags are limited. */
function limited(desktop: Desktop, server: string, dragAndDrop: string): Promise<Display> {
  const file = join(desktop.home, "policy.toml");
  writeFileSync(file, `[client.x]\ndrag-and-drop = ${dragAndDrop}\n`);
  return serveX(desktop, server, "--policy", file, "--name", "x");
}

/** Drags a text from one window to another; @returns what was dropped there, if anything. */
async function dropped(desktop: Desktop, input: Input, from: Shown, to: Shown): Promise<string | null> {
  const said = [from, to].map(({ program }) => program.output.length);
  await drag(desktop, input, from.source, to.target);
  const end = await eventually(
    "the end of the drag",
    () => /^ended (\w+)$/m.exec(from.program.output.slice(said[0]))?.[1],
  );
  const find = (): string | undefined => /^dropped (.*)$/m.exec(to.program.output.slice(said[1]))?.[1];
  return end === "copy" ? eventually("what was dropped", find) : (find() ?? null);
}

const kind = "GTK 3";
const places = { x: { x: 40, y: 40 }, otherX: { x: 440, y: 40 }, wayland: { x: 40, y: 340 }, host: { x: 440, y: 340 } };

for (const [name, server] of Object.entries(servers)) {
  desktopTest(
    `what an X11 program drags stays in its realm, and what others drag outside of it, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const realm = await limited(desktop, server, '"isolated"');
      const input = await desktop.compositor.input();
      await input.move(nowhere.x, nowhere.y);
      const x = await showDragProgram(desktop, realm, kind, places.x, "x");
      const otherX = await showDragProgram(desktop, realm, kind, places.otherX, "other x");
      const byWayland: Display = { route: "direct", socket: realm.socket };
      const wayland = await showDragProgram(desktop, byWayland, kind, places.wayland, "wayland");
      const host = await showDragProgram(desktop, desktop.direct, kind, places.host, "host");
      assert.equal(await dropped(desktop, input, x, host), null);
      assert.equal(await dropped(desktop, input, host, x), null);
      assert.equal(await dropped(desktop, input, x, otherX), "from x");
      assert.equal(await dropped(desktop, input, x, wayland), "from x");
      assert.equal(await dropped(desktop, input, wayland, x), "from wayland");
      assert.equal(await dropped(desktop, input, wayland, host), null);
      await Promise.all([x, otherX].map(({ program }) => program.stop()));
    },
  );
}

for (const [keys, outwards, inwards] of [
  ['{ in = "deny", out = "allow" }', "from x", null],
  ['{ in = "allow", out = "deny" }', null, "from host"],
  ['{ in = "allow", out = "allow", max-size = 4 }', "from", "from"],
  ['{ in = "allow", out = "allow", types = ["image/*"] }', null, null],
] as const) {
  desktopTest(`an X11 program drags as far as drag-and-drop = ${keys} allows`, { on: ["sway"] }, async (desktop) => {
    const proxied = await limited(desktop, "Xwayland", keys);
    const input = await desktop.compositor.input();
    await input.move(nowhere.x, nowhere.y);
    const x = await showDragProgram(desktop, proxied, kind, places.x, "x");
    const host = await showDragProgram(desktop, desktop.direct, kind, places.host, "host");
    assert.equal(await dropped(desktop, input, x, host), outwards);
    assert.equal(await dropped(desktop, input, host, x), inwards);
    await x.program.stop();
  });
}
