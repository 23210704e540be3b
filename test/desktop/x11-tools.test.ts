// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { DISPLAY, serveX, windowTitled, xTool } from "./support/x-programs.ts";

const xeyesAt = ["-title", "eyes", "-geometry", "400x300"];

desktopTest("xeyes follow the pointer", { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland");
  const input = await desktop.compositor.input();
  // The window has no shape, so that the pointer is in it everywhere.
  const eyes = desktop.start(proxied, "xeyes", [...xeyesAt, "+shape"], { env: { DISPLAY } });
  const { rect } = await windowTitled(desktop, "[vm] eyes");
  /** How much black the left eye, whose middle is at 95, has in each half: of what is around it the same, and its pupil. */
  const halves = async (): Promise<number[]> => {
    const picture = await desktop.compositor.screenshot();
    const half = { y: rect.y, width: 80, height: rect.height };
    return [15, 95].map((x) => picture.countOf(0x000000, { ...half, x: rect.x + x }));
  };
  await input.move(rect.x + 2, rect.y + 150);
  await eventually("them to look to the left", async () => {
    const [left = 0, right = 0] = await halves();
    return left > right + 500;
  });
  await input.move(rect.x + 398, rect.y + 150);
  await eventually("them to look to the right", async () => {
    const [left = 0, right = 0] = await halves();
    return right > left + 500;
  });
  await eyes.stop();
});

desktopTest("wmctrl, xprop and xwininfo read what is published", { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland");
  await desktop.compositor.input();
  const tool = (program: string, ...args: string[]) => xTool(desktop, proxied, program, ...args);
  const clock = desktop.start(proxied, "xclock", ["-title", "a clock", "-geometry", "300x200"], { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] a clock");
  const eyes = desktop.start(proxied, "xeyes", xeyesAt, { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] eyes");

  assert.match(await tool("wmctrl", "-m"), /^Name: LG3D$/m);
  // Window, desktop, class, host, title: in the order in which they came.
  const list = await tool("wmctrl", "-lx");
  assert.match(list, /^0x\w+ +0 xclock\.XClock +\S+ a clock\n0x\w+ +0 xeyes\.XEyes +\S+ eyes\n$/);
  const [clockId = "", eyesId = ""] = list.match(/^0x\w+/gm) ?? [];

  const info = await tool("xwininfo", "-name", "a clock");
  assert.match(info, /Absolute upper-left X: +0$/m);
  assert.match(info, /Width: 300$/m);
  assert.match(info, /Height: 200$/m);
  assert.match(info, /Map State: IsViewable$/m);

  const id = (text: string) => `0x${Number(text).toString(16)}`;
  await eventually("the second to be active", async () =>
    (await tool("xprop", "-root", "_NET_ACTIVE_WINDOW")).includes(id(eyesId)),
  );
  assert.match(await tool("xprop", "-id", eyesId, "_NET_WM_STATE"), /_NET_WM_STATE_FOCUSED/);
  assert.match(await tool("xprop", "-id", clockId, "WM_STATE"), /window state: Normal/);
  const clients = `_NET_CLIENT_LIST(WINDOW): window id # ${id(clockId)}, ${id(eyesId)}\n`;
  assert.equal(await tool("xprop", "-root", "_NET_CLIENT_LIST"), clients);

  // The host closes it, and it goes from the list.
  await tool("wmctrl", "-c", "a clock");
  await clock.end();
  await eventually("it to be gone", async () => !(await tool("wmctrl", "-l")).includes("a clock"));
  await eyes.stop();
});

desktopTest("xdotool finds an xterm, and types and presses keys in it", { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland");
  await desktop.compositor.input();
  const shell = ["-title", "typed by a tool", "-e", "sh", "-c", "stty -echo; echo > ready; cat > typed"];
  const xterm = desktop.start(proxied, "xterm", shell, { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] typed by a tool");
  await eventually("the shell", () => existsSync(join(desktop.home, "ready")));
  const tool = (...args: string[]) => xTool(desktop, proxied, "xdotool", ...args);
  const found = (await tool("search", "--name", "^typed by a tool$")).trim();
  await eventually("it to have the keyboard", async () => (await tool("getactivewindow")).trim() === found);
  assert.equal((await tool("getwindowfocus")).trim(), found);
  await tool("type", "--delay", "5", "Hello, World! #42");
  await tool("key", "Return");
  await eventually("the line", () => readFileSync(join(desktop.home, "typed"), "utf8") === "Hello, World! #42\n");
  await xterm.stop();
});

/** Some of it; `x11perf -all` takes hours. It measures each for a second, and finds out before how often that is. */
const drawing = ["-rect500", "-copywinwin500"];

desktopTest("x11perf draws as fast as it can, and all goes on as before", { on: ["sway"] }, async (desktop) => {
  const proxied = await serveX(desktop, "Xwayland");
  const clock = desktop.start(proxied, "xclock", ["-title", "bystander"], { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] bystander");
  const options = ["-repeat", "1", "-time", "1", ...drawing];
  const perf = desktop.start(proxied, "x11perf", options, { env: { DISPLAY }, capture: true });
  const { code } = await perf.end(90_000);
  assert.equal(code, 0);
  const done = perf.captured.toString().match(/^ *\d+ reps @.*\/sec\):/gm);
  assert.equal(done?.length, drawing.length, perf.captured.toString());
  assert.ok(clock.running);
  await clock.stop();
});
