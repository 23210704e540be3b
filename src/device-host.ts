// SPDX-License-Identifier: Apache-2.0
import { crossDomain } from "./device/cross-domain/cross-domain-context.ts";
import { HostDevice } from "./device/device.ts";
import { foreignNames } from "./hooks/foreign-names.ts";
import { keptPools } from "./hooks/kept-pools.ts";
import { ClientListener } from "./listen/client-listener.ts";
import type { DisplaySocket } from "./listen/display-socket.ts";
import { limitedLogger } from "./log/limited-logger.ts";
import { type Logger, silent } from "./log/logger.ts";
import { printable } from "./log/printable.ts";
import type { Fd } from "./native/fd.ts";
import type { FileInfo } from "./native/memory.ts";
import { defaultPolicy } from "./policy/defaults.ts";
import { PolicyGuard } from "./policy/guard.ts";
import { type ConnectedClient, Sessions, type SessionsOptions, type Statistics } from "./sessions.ts";

/** The options of `createDeviceHost`. */
export interface DeviceHostOptions extends SessionsOptions {
  /** The socket that QEMU connects to. The device closes it. */
  readonly socket: DisplaySocket;
  /** Bytes of memory that the VM can share with the host at once. */
  readonly memory: number;
  readonly scanouts?: 0 | 1;
  readonly shmemFeature?: number;
}

/** A running device for one VM. */
export interface DeviceHost {
  /** The VM's clients that are connected with the host. */
  readonly clients: readonly ConnectedClient[];
  /** Sums of what all sessions of the VM have done, and each open session. */
  readonly statistics: Statistics;
  /** Stops listening, takes the device from the VM, and removes the socket and its lock. */
  close(): Promise<void>;
}

/**
 * Waits for QEMU, and serves the VM's contexts as clients of the host's compositor. When QEMU ends, the next QEMU can
 * connect.
 *
 * @throws as createProxy does; the socket is then closed
 */
export function createDeviceHost(options: DeviceHostOptions): DeviceHost {
  try {
    return new RunningDeviceHost(options);
  } catch (error) {
    options.socket.close();
    throw error;
  }
}

class RunningDeviceHost implements DeviceHost {
  readonly #options: DeviceHostOptions;
  /** The log for what the guest can cause as often as it likes. */
  readonly #guestLog: Logger;
  readonly #sessions: Sessions;
  readonly #listener: ClientListener;
  #device: HostDevice | null = null;

  constructor(options: DeviceHostOptions) {
    this.#options = options;
    this.#guestLog = limitedLogger(options.log ?? silent);
    const hold = (file: FileInfo): (() => void) | null => {
      const memory = this.#device?.memoryOf(file);
      memory?.hold();
      return memory === undefined ? null : () => memory.release();
    };
    const guard = options.guard ?? new PolicyGuard(defaultPolicy("vm"), this.#guestLog);
    const hooks = [foreignNames(), keptPools(hold), ...(options.hooks ?? [])];
    this.#sessions = new Sessions({ ...options, guard, hooks, log: this.#guestLog });
    this.#listener = new ClientListener(options.socket.fd, (fd) => this.#connect(fd), options.log ?? silent);
  }

  get clients(): readonly ConnectedClient[] {
    return this.#sessions.clients;
  }

  get statistics(): Statistics {
    return this.#sessions.statistics;
  }

  close(): Promise<void> {
    this.#listener.close();
    this.#options.socket.close();
    this.#device?.close();
    return this.#sessions.close();
  }

  #connect(fd: Fd): void {
    const { memory, scanouts, shmemFeature, log = silent } = this.#options;
    if (this.#device !== null) {
      fd.close();
      log.warn("a second VM is turned away: the device belongs to one; start another wayland-proxy-host for it");
      return;
    }
    const warn = (text: string): void => this.#guestLog.warn(printable(text));
    this.#device = new HostDevice(fd, {
      contextType: crossDomain({
        serve: async (client, name, ended) => {
          const identity = { pid: null, uid: null, name: () => printable(name) };
          const served = await this.#sessions.serve(client, identity);
          if (served === null) ended();
          else served.onEnded(ended);
        },
        warn,
      }),
      memory,
      ...(scanouts === undefined ? {} : { scanouts }),
      ...(shmemFeature === undefined ? {} : { shmemFeature }),
      warn,
      debug: (text) => log.debug(printable(text)),
      ended: () => {
        this.#device = null;
        log.info("the VM is gone; waiting for the next");
      },
    });
    log.info("a VM has connected");
  }
}
