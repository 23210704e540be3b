// SPDX-License-Identifier: Apache-2.0
import type { Transport } from "../wire/transport.ts";

/**
 * Makes a new connection to the host; each client gets one of its own. Rejects when the host is not there, and when the
 * signal says that nobody waits any more.
 */
export type HostConnector = (signal: AbortSignal) => Promise<Transport>;
