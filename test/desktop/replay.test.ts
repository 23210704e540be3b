// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";

const replay = fileURLToPath(new URL("../../bin/wayland-proxy-replay.cjs", import.meta.url));

desktopTest("a terminal that was recorded opens its window again", { on: ["sway"] }, async (desktop) => {
  const { sway } = desktop;
  const window = (name: string) =>
    eventually(`the window "${name}"`, async () => (await sway.windows()).find(({ title }) => title === name));
  const file = join(desktop.home, "recording");
  const shell = ["--title", "recorded", "sh", "-c", "sleep 1; printf '\\033]2;and changed\\007'; read line"];
  const foot = desktop.start(await desktop.proxied("--record", file), "foot", shell);
  const recorded = await window("recorded");
  await window("and changed");
  assert.equal(recorded.appId, "foot");
  await foot.stop();
  await eventually("the window to go", async () => (await sway.windows()).length === 0);

  // What was recorded is written a moment later.
  await eventually("the whole recording", async () => {
    const printed = await desktop.run(desktop.direct, process.execPath, [replay, file]);
    return /\(foot, pid \d+\) has gone/.test(printed.toString());
  });
  const { program } = desktop.compositor;
  const before = program.output.length;
  const player = desktop.start(desktop.direct, process.execPath, [replay, "--play", file]);
  assert.deepEqual(await window("recorded"), recorded);
  const { rect } = recorded;
  await desktop.still("a gray window", (picture) => picture.countOf(0x808080, rect) > (rect.width * rect.height) / 2);
  const ending = await player.end();
  assert.equal(ending.code, 0, "the compositor took it to the end");
  // The window has that title for as short a time as it had it then, too short to be sure to see it.
  const titled = /xdg_toplevel@\d+\.set_title\("and changed"\)/;
  await eventually("its title in the compositor's log", () => titled.test(program.output.slice(before)));
  assert.deepEqual(await sway.windows(), []);
});
