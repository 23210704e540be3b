// SPDX-License-Identifier: Apache-2.0
import type { RoundTripTimes } from "./round-trip.ts";

/** The amount that came from one peer. */
export interface Flow {
  messages: number;
  bytes: number;
  fds: number;
}

/** The amount that waits for one peer. */
export interface Waiting {
  readonly bytes: number;
  readonly fds: number;
}

/** Counts of what a session has done so far, and of what it holds now. Sizes are in bytes. */
export interface SessionStatistics {
  /** The client's name in log lines. */
  readonly name: () => string;
  readonly requests: Readonly<Flow>;
  readonly events: Readonly<Flow>;
  /** Ids in use on each side. */
  readonly clientObjects: number;
  readonly hostObjects: number;
  readonly waitingForClient: Waiting;
  readonly waitingForHost: Waiting;
  /** Bytes of pixels that hooks have copied for the client. */
  readonly copied: number;
  readonly roundTrip: RoundTripTimes;
}
