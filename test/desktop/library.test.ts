// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Hooks, unixHost, XDisplay, XServer } from "wayland-proxy";
import { openDescriptors } from "../support/descriptors.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { DISPLAY, windowTitled, xNumber } from "./support/x-programs.ts";

desktopTest("a program of one's own serves X11 programs, with a hook", { on: ["sway"] }, async (desktop) => {
  const renamed: Hooks = {
    requests: { xdg_toplevel: { set_app_id: (message) => message.change({ app_id: `vm.${message.args.app_id}` }) } },
  };
  const before = openDescriptors();
  const display = XDisplay.open(xNumber);
  const server = new XServer({
    display,
    connectHost: unixHost(desktop.compositor.socket),
    hooks: [renamed],
    tag: "* ",
  });
  const clock = desktop.start(desktop.direct, "xclock", ["-title", "a clock"], { env: { DISPLAY } });
  const { appId } = await windowTitled(desktop, "* a clock");
  assert.equal(appId, "vm.XClock");
  assert.equal(server.size, 1);
  await clock.stop();
  await server.close();
  display.close();
  assert.equal(server.size, 0);
  assert.deepEqual(openDescriptors(), before);
});
