// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { DISPLAY, xNumber } from "./support/x-programs.ts";

desktopTest(
  "what happens to an xterm can be read in the log: X11 messages, and why its window is what it is",
  { on: ["sway"] },
  async (desktop) => {
    // One that ends with its last client, and not some seconds later.
    const script = join(desktop.home, "xwayland");
    writeFileSync(script, '#!/bin/sh\nexec Xwayland "$@" -terminate\n', { mode: 0o755 });
    const x11 = ["--x-display", String(xNumber), "--xwayland-binary", script];
    const proxied = await desktop.proxied(...x11, "-v", "--log-filter", "wl_display.error");
    await desktop.compositor.input();
    const log = (): string => proxied.proxy?.output ?? "";
    const xterm = desktop.start(proxied, "xterm", ["-title", "readable"], { env: { DISPLAY: DISPLAY } });
    const [, id] = await eventually("the window to get the keyboard", () =>
      /\[xwayland\] (0x\w+) "readable" has the keyboard, with the input model passive/.exec(log()),
    );
    for (const line of [
      `<- MapRequest(parent=root, window=${id})`,
      `-> N GetProperty(delete=false, window=${id}, property=WM_NAME, type=None,`,
      '<- N GetProperty: format=8, type=STRING, bytes_after=0, value_len=8, value="readable"',
      `-> N ConfigureWindow(window=${id}, x=0, y=0, stack_mode=Below, border_width=0)`,
      `-> N MapWindow(window=${id})`,
      `<- MapNotify(event=root, window=${id}, override_redirect=false)`,
      `${id} "readable" is paired with wl_surface@`,
      `${id} "readable" is a toplevel`,
      `-> N SetInputFocus(revert_to=None, focus=${id}, time=CurrentTime)`,
    ]) {
      assert.ok(
        log()
          .replace(/\[xwayland\] (..) \d+ /g, "[xwayland] $1 N ")
          .includes(`[xwayland] ${line}`),
        line,
      );
    }
    await xterm.stop();
    await eventually("it to be seen that it has gone", () => log().includes(`${id} "readable" is not shown any more`));
  },
);
