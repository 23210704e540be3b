// SPDX-License-Identifier: Apache-2.0
import { limitedLogger } from "../log/limited-logger.ts";
import type { Logger } from "../log/logger.ts";
import { VirtioTransport } from "../virtio/channel.ts";
import type { Device } from "../virtio/device.ts";
import type { ImageAllocator } from "../virtio/images.ts";
import type { Transport } from "../wire/transport.ts";
import type { HostConnector } from "./connector.ts";

/** The memory that a connection of `virtioHost` can share with the host. Throws a TypeError for one of another kind. */
export function hostMemory(connection: Transport): ImageAllocator {
  if (!(connection instanceof VirtioTransport)) throw new TypeError("this connection has no memory of a host");
  return connection.images;
}

/** The way to the compositor outside of a VM. */
export interface VirtioHost {
  /**
   * Makes a connection, a VirtioTransport. It rejects with an Error that says what the host lacks, or with a
   * SystemError.
   */
  readonly connect: HostConnector;
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
  return {
    async connect(signal) {
      const transport = await VirtioTransport.connect(device, signal, limited);
      open.add(transport.closed);
      void transport.closed.then(() => open.delete(transport.closed));
      return transport;
    },
    async settled() {
      await Promise.all(open);
    },
  };
}
