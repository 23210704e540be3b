// SPDX-License-Identifier: Apache-2.0
import { guestTests } from "./support/guest-test.ts";
import { carriesClipboard } from "./support/scenes.ts";

const guestTest = guestTests("newest");

guestTest("what is copied in the guest is pasted on the host", { on: ["sway"] }, (guest, desktop) =>
  carriesClipboard(guest, desktop, "guest"),
);

guestTest("what is copied on the host is pasted in the guest", { on: ["sway"] }, (guest, desktop) =>
  carriesClipboard(guest, desktop, "host"),
);
