// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { DISPLAY, serveX } from "./support/x-programs.ts";

const replay = fileURLToPath(new URL("../../bin/wayland-proxy-replay.cjs", import.meta.url));

const typed = "The quick brown FOX jumps over 13 lazy dogs: ~!@#$%^&*()_+`-={}[]|\\;'\"<>,.?/\n";

desktopTest("keys typed into foot arrive exactly", { on: ["sway", "weston-seat"] }, async (desktop) => {
  const input = await desktop.compositor.input();
  const shell = ["sh", "-c", "stty -echo; cat > typed"];
  const foot = desktop.start(await desktop.proxied(), "foot", shell, { env: { WAYLAND_DEBUG: "1" } });
  await foot.says(/wl_keyboard[@#]\d+\.enter\(/);
  await input.type(typed.repeat(3));
  const arrived = (): string => readFileSync(join(desktop.home, "typed"), "utf8");
  await eventually("the last line to arrive", () => arrived().split("\n").length > 3);
  assert.equal(arrived(), typed.repeat(3));
});

desktopTest("what is typed is in no recording, unless --log-keys is given", { on: ["sway"] }, async (desktop) => {
  const input = await desktop.compositor.input();
  for (const options of [[], ["--log-keys"]]) {
    const file = join(desktop.home, `recording${options.join("")}`);
    const shell = ["sh", "-c", "stty -echo; cat > typed"];
    const foot = desktop.start(await desktop.proxied("--record", file, ...options), "foot", shell, {
      env: { WAYLAND_DEBUG: "1" },
    });
    await foot.says(/wl_keyboard[@#]\d+\.enter\(/);
    await input.type("a\n");
    const keys = await eventually("two keys, pressed and released, in the recording", async () => {
      const filter = ["--source", "client", "--log-filter", "wl_keyboard.key", file];
      const printer = desktop.start(desktop.direct, process.execPath, [replay, ...filter], { capture: true });
      await printer.end();
      const lines = printer.captured.toString().match(/wl_keyboard@\d+\.key\(.*/g) ?? [];
      return lines.length >= 4 ? lines : null;
    });
    // 30 is A and 28 Enter, in Linux' input-event-codes.h.
    assert.equal(
      keys.some((line) => /key=(30|28),/.test(line)),
      options.length > 0,
      keys.join("\n"),
    );
    await foot.stop();
  }
});

desktopTest(
  "--tag is put before every title, and long titles stay whole characters",
  { on: ["sway"] },
  async (desktop) => {
    const tagged = await desktop.proxied("--tag", "[vm] ");
    const titles = async (): Promise<string[]> => (await desktop.sway.windows()).map((window) => window.title);

    const foot = desktop.start(tagged, "foot", ["--title", "terminal", "sh", "-c", "read line"]);
    await eventually("the tagged title", async () => (await titles()).includes("[vm] terminal"));
    await foot.stop();

    // A title of 4 bytes a character that fills a message of 4096 bytes without the tag.
    desktop.start(tagged, "foot", ["--title", "🦊".repeat(1000), "sh", "-c", "read line"]);
    const long = await eventually("the long title", async () => (await titles()).find((title) => title.includes("🦊")));
    assert.match(long, /^\[vm\] (🦊)+$/u);

    desktop.start(desktop.direct, "foot", ["--title", "untagged", "sh", "-c", "read line"]);
    await eventually("the title of a client that does not use the proxy", async () =>
      (await titles()).includes("untagged"),
    );
  },
);

desktopTest(
  "--app-id-prefix is put before every application id, that of X11 programs too",
  { on: ["sway"] },
  async (desktop) => {
    const marks = ["--tag", "[vm] ", "--app-id-prefix", "vm."];
    const appIdOf = async (title: string): Promise<string | undefined> =>
      (await desktop.sway.windows()).find((window) => window.title === title)?.appId;

    desktop.start(await desktop.proxied(...marks), "foot", ["--title", "terminal", "sh", "-c", "read line"]);
    await eventually("the prefix of a Wayland window", async () => (await appIdOf("[vm] terminal")) === "vm.foot");

    const x = await serveX(desktop, "Xwayland", ...marks.slice(2));
    desktop.start(x, "xterm", ["-title", "an xterm", "-e", "cat"], { env: { DISPLAY } });
    await eventually("the prefix of an X11 window", async () => (await appIdOf("[vm] an xterm")) === "vm.debian-xterm");
  },
);
