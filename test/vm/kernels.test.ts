// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe } from "node:test";
import { guestTests } from "./support/guest-test.ts";
import { animates, carriesClipboard, looksTheSame, scribblesTheSame, takesKeys, terminal } from "./support/scenes.ts";

// The newest kernel has files of its own.
for (const kernel of ["6.1", "6.12"] as const) {
  describe(`kernel ${kernel}`, () => {
    const guestTest = guestTests(kernel);

    guestTest("windows, keys and the clipboard work", { on: ["sway"] }, async (guest, desktop) => {
      assert.ok(guest.machine.release.startsWith(`${kernel}.`), guest.machine.release);
      await looksTheSame(guest, desktop, terminal);
      await takesKeys(guest, desktop);
      await carriesClipboard(guest, desktop, "guest");
      await carriesClipboard(guest, desktop, "host");
    });

    guestTest("small damage arrives whole", { on: ["weston-seat"] }, (guest, desktop) =>
      scribblesTheSame(guest, desktop),
    );

    guestTest(
      "weston-simple-shm draws frame after frame, also after a reset",
      { on: ["weston"] },
      async (guest, desktop) => {
        await animates(guest, desktop);
        await guest.machine.reset();
        await guest.startProxy();
        await animates(guest, desktop);
      },
    );
  });
}
