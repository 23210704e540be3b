// SPDX-License-Identifier: Apache-2.0

import { limitedLogger } from "../log/limited-logger.ts";
import type { Logger } from "../log/logger.ts";
import type { HostProbe, HostState } from "../relay/host-watch.ts";
import { VirtioTransport } from "../virtio/channel.ts";
import { connectVirtio, NoCompositorError } from "../virtio/connect.ts";
import type { Device } from "../virtio/device.ts";
import type { ImageAllocator } from "../virtio/images.ts";
import { FdQueue } from "../wire/fd-queue.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";
import type { HostConnector } from "./connector.ts";

/** The memory that a connection of `virtioHost` can share with the host. Throws a TypeError for one of another kind. */
export function hostMemory(connection: Transport): ImageAllocator {
  if (!(connection instanceof VirtioTransport)) throw new TypeError("this connection has no memory of a host");
  return connection.images;
}

/** wl_display.sync, of a client that asks for nothing else. */
const SYNC = Uint32Array.of(1, 12 << 16, 2);

async function probe(connect: HostConnector, signal: AbortSignal): Promise<HostState> {
  let transport: Transport;
  try {
    transport = await connect(signal);
  } catch (error) {
    if (error instanceof NoCompositorError) return "gone";
    throw error;
  }
  const fds = new FdQueue();
  try {
    transport.send(new Uint8Array(SYNC.buffer), 0, SYNC.byteLength, fds, 0);
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", reject);
      const read = (): void => {
        const count = transport.receive(new Uint8Array(SYNC.byteLength), 0, SYNC.byteLength, fds);
        if (count > 0) resolve();
        else if (count !== EAGAIN) reject(new Error("the host has closed the connection"));
      };
      transport.listen(
        () => {
          try {
            read();
          } catch (error) {
            reject(error);
          }
        },
        () => {},
      );
      transport.watch(true, false);
    });
    return "answers";
  } finally {
    transport.close();
    fds.clear();
  }
}

/** Connections to the compositor outside of a VM. */
export interface VirtioHost {
  /**
   * Makes a connection, a VirtioTransport. It rejects with an Error that says what the host lacks, or with a
   * SystemError.
   */
  readonly connect: HostConnector;
  /** Makes a connection to see whether the compositor is there, since not all hosts report its end. */
  readonly probe: HostProbe;
  /** Resolves when no pipe of a closed connection is still busy, within a limit. */
  settled(): Promise<void>;
}

/**
 * Reaches the compositor on the host of a VM through a virtio-gpu device: one context for each connection.
 *
 * @param device from `findDevice`
 */
export function virtioHost(device: Device, log: Logger): VirtioHost {
  const open = new Set<Promise<void>>();
  // For what the host can cause as often as it likes.
  const limited = limitedLogger(log);
  const connect: HostConnector = async (signal) => {
    const transport = await connectVirtio(device, signal, limited);
    open.add(transport.closed);
    void transport.closed.then(() => open.delete(transport.closed));
    return transport;
  };
  return {
    connect,
    probe: (signal) => probe(connect, signal),
    async settled() {
      await Promise.all(open);
    },
  };
}
