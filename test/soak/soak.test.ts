// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { desktopTest } from "../desktop/support/desktop-test.ts";
import { serveX } from "../desktop/support/x-programs.ts";
import { Round } from "./support/round.ts";
import { type Possessions, WatchedProxy } from "./support/watched-proxy.ts";

/** Seconds; `npm run test:soak` says more. */
const { SOAK_SECONDS: seconds = "60" } = process.env;

const MIB = 1024 * 1024;

/** Rounds after which all code has run and is compiled, and all pools are as large as they get. */
const WARM_UP = 2;

/** More rounds than that are needed to tell growth from the ups and downs between rounds. */
const LEAST = 3;

/**
 * How much more there may be at the end than after the warm-up. It is the ups and downs of rounds in which nothing leaks:
 * compiled code comes and goes, and malloc keeps what was freed. A session that is not let go of shows after 30 rounds.
 */
const ALLOWANCE = { heapUsed: MIB, external: MIB / 4, rss: 12 * MIB, mappings: 40 } as const;

/** What comes and goes must be back after each round; sizes at the end, in the best of the last rounds. */
function requireNoGrowth(all: readonly Possessions[]): void {
  const [before, ...after] = all as [Possessions, ...Possessions[]];
  for (const { descriptors, files, children } of after) {
    assert.deepEqual(descriptors, before.descriptors);
    assert.deepEqual(files, before.files);
    assert.deepEqual(children, []);
  }
  for (const [what, allowance] of Object.entries(ALLOWANCE) as [keyof typeof ALLOWANCE, number][]) {
    const growth = Math.min(...after.slice(-2).map((one) => one[what])) - before[what];
    assert.ok(growth <= allowance, `${what} has grown by ${growth} in ${after.length} rounds`);
  }
}

desktopTest(
  "after many rounds of everything at once, and the death of Xwayland and the compositor in each, all is as before",
  {
    on: ["weston-seat"],
    proxyEnv: { NODE_OPTIONS: `--import ${new URL("./support/probe.js", import.meta.url).href}` },
  },
  async (desktop) => {
    // A small ring, or it would grow until it is full of sessions that have ended.
    const options = ["--log-format", "json", "--log-ring-size", "16K"];
    const proxied = await serveX(desktop, "Xwayland", ...options);
    const watched = new WatchedProxy(proxied);
    const round = new Round(desktop, proxied, watched);
    for (let i = 0; i < WARM_UP; i++) await round.run();
    const all = [await watched.possessions()];
    const end = performance.now() + 1000 * Number(seconds);
    while (performance.now() < end || all.length <= LEAST) {
      const t = performance.now();
      await round.run();
      const now = await watched.possessions();
      all.push(now);
      console.log(Math.round(performance.now() - t), now.heapUsed, now.external, now.rss, now.mappings, now.sessions);
    }
    requireNoGrowth(all);
  },
);
