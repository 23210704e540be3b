// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import { VirtioTransport } from "../virtio/channel.ts";
import type { Device } from "../virtio/device.ts";
import type { ImageAllocator } from "../virtio/images.ts";
import type { Transport } from "../wire/transport.ts";
import type { HostConnector } from "./connector.ts";

/**
 * Reaches the compositor on the host of a VM through a virtio-gpu device: one context for each connection.
 *
 * @param device from `findDevice`
 * @returns what makes a connection, a VirtioTransport; it rejects with an Error that says what the host lacks, or with a
 * SystemError
 */
export function virtioHost(device: Device, log: Logger): HostConnector {
  return (signal) => VirtioTransport.connect(device, signal, log);
}

/** The memory that a connection of `virtioHost` can share with the host. Throws a TypeError for one of another kind. */
export function hostMemory(connection: Transport): ImageAllocator {
  if (!(connection instanceof VirtioTransport)) throw new TypeError("this connection has no memory of a host");
  return connection.images;
}
