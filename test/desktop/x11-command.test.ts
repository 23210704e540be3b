// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { scaled } from "../support/patience.ts";
import type { Desktop } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Program } from "./support/program.ts";
import { xNumber } from "./support/x-programs.ts";

const proxyCommand = fileURLToPath(new URL("../../bin/wayland-proxy.cjs", import.meta.url));

/** Xwayland stays for so many milliseconds when its last client has left. */
const XWAYLAND_STAYS = 10_000;

/** A proxy around a command, with the Xwayland that everybody has. */
function around(desktop: Desktop, ...command: string[]): Program {
  const args = [proxyCommand, "--wayland-display", "around", "--x-display", String(xNumber), "--", ...command];
  return desktop.start(desktop.direct, process.execPath, args, { capture: true });
}

desktopTest(
  "the proxy ends with an X11 command that leaves nothing behind",
  { on: ["weston", "sway"] },
  async (desktop) => {
    const proxy = around(desktop, "xset", "q");
    const began = performance.now();
    const { code } = await proxy.end();
    assert.equal(code, 0);
    assert.match(proxy.captured.toString(), /Keyboard Control/);
    assert.ok(performance.now() - began < scaled(XWAYLAND_STAYS), "Xwayland was waited for");
    assert.doesNotMatch(proxy.output, /still open/);
  },
);

desktopTest(
  "the proxy stays for the X11 programs that its command has started",
  { on: ["weston"] },
  async (desktop) => {
    const proxy = around(desktop, "sh", "-c", "xclock & echo $!; xset q");
    await proxy.says(/still open/);
    const [pid = ""] = proxy.captured.toString().split("\n");
    assert.match(proxy.captured.toString(), /Keyboard Control/);
    assert.ok(proxy.running);
    const began = performance.now();
    process.kill(Number(pid));
    assert.equal((await proxy.end()).code, 0);
    assert.ok(performance.now() - began < scaled(XWAYLAND_STAYS), "Xwayland was waited for");
  },
);

desktopTest("the proxy stays for what an X11 program has copied", { on: ["weston"] }, async (desktop) => {
  // It stays in the background to give that to whoever wants it.
  const proxy = around(desktop, "sh", "-c", "echo copied | xclip -selection clipboard -i");
  await proxy.says(/or what it copied is kept/);
  assert.ok(proxy.running);
  assert.ok(await proxy.stop());
});
