// SPDX-License-Identifier: Apache-2.0
import type { RoundTripTimes } from "./round-trip.ts";

/** What came from one peer. */
export interface Flow {
  messages: number;
  bytes: number;
  fds: number;
}

/** What waits for one peer. */
export interface Waiting {
  readonly bytes: number;
  readonly fds: number;
}

/** What a session has done so far, and what it holds now. Sizes are in bytes. */
export interface SessionStatistics {
  /** How log lines call the client. */
  readonly name: () => string;
  readonly requests: Readonly<Flow>;
  readonly events: Readonly<Flow>;
  /** Ids in use on each side. */
  readonly clientObjects: number;
  readonly hostObjects: number;
  readonly waitingForClient: Waiting;
  readonly waitingForHost: Waiting;
  /** Pixels that hooks have copied for it. */
  readonly copied: number;
  readonly roundTrip: RoundTripTimes;
}
