// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { eventually } from "./support/eventually.ts";
import type { Window } from "./support/sway.ts";

/** Far from those that a desktop or another test may use. */
const number = 4200 + (process.pid % 1000);
const DISPLAY = `:${number}`;

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

/** A newer Xwayland than Debian bookworm's, unpacked by scripts/setup-desktop.sh. */
const trixie = fileURLToPath(new URL("../../../.cache/trixie/root", import.meta.url));

/** How to start each Xwayland: 22.1 names surfaces by their ids, 24.1 has xwayland_shell_v1. */
const servers = {
  "the machine's Xwayland": "Xwayland",
  "Xwayland 24.1": `${trixie}/usr/lib64/ld-linux-x86-64.so.2 --library-path ${trixie}/usr/lib/x86_64-linux-gnu ${trixie}/usr/bin/Xwayland`,
};

/** A proxy with an X display, whose Xwayland ends with its last client instead of some seconds later. */
function serveX(desktop: Desktop, server: string): Promise<Display> {
  const script = join(desktop.home, "xwayland");
  writeFileSync(script, `#!/bin/sh\nexec ${server} "$@" -terminate\n`, { mode: 0o755 });
  return desktop.proxied("--x-display", String(number), "--xwayland-binary", script, "--tag", "[vm] ");
}

function windowTitled(desktop: Desktop, title: string): Promise<Window> {
  const find = async () => (await desktop.sway.windows()).find((window) => window.title === title);
  return eventually(`the window "${title}"`, find);
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(`keys typed into an xterm arrive exactly, by ${name}`, { on: ["sway"] }, async (desktop) => {
    const proxied = await serveX(desktop, server);
    const input = await desktop.compositor.input();
    const shell = ["-title", "an xterm", "-e", "sh", "-c", "stty -echo; echo > ready; cat > typed"];
    const xterm = desktop.start(proxied, "xterm", shell, { env: { DISPLAY } });
    const { appId } = await windowTitled(desktop, "[vm] an xterm");
    assert.equal(appId, "XTerm");
    await eventually("the shell", () => existsSync(join(desktop.home, "ready")));
    await input.type(typed.repeat(3));
    const arrived = (): string => readFileSync(join(desktop.home, "typed"), "utf8");
    await eventually("the last line to arrive", () => arrived().split("\n").length > 3);
    assert.equal(arrived(), typed.repeat(3));
    await xterm.stop();
  });

  desktopTest(`X11 windows come and go, one after the other, by ${name}`, { on: ["sway"] }, async (desktop) => {
    const proxied = await serveX(desktop, server);
    const clock = desktop.start(proxied, "xclock", ["-title", "first"], { env: { DISPLAY } });
    await windowTitled(desktop, "[vm] first");
    // Of the two at the same place, each is the window that it says it is.
    const other = desktop.start(proxied, "xeyes", ["-title", "second"], { env: { DISPLAY } });
    await windowTitled(desktop, "[vm] second");
    await desktop.sway.message('[title="second"]', "kill");
    await other.ended;
    await windowTitled(desktop, "[vm] first");
    await clock.stop();
    await eventually("no window to be left", async () => (await desktop.sway.windows()).length === 0);
    const last = desktop.start(proxied, "xclock", ["-title", "third"], { env: { DISPLAY } });
    await windowTitled(desktop, "[vm] third");
    await last.stop();
  });

  desktopTest(
    `a menu opens at the pointer, and the item under it is chosen, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, server);
      const input = await desktop.compositor.input();
      const translations = "XTerm*VT100.translations: #override <Btn1Down>: popup-menu(mainMenu)";
      const options = ["-title", "menus", "-xrm", translations, "-e", "sh", "-c", "echo > ready; read line"];
      const xterm = desktop.start(proxied, "xterm", options, { env: { DISPLAY } });
      const { rect } = await windowTitled(desktop, "[vm] menus");
      await eventually("the shell", () => existsSync(join(desktop.home, "ready")));
      const { program } = desktop.compositor;
      const popups = program.output.length;
      await input.move(rect.x + 60, rect.y + 40);
      await input.press();
      const [, width, height] = await eventually("the menu", () =>
        /xdg_positioner@\d+\.set_size\((\d+), (\d+)\)[\s\S]*get_popup/.exec(program.output.slice(popups)),
      );
      const place = /xdg_popup@\d+\.configure\((-?\d+), (-?\d+), (\d+), (\d+)\)/;
      const [, x, y] = await eventually("its place", () => place.exec(program.output.slice(popups)));
      assert.ok(Math.abs(Number(x) + Number(width) / 2 - 60) <= Number(width), "it is at the pointer");
      // The last item is Quit.
      await input.move(rect.x + Number(x) + 30, rect.y + Number(y) + Number(height) - 8);
      await input.release();
      await xterm.ended;
      await eventually("no window to be left", async () => (await desktop.sway.windows()).length === 0);
    },
  );
}
