// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Program } from "./support/program.ts";
import { DISPLAY, servers, serveX, windowTitled, xTool } from "./support/x-programs.ts";

/** An X program that is there for as long as the test is, since its Xwayland ends with the last one. */
async function stays(desktop: Desktop, proxied: Display): Promise<Program> {
  const clock = desktop.start(proxied, "xclock", [], { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] xclock");
  return clock;
}

/** Waits until a tool prints all of these. */
function says(desktop: Desktop, proxied: Display, tool: readonly [string, ...string[]], ...parts: readonly RegExp[]) {
  return eventually(`${tool[0]} to say ${parts}`, async () => {
    const text = await xTool(desktop, proxied, ...tool);
    return parts.every((part) => part.test(text)) ? text : null;
  });
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(`X resources and settings follow the scale, by ${name}`, { on: ["sway"] }, async (desktop) => {
    const { sway } = desktop;
    const [output = ""] = await sway.outputs();
    await sway.message(`output ${output} scale 1.5`);
    const proxied = await serveX(desktop, server, "--x-unscale", "auto", "--xrdb", "XTerm*background: black");
    const clock = await stays(desktop, proxied);
    const query = ["xrdb", "-query"] as const;
    await says(desktop, proxied, query, /^Xft.dpi:\t144$/m, /^Xcursor.size:\t36$/m, /^XTerm\*background:\tblack$/m);
    await says(desktop, proxied, ["dump_xsettings"], /Xft\/DPI 147456/, /Gdk\/WindowScalingFactor 1$/m);
    // What a program has changed is its own from then on.
    writeFileSync(join(desktop.home, "resources"), "Xcursor.size: 30\nMine: 1\n");
    await xTool(desktop, proxied, "xrdb", "-merge", "resources");
    await sway.message(`output ${output} scale 2`);
    const after = await says(desktop, proxied, query, /^Xft.dpi:\t192$/m);
    assert.match(after, /^Xcursor.size:\t30$/m);
    assert.match(after, /^Mine:\t1$/m);
    await says(desktop, proxied, ["dump_xsettings"], /Xft\/DPI 196608/, /Gdk\/WindowScalingFactor 2$/m);
    await clock.stop();
  });

  desktopTest(
    `a settings manager of the user's takes over, and we again after it, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, server);
      const clock = await stays(desktop, proxied);
      const ours = /Xft\/DPI 98304/;
      await says(desktop, proxied, ["dump_xsettings"], ours);
      writeFileSync(join(desktop.home, "settings"), "Xft/DPI 111111\n");
      const other = desktop.start(proxied, "xsettingsd", ["-c", "settings"], { env: { DISPLAY } });
      await says(desktop, proxied, ["dump_xsettings"], /Xft\/DPI 111111/);
      await other.stop();
      await says(desktop, proxied, ["dump_xsettings"], ours);
      await clock.stop();
    },
  );

  desktopTest(
    `the user's output is the primary one as soon as it is there, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const { sway } = desktop;
      const [first] = await sway.outputs();
      const proxied = await serveX(desktop, server, "--x-primary", "Headless output 2");
      const clock = await stays(desktop, proxied);
      const proxy = proxied.proxy as Program;
      await proxy.says(new RegExp(`no output is called Headless output 2, .*; there is ${first} `));
      assert.doesNotMatch(await xTool(desktop, proxied, "xrandr"), /primary/);
      await sway.message("create_output");
      await says(desktop, proxied, ["xrandr"], /connected primary 1280x1024\+1280\+0/);
      await clock.stop();
    },
  );

  desktopTest(
    `windows without a cursor get the theme's arrow, as sharp as the screen, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const { sway } = desktop;
      const [output = ""] = await sway.outputs();
      await sway.message(`output ${output} scale 2`);
      const input = await sway.input();
      const proxied = await serveX(desktop, server, "--x-unscale", "auto");
      const clock = await stays(desktop, proxied);
      await input.move(100, 100);
      const [, surface, hotX, hotY] = await eventually("a cursor", () =>
        /wl_pointer@\d+\.set_cursor\(\d+, wl_surface@(\d+), (\d+), (\d+)\)/.exec(sway.program.output),
      );
      const [, viewport] = await eventually("its viewport", () =>
        new RegExp(`get_viewport\\(new id wp_viewport@(\\d+), wl_surface@${surface}\\)`).exec(sway.program.output),
      );
      const [, width, height] = await eventually("its size", () =>
        new RegExp(`wp_viewport@${viewport}\\.set_destination\\((\\d+), (\\d+)\\)`).exec(sway.program.output),
      );
      assert.match(
        sway.program.output,
        new RegExp(`create_buffer\\([^)]*, ${2 * Number(width)}, ${2 * Number(height)}, `),
      );
      assert.ok(Number(width) === 24 && Number(hotX) < 12 && Number(hotY) < 12, `${width}x${height}+${hotX}+${hotY}`);
      await clock.stop();
    },
  );
}
