// SPDX-License-Identifier: Apache-2.0
/** The library that speaks D-Bus. */
import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import * as library from "@homebridge/dbus-native";

/** A message, as far as we use it. */
export interface BusMessage {
  readonly type?: number;
  readonly sender?: string;
  readonly path?: string;
  readonly interface?: string;
  readonly destination?: string;
  readonly member?: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** A connection with a bus. */
export interface Bus {
  readonly connection: EventEmitter & { end(): void };
  invoke(message: BusMessage, answered: (error: unknown, ...values: unknown[]) => void): void;
}

/** Connects with a bus over a stream, and says hello. Its types do not have this. */
export const createClient: (options: { readonly stream: Duplex; readonly authMethods: readonly string[] }) => Bus = (
  library as unknown as { createClient: typeof createClient }
).createClient;
