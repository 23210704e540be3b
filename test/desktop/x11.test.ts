// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { programsOf } from "./support/process.ts";
import type { Program } from "./support/program.ts";
import { DISPLAY, servers, serveX, windowTitled, xNumber, xTool } from "./support/x-programs.ts";

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

for (const [name, server] of Object.entries(servers)) {
  desktopTest(`keys typed into an xterm arrive exactly, by ${name}`, { on: ["sway"] }, async (desktop) => {
    const proxied = await serveX(desktop, server);
    const input = await desktop.compositor.input();
    const shell = ["-title", "an xterm", "-e", "sh", "-c", "stty -echo; echo > ready; cat > typed"];
    const xterm = desktop.start(proxied, "xterm", shell, { env: { DISPLAY } });
    const { appId } = await windowTitled(desktop, "[vm] an xterm");
    assert.equal(appId, "debian-xterm");
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
    await other.end();
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
      // sway says where the window will be, and moves it there a little later, with no event for the pointer.
      await eventually("the pointer to be at its place in the window", async () => {
        await input.move(rect.x + 61, rect.y + 40);
        await input.move(rect.x + 60, rect.y + 40);
        const motions = program.output.slice(popups).matchAll(/wl_pointer@\d+\.motion\(\d+, ([\d.]+), ([\d.]+)\)/g);
        const [, x, y] = [...motions].at(-1) ?? [];
        return Number(x) === 60 && Number(y) === 40;
      });
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
      await xterm.end();
      await eventually("no window to be left", async () => (await desktop.sway.windows()).length === 0);
    },
  );

  desktopTest(
    `Xwayland is killed 20 times, and each time new clients work, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, server);
      for (let i = 1; i <= 20; i++) {
        const clock = desktop.start(proxied, "xclock", ["-title", `number ${i}`], { env: { DISPLAY } });
        await windowTitled(desktop, `[vm] number ${i}`);
        const { pid } = proxied.proxy as Program;
        const xwayland = await eventually("Xwayland's process", () => programsOf(pid)[0]);
        process.kill(xwayland, "SIGKILL");
        await clock.end();
        await eventually("the window to go", async () => (await desktop.sway.windows()).length === 0);
      }
    },
  );

  desktopTest(
    `_NET_ACTIVE_WINDOW says which window has the keyboard, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, server);
      await desktop.compositor.input();
      const active = async (): Promise<string> => xTool(desktop, proxied, "xprop", "-root", "_NET_ACTIVE_WINDOW");
      const stays = desktop.start(proxied, "xclock", ["-title", "stays"], { env: { DISPLAY } });
      await windowTitled(desktop, "[vm] stays");
      const [, first] = await eventually("the focus", async () => /# (0x[1-9a-f]\w*)/.exec(await active()));
      const leaves = desktop.start(proxied, "xclock", ["-title", "leaves"], { env: { DISPLAY } });
      await windowTitled(desktop, "[vm] leaves");
      await eventually("it to move on", async () => !(await active()).includes(String(first)));
      await leaves.stop();
      await eventually("it to come back", async () => (await active()).includes(String(first)));
      // Without a window with the keyboard it is none.
      await desktop.sway.message("workspace", "elsewhere");
      await eventually("it to be gone", async () => /# 0x0\b/.test(await active()));
      await stays.stop();
    },
  );
}

desktopTest("properties that change nothing for the host are not sent again", { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland");
  const clock = desktop.start(proxied, "xclock", ["-title", "first"], { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] first");
  const { program } = desktop.compositor;
  const before = program.output.length;
  const set = (...args: string[]) => xTool(desktop, proxied, "xprop", "-name", ...args);
  for (let i = 0; i < 5; i++) await set("first", "-f", "_NET_WM_USER_TIME", "32c", "-set", "_NET_WM_USER_TIME", `${i}`);
  await set("first", "-f", "_NET_WM_NAME", "8u", "-set", "_NET_WM_NAME", "zweites");
  await windowTitled(desktop, "[vm] zweites");
  const titles = program.output.slice(before).match(/set_title\(.*\)/g);
  assert.deepEqual(titles, ['set_title("[vm] zweites")']);
  await clock.stop();
});

for (const [what, binary, why] of [
  ["is missing", "/no/such/Xwayland", /\/no\/such\/Xwayland: cannot be started \(ENOENT\)/],
  ["says why it fails", "fails", /fails: exit code 3; .*; no screens found;/],
  ["ends at once without a word", "true", /true: exit code 0; .*no X server/],
] as const) {
  desktopTest(
    `an Xwayland that ${what} costs its clients only, and is not tried all the time`,
    { on: ["sway"] },
    async (desktop) => {
      const script = join(desktop.home, "fails");
      writeFileSync(script, "#!/bin/sh\necho no screens found >&2\nexit 3\n", { mode: 0o755 });
      const path = binary === "fails" ? script : binary;
      const proxied = await desktop.proxied("--x-display", String(xNumber), "--xwayland-binary", path);
      const clock = desktop.start(proxied, "xclock", [], { env: { DISPLAY } });
      assert.notEqual((await clock.end()).code, 0);
      const { output } = proxied.proxy as Program;
      assert.match(output, why);
      assert.equal(output.match(/the next try is in/g)?.length, 1);
      await desktop.run(proxied, "wayland-info");
    },
  );
}
