// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Trace } from "../recorder/trace.ts";
import type { ClientIdentity } from "./client.ts";
import type { HookTable } from "./hooks.ts";
import type { HostWatch } from "./host-watch.ts";
import type { ObjectBudget } from "./object-budget.ts";

/** The services and settings that a session needs. */
export interface SessionOptions {
  readonly identity: ClientIdentity;
  readonly protocol: ProtocolRegistry;
  /** Made by `compileHooks` for this registry of protocols. */
  readonly hooks: HookTable;
  readonly log: Logger;
  /** The memory that the objects of all sessions share. */
  readonly objects: ObjectBudget;
  /** The most objects that the client may have; by default the limit of every client. */
  readonly maxObjects?: number;
  /**
   * The most descriptors that may wait for the client, or for the host on its behalf; by default the limit of every
   * client.
   */
  readonly maxDescriptors?: number;
  /** Called before the client is disconnected for one of these two; `what` completes "… is refused". */
  readonly exceeded?: (limit: "maxObjects" | "maxDescriptors", what: string) => void;
  /** Finds out whether the host still answers, where its end of a connection is not told; null for no need. */
  readonly hostWatch: HostWatch | null;
  /** Whether the client stands for several programs, which all would end with it. */
  readonly isShared?: boolean;
  /** Sees every message; null for none. */
  readonly trace: Trace | null;
  /** Called when it fails, whoever's fault that is; `isDefect` says that it is ours. The reason was logged. */
  readonly failed: (reason: string, isDefect: boolean) => void;
  /** Called once, when both connections are closed. */
  readonly ended: () => void;
}
