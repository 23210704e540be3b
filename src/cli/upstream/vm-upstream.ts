// SPDX-License-Identifier: Apache-2.0
/** The host of the VM that we run in, and all that the way there asks for. */
import { dmabuf } from "../../hooks/dmabuf.ts";
import { keymapCopy } from "../../hooks/keymap-copy.ts";
import { shmShadow } from "../../hooks/shm-shadow.ts";
import { hostMemory, virtioHost } from "../../host/virtio.ts";
import type { Logger } from "../../log/logger.ts";
import { gpuBuffers, notOverVirtio } from "../../protocol/not-over-virtio.ts";
import type { Client } from "../../relay/client.ts";
import { findDevice } from "../../virtio/device.ts";
import { drmDriver } from "../../virtio/drm-driver.ts";
import { GuestGpu } from "../../virtio/guest-gpu.ts";
import type { Upstream } from "./upstream.ts";

/**
 * Throws a UserError when no device leads to a host.
 *
 * @param node of the device, or empty for whichever will do
 */
export function vmUpstream(node: string, log: Logger): Upstream {
  const device = findDevice(drmDriver, node === "" ? undefined : node);
  // Kept for as long as the process lives; null when programs here cannot draw with this device.
  const gpu = GuestGpu.open(device);
  const { connect, probe, settled } = virtioHost(device, log);
  const closing = new AbortController();
  const warnIfAbsent = async (): Promise<void> => {
    try {
      (await connect(closing.signal)).close();
    } catch (error) {
      if (closing.signal.aborted) return;
      log.warn(`${(error as Error).message}; programs will find none until it does`);
    }
  };
  const imagesFor = ({ host }: Client) => hostMemory(host);
  return {
    name: `the VM's host by ${device.path}`,
    connect,
    probe,
    // GPU buffers first: the shadow takes what is left.
    hooks: [keymapCopy(), ...(gpu === null ? [] : [dmabuf(gpu)]), shmShadow(imagesFor)],
    imagesFor,
    hide: gpu === null ? [...notOverVirtio, ...gpuBuffers] : notOverVirtio,
    warnIfAbsent: () => void warnIfAbsent(),
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return settled();
    },
  };
}
