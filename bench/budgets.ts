// SPDX-License-Identifier: Apache-2.0
// What the proxy has to reach. Ratios hold between machines, times do not.

import type { Metric, Part } from "./results.ts";

/** A limit for one figure of the proxy. */
export interface Budget {
  readonly what: string;
  readonly part: Part;
  readonly metric: Metric;
  /** Whose figure; "proxied" when absent. */
  readonly subject?: string;
  /** Whether the limit is a multiple of the direct connection's figure; else it is in the metric's unit. */
  readonly perDirect?: true;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** All budgets, in the order of the report. */
export const budgets: readonly Budget[] = [
  { what: "round trip", part: "one core", metric: "roundTrip.p50", perDirect: true, atMost: 2.1 },
  { what: "CPU for a round trip", part: "one core", metric: "roundTrip.cpu", atMost: 14 },
  { what: "pipelined syncs", part: "one core", metric: "pipelined.rate", perDirect: true, atLeast: 0.6 },
  { what: "connections", part: "one core", metric: "connections.rate", perDirect: true, atLeast: 0.3 },
  { what: "commits, small damage", part: "one core", metric: "commitsSmall.rate", perDirect: true, atLeast: 0.85 },
  { what: "memory, idle", part: "memory", metric: "memory.idle", atMost: 60 },
  { what: "memory of a further idle client", part: "memory", metric: "memory.client", atMost: 40 },
  // Nothing may be kept; what is below is the noise of a garbage collector.
  { what: "memory kept by a further flood", part: "memory", metric: "memory.kept", atMost: 256 },
  { what: "start on Node 20", part: "start", metric: "start", subject: "Node 20", atMost: 120 },
  { what: "start on Node 24", part: "start", metric: "start", subject: "Node 24", atMost: 60 },
];
