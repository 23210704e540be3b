// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { desktopTest } from "./support/desktop-test.ts";
import { eventually } from "./support/eventually.ts";

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

desktopTest("keys typed into foot arrive exactly", { on: ["sway", "weston-seat"] }, async (desktop) => {
  const file = join(desktop.home, "typed");
  const foot = desktop.start(await desktop.proxied(), "foot", [
    "sh",
    "-c",
    `stty -echo; echo ready > ready; cat > typed`,
  ]);
  await eventually("the shell to be ready", () => {
    assert.ok(foot.running, "foot ended");
    return existsSync(join(desktop.home, "ready"));
  });
  const input = await desktop.compositor.input();
  await input.type(typed);
  await eventually("the last key to arrive", () => readFileSync(file, "utf8").endsWith("\n"));
  assert.equal(readFileSync(file, "utf8"), typed);
});
