// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Program } from "./support/program.ts";
import { DISPLAY, servers, serveX, windowTitled } from "./support/x-programs.ts";

type Selection = "clipboard" | "primary";

const MIB = 1024 * 1024;

const payloads = {
  nothing: Buffer.alloc(0),
  "one byte": Buffer.from("\x7f"),
  "just what fits into one part": randomBytes(64 * 1024),
  "8 MiB": randomBytes(8 * MIB),
};

/** An X window with the keyboard: X clients may have what is copied elsewhere only while there is one. */
async function focusX(desktop: Desktop, proxied: Display): Promise<Program> {
  await desktop.compositor.input();
  const clock = desktop.start(proxied, "xclock", ["-title", "focused"], { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] focused");
  return clock;
}

/** Runs xclip to its end; what it printed, or null when it failed, as it does when there is nothing to be had. */
async function xclip(desktop: Desktop, proxied: Display, ...args: string[]): Promise<Buffer | null> {
  const tool = desktop.start(proxied, "xclip", args, { env: { DISPLAY }, capture: true });
  return (await tool.end()).code === 0 ? tool.captured : null;
}

async function targetsInX(desktop: Desktop, proxied: Display, selection: Selection): Promise<string[]> {
  const list = await xclip(desktop, proxied, "-selection", selection, "-o", "-t", "TARGETS");
  return list?.toString().split("\n") ?? [];
}

async function typesOnHost(desktop: Desktop, selection: Selection): Promise<string[]> {
  const options = selection === "primary" ? ["--primary"] : [];
  const list = desktop.start(desktop.direct, "wl-paste", [...options, "--list-types"], { capture: true });
  await list.end();
  return list.captured.toString().split("\n");
}

for (const [name, server] of Object.entries(servers)) {
  for (const selection of ["clipboard", "primary"] as const) {
    const options = selection === "primary" ? ["--primary"] : [];

    desktopTest(
      `the ${selection} of the host's programs is had by X clients, by ${name}`,
      { on: ["sway"] },
      async (desktop) => {
        const proxied = await serveX(desktop, server);
        const clock = await focusX(desktop, proxied);
        for (const [index, [what, payload]] of Object.entries(payloads).entries()) {
          const type = `application/x-test-${index}`;
          const copy = desktop.start(desktop.direct, "wl-copy", [...options, "--foreground", "--type", type], {
            input: payload,
          });
          await eventually(`${what} to be offered`, async () =>
            (await targetsInX(desktop, proxied, selection)).includes(type),
          );
          const pasted = await xclip(desktop, proxied, "-selection", selection, "-o", "-t", type);
          assert.ok(pasted?.equals(payload), `${what}: ${pasted?.length} bytes`);
          await copy.stop();
        }
        await clock.stop();
      },
    );

    desktopTest(
      `the ${selection} of X clients is had by the host's programs, by ${name}`,
      { on: ["sway"] },
      async (desktop) => {
        const proxied = await serveX(desktop, server);
        const clock = await focusX(desktop, proxied);
        const input = await desktop.compositor.input();
        for (const [index, [what, payload]] of Object.entries(payloads).entries()) {
          const type = `application/x-test-${index}`;
          // The user's input, without which nobody may copy.
          await input.type(" ");
          const copy = desktop.start(proxied, "xclip", ["-selection", selection, "-quiet", "-i", "-t", type], {
            env: { DISPLAY },
            input: payload,
          });
          await eventually(`${what} to be offered`, async () => (await typesOnHost(desktop, selection)).includes(type));
          const pasted = await desktop.run(desktop.direct, "wl-paste", [...options, "--no-newline", "--type", type]);
          assert.ok(pasted.equals(payload), `${what}: ${pasted.length} bytes`);
          await copy.stop();
        }
        await clock.stop();
      },
    );
  }
}
