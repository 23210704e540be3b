// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";
import type { FileInfo } from "../native/memory.ts";
import type { ContextType } from "./gpu/context.ts";
import { GpuDevice, type GpuUsage } from "./gpu/gpu-device.ts";
import type { HostMemory } from "./gpu/host-memory.ts";
import { VhostUser } from "./vhost/vhost-user.ts";

/** The options of a VM's device. */
export interface HostDeviceOptions {
  readonly contextType: ContextType;
  /** Bytes of memory that host and guest can share at once, in whole pages; reserves addresses only. */
  readonly memory: number;
  /** Displays, none of which is connected: 0, or 1 for Linux before 6.2, which wants one. */
  readonly scanouts?: 0 | 1;
  /** The number of the SHMEM protocol feature, where it is not that of QEMU 11.1. */
  readonly shmemFeature?: number;
  /** Takes lines for the user; a guest can cause as many of them as it likes. */
  warn(text: string): void;
  debug(text: string): void;
  /** Told once when QEMU is gone, or broke vhost-user; everything is closed by then. */
  ended(): void;
}

/** The virtio-gpu of one VM: everything between a connection from QEMU and the contexts. */
export class HostDevice {
  readonly #vhost: VhostUser;
  #gpu: GpuDevice | null = null;

  /** Becomes the owner of `fd`, a connection from QEMU. Throws a SystemError when it cannot be watched. */
  constructor(fd: Fd, options: HostDeviceOptions) {
    const { contextType, memory, scanouts = 0, warn, debug } = options;
    this.#vhost = new VhostUser(
      fd,
      (machine) => {
        this.#gpu = new GpuDevice(machine, { contextType, windowSize: memory, scanouts, warn, debug });
        return this.#gpu;
      },
      { warn, debug, ended: () => options.ended() },
      options.shmemFeature === undefined ? {} : { shmemFeature: options.shmemFeature },
    );
  }

  /** The amounts that the guest has at the moment. */
  get usage(): GpuUsage {
    return (this.#gpu as GpuDevice).usage;
  }

  /** The memory in a file, if the guest has made it. */
  memoryOf(file: FileInfo): HostMemory | undefined {
    return this.#gpu?.memoryOf(file);
  }

  /** Ends all contexts, and the connection; `ended` is not called. */
  close(): void {
    this.#vhost.close();
  }
}
