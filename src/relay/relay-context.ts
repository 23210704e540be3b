// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Trace } from "../recorder/trace.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Client } from "./client.ts";
import type { HookTable } from "./hooks.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { SessionObjects } from "./session-objects.ts";

/** A direction in which messages may have to wait for an asynchronous hook. */
export interface Holdable {
  readonly held: boolean;
}

/** The state that the two directions of a session share, and what each asks the other to send. */
export interface RelayContext {
  /** The session as hooks see it. */
  readonly client: Client;
  readonly protocol: ProtocolRegistry;
  readonly hooks: HookTable;
  readonly log: Logger;
  /** Sees every message; null for none. */
  readonly trace: Trace | null;
  readonly objects: SessionObjects;
  readonly roundTrip: RoundTrip;
  /** How many objects the client may have. */
  readonly maxObjects: number;
  /** Called before the client is disconnected for more of them; `what` completes "… is refused". */
  tooManyObjects(what: string): void;
  /** Says that more was begun than to forward, so that the event loop is to have its turn: a promise, a line of the log. */
  beganMore(): void;
  /** Tells the client that the id of an object which only it had is free again. */
  deleteClientId(object: WlObject): void;
  /** Destroys an object that the client will never know. */
  destroyOnHost(object: WlObject): void;
  /** Passes a fatal error of the host on to the client. */
  hostError(object: WlObject | undefined, code: number, text: string): void;
  /** Runs what a direction does outside of its turn; errors end the session. */
  outsideOfTurn(direction: Holdable, action: () => void): void;
  /** Runs what is left of a held direction; errors end the session. */
  continueLater(direction: Holdable, action: () => Promise<void>): Promise<void>;
}
