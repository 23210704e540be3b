// SPDX-License-Identifier: Apache-2.0
import type { WireMessage } from "../wire/wire-message.ts";

/**
 * The four places at which a message can be seen. Ids in it are the client's where it comes from or goes to the client,
 * and the host's on the other side. The numbers are also kinds of records; see record.ts.
 */
export const TracePoint = { fromClient: 1, toHost: 2, fromHost: 3, toClient: 4 } as const;
export type TracePoint = (typeof TracePoint)[keyof typeof TracePoint];

/** Sees all messages of a session. */
export interface Trace {
  /** Whether an observer sees the messages while they pass, and may do more than to keep them in memory. */
  readonly isObserved: boolean;
  /** A turn begins: what is reported next happens now. */
  tick(): void;
  /** A message has passed. One that comes in was not checked yet: it may be shorter or longer than its signature says. */
  onMessage(point: TracePoint, wire: WireMessage): void;
}
