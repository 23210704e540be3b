// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from "node:timers/promises";
import { SystemError } from "../native/errors.ts";
import type { Fd } from "../native/fd.ts";
import { connectOutside, foresee } from "../native/outside.ts";
import { SocketTransport } from "../wire/socket-transport.ts";
import type { HostConnector } from "./connector.ts";

/** Milliseconds for which a host may be too busy to take a connection, and between two attempts. */
const CONNECT_TIMEOUT = 10_000;
const RETRY_INTERVAL = 20;

/**
 * Connects to a compositor through its Unix socket.
 *
 * @param path of the socket, which need not exist yet
 * @returns a function that makes a connection. It rejects with SystemError (ENOENT, ECONNREFUSED: no compositor there;
 * EAGAIN: it has taken no connection for 10 s)
 */
export function unixHost(path: string): HostConnector {
  foresee({ kind: "connect", path });
  return hostBy(() => connectOutside(path));
}

/** Connects as `unixHost` does, in the way that `connect` does once. */
export function hostBy(connect: () => Fd): HostConnector {
  return async (signal) => {
    const deadline = Date.now() + CONNECT_TIMEOUT;
    for (;;) {
      try {
        return new SocketTransport(connect());
      } catch (error) {
        // Its backlog is full: a non-blocking connect says so instead of waiting.
        if (!(error instanceof SystemError) || error.code !== "EAGAIN" || Date.now() > deadline) throw error;
      }
      await setTimeout(RETRY_INTERVAL, undefined, { signal });
    }
  };
}
