// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { after } from "node:test";
import type { Desktop } from "../../desktop/support/desktop.ts";
import { type DesktopTestOptions, desktopTest } from "../../desktop/support/desktop-test.ts";
import { Guest } from "./guest.ts";
import type { Kernel } from "./machine.ts";

/** Declares a test. */
export type GuestTest = (
  name: string,
  options: DesktopTestOptions,
  body: (guest: Guest, desktop: Desktop) => Promise<void>,
) => void;

/**
 * Tests of one file that share a guest with this kernel, which is booted by the first of them; each has a desktop of
 * its own. The guest's proxy gets `proxyOptions`. After each, both ends must hold what they held before. A failed test keeps the guest's logs, too.
 */
export function guestTests(kernel: Kernel, ...proxyOptions: string[]): GuestTest {
  let guest: Guest | undefined;
  const file = basename(process.argv[1] ?? "", ".test.js");
  const evidence = join("test-results", `guest of ${file}, kernel ${kernel}`);

  async function boot(desktop: Desktop): Promise<Guest> {
    if (guest?.running) {
      guest.show(desktop);
      return guest;
    }
    await end().catch(() => {}); // Its test has failed already.
    guest = new Guest(kernel);
    await guest.boot(desktop, ...proxyOptions);
    return guest;
  }

  async function end(): Promise<void> {
    const last = guest;
    guest = undefined;
    await last?.close();
  }

  rmSync(evidence, { recursive: true, force: true });
  after(end);
  return (name, options, body) => {
    desktopTest(`${name}, in a guest with kernel ${kernel}`, options, async (desktop) => {
      try {
        const running = await boot(desktop);
        await body(running, desktop);
        await running.settle();
      } catch (error) {
        guest?.keepLogs(evidence);
        // A guest in an unknown state would fail the next tests, too.
        await end().catch(() => {});
        throw error;
      }
    });
  };
}
