// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import { serveX } from "../desktop/support/x-programs.ts";
import { Round } from "./support/round.ts";
import { type Possessions, WatchedProxy } from "./support/watched-proxy.ts";

/** Seconds; `npm run test:soak` says more. */
const { SOAK_SECONDS: seconds = "60" } = process.env;

/** Rounds that are needed to tell growth from ups and downs, on a machine that is too busy to do so many in time. */
const LEAST = 3;

const MIB = 1024 * 1024;

/**
 * How much more there may be at the end than after a third of the rounds: what rounds without any leak have shown, twice. V8
 * goes on compiling for the first 3,000 sessions or so: the heap was 10.6 MB after 370 sessions, 12.1 after 3,000, and 12.2
 * after 9,500. malloc keeps what was freed.
 */
const ALLOWANCE = { heapUsed: MIB, external: MIB / 4, rss: 12 * MIB, mappings: 40 } as const;

/** What is counted must be back after each round; sizes after the better one of the last two. */
function requireNoGrowth(all: readonly Possessions[]): void {
  const [before, ...after] = all as [Possessions, ...Possessions[]];
  const warm = all[Math.floor(all.length / 3)] as Possessions;
  for (const { descriptors, files, children } of after) {
    assert.deepEqual(descriptors, before.descriptors);
    assert.deepEqual(files, before.files);
    assert.deepEqual(children, before.children);
  }
  for (const [what, allowance] of Object.entries(ALLOWANCE) as [keyof typeof ALLOWANCE, number][]) {
    const sizes = all.map((one) => one[what]);
    const growth = Math.min(...sizes.slice(-2)) - warm[what];
    const sessions = all.map((one) => one.sessions);
    assert.ok(growth <= allowance, `${what} grows: ${sizes.join(", ")} after ${sessions.join(", ")} sessions`);
  }
}

desktopTest(
  "after rounds of everything at once, in each of which Xwayland and the compositor are killed, all is as before",
  {
    on: ["weston-seat"],
    proxyEnv: { NODE_OPTIONS: `--import ${new URL("./support/probe.js", import.meta.url).href}` },
  },
  async (desktop) => {
    const end = performance.now() + 1000 * Number(seconds);
    // A small ring, or there would be more and more in it for a while.
    const proxied = await serveX(desktop, "Xwayland", "--log-format", "json", "--log-ring-size", "16K");
    const watched = new WatchedProxy(proxied);
    const round = new Round(desktop, proxied, watched);
    const all: Possessions[] = [];
    while (performance.now() < end || all.length <= LEAST) {
      await round.run();
      all.push(await watched.possessions());
    }
    requireNoGrowth(all);
  },
);
