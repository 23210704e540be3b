// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { eventually } from "../support/eventually.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { removeBuffers } from "./support/wl-copy.ts";

type Selection = "clipboard" | "primary";

const payloads = {
  "one byte": Buffer.from("\x7f"),
  "every byte": Buffer.from(Array.from({ length: 4096 }, (_, i) => i & 255)),
  "5 MB": randomBytes(5_000_000),
};

/** Copies each payload on one display and pastes it on the other. */
async function carry(desktop: Desktop, selection: Selection, from: Display, to: Display): Promise<void> {
  const options = selection === "primary" ? ["--primary"] : [];
  for (const [index, [name, payload]] of Object.entries(payloads).entries()) {
    // A type of its own for each copy tells it from the one before, which may still be there.
    const type = `application/x-${from.route}-${index}`;
    const copy = desktop.start(from, "wl-copy", [...options, "--foreground", "--type", type], { input: payload });
    await eventually(`the ${selection} of ${name} to be offered`, async () => {
      assert.ok(copy.running, `wl-copy ended: ${copy.output}`);
      const list = desktop.start(to, "wl-paste", [...options, "--list-types"], { capture: true });
      await list.end();
      return list.captured.toString().split("\n").includes(type);
    });
    const pasted = await desktop.run(to, "wl-paste", [...options, "--no-newline", "--type", type]);
    assert.equal(pasted.length, payload.length, `${name}, ${from.route} to ${to.route}`);
    assert.ok(pasted.equals(payload), `${name}, ${from.route} to ${to.route}: other bytes`);
    await copy.stop();
    removeBuffers(payload);
  }
}

for (const selection of ["clipboard", "primary"] as const) {
  const on = selection === "primary" ? (["sway"] as const) : (["sway", "weston-seat"] as const);

  desktopTest(`the ${selection} goes both ways for clients with focus`, { on }, async (desktop) => {
    await desktop.compositor.input();
    const proxied = await desktop.proxied();
    await carry(desktop, selection, proxied, desktop.direct);
    await carry(desktop, selection, desktop.direct, proxied);
    await carry(desktop, selection, proxied, await desktop.proxied());
  });

  desktopTest(`the ${selection} goes both ways by data-control`, { on: ["sway"] }, async (desktop) => {
    const proxied = await desktop.proxied("--expose", "zwlr_data_control_manager_v1");
    await carry(desktop, selection, proxied, desktop.direct);
    await carry(desktop, selection, desktop.direct, proxied);
  });
}
