// SPDX-License-Identifier: Apache-2.0
// What the proxy has to reach. Ratios hold between machines, times do not.

import type { Metric, Part } from "./results.ts";

/** A limit for one figure of the proxy. */
export interface Budget {
  readonly what: string;
  readonly part: Part;
  readonly metric: Metric;
  /** The subject that the figure belongs to; "proxied" when absent. */
  readonly subject?: string;
  /** Of whose figure the limit is a multiple; without it, the limit is in the metric's unit. */
  readonly per?: "direct" | "floor";
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** All budgets, in the order of the report. */
export const budgets: readonly Budget[] = [
  { what: "round trip", part: "one core", metric: "roundTrip.p50", per: "floor", atMost: 1.2 },
  { what: "CPU for a round trip", part: "one core", metric: "roundTrip.cpu", per: "floor", atMost: 1.45 },
  { what: "syncs, 32 in flight", part: "one core", metric: "pipelined.rate", per: "direct", atLeast: 0.6 },
  { what: "connections", part: "one core", metric: "connections.rate", per: "floor", atLeast: 0.6 },
  { what: "commits, small damage", part: "one core", metric: "commitsSmall.rate", per: "floor", atLeast: 0.95 },
  { what: "pools", part: "one core", metric: "pools.rate", per: "floor", atLeast: 0.9 },
  { what: "first round trip, with session", part: "cold", metric: "cold.first", atMost: 600 },
  { what: "round trips 1 to 10", part: "cold", metric: "cold.to10", atMost: 45 },
  { what: "round trips 100 to 1000", part: "cold", metric: "cold.to1000", atMost: 24 },
  { what: "CPU for a frame, first seconds", part: "paced", metric: "frames.cpu", atMost: 90 },
  { what: "CPU for a frame, after 45 s", part: "paced", metric: "frames.later", atMost: 60 },
  { what: "CPU for a motion at 1000 Hz", part: "paced", metric: "pointer1k.cpu", atMost: 50 },
  { what: "memory, idle", part: "memory", metric: "memory.idle", atMost: 40 },
  { what: "memory of its own, idle", part: "memory", metric: "memory.private", atMost: 12 },
  { what: "memory of a further idle client", part: "memory", metric: "memory.client", atMost: 40 },
  // Nothing may be kept; what is below is the noise of a garbage collector.
  { what: "memory kept by a further flood", part: "memory", metric: "memory.kept", atMost: 256 },
  { what: "start on Node 20", part: "start", metric: "start", subject: "Node 20", atMost: 60 },
  { what: "start on Node 24", part: "start", metric: "start", subject: "Node 24", atMost: 60 },
];
