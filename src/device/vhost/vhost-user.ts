// SPDX-License-Identifier: Apache-2.0
import { Fd } from "../../native/fd.ts";
import { type FileInfo, fileInfo } from "../../native/memory.ts";
import { MAX_MEMORY_REGIONS } from "../limits.ts";
import { GuestMemory, type Region } from "../virtio/guest-memory.ts";
import type { Virtqueue } from "../virtio/virtqueue.ts";
import { Vring } from "../virtio/vring.ts";
import { ShmemRequests } from "./shmem-requests.ts";
import { VhostChannel, type VhostMessage } from "./vhost-channel.ts";
import {
  bits,
  Feature,
  hasBit,
  ProtocolFeature,
  Request,
  readU64,
  SHMEM_FEATURE,
  shmemConfig,
  u64,
  VRING_INDEX_MASK,
  VRING_NO_FD,
} from "./vhost-protocol.ts";

/** A virtio device, of whatever kind, behind vhost-user. */
export interface VirtioDevice {
  /** The number of its features, less those of virtqueues. */
  readonly features: number;
  /** The device's configuration space. */
  readonly config: Buffer;
  readonly queueCount: number;
  /** Bytes of its host-visible window. */
  readonly windowSize: number;
  /** Handles the buffer that queue `index` has just taken. */
  handle(index: number, queue: Virtqueue): void;
  /** Whether a file is one that it has put into the window. */
  maps(file: FileInfo): boolean;
  /** Forgets everything of a driver that is gone. */
  reset(): void;
}

/** The parts of the VM that a device has. */
export interface Machine {
  readonly memory: GuestMemory;
  readonly shmem: ShmemRequests;
}

/** The options that vary between front-ends. */
export interface VhostUserOptions {
  /** The number of VHOST_USER_PROTOCOL_F_SHMEM there; SHMEM_FEATURE unless given. */
  readonly shmemFeature?: number;
}

/** Listens to a back-end. */
export interface VhostUserEvents {
  /** A line for the user. */
  warn(text: string): void;
  debug(text: string): void;
  /** QEMU has gone, or broke the protocol. The back-end has closed itself. */
  ended(): void;
}

/** A front-end broke the protocol, or asks for more than we do: the request fails. */
class RequestError extends Error {}

/** The back-end's side of one vhost-user connection: through it QEMU reports where the guest's RAM and queues are. */
export class VhostUser {
  readonly #events: VhostUserEvents;
  readonly #shmemFeature: number;
  readonly #channel: VhostChannel;
  #requests: VhostChannel | null = null;
  readonly #memory = new GuestMemory();
  readonly #shmem = new ShmemRequests();
  readonly #device: VirtioDevice;
  readonly #rings: Vring[] = [];
  #features = 0;
  #protocolFeatures = 0;
  #closed = false;

  /** Becomes the owner of `fd`, a connection from QEMU. Throws a SystemError when it cannot be watched. */
  constructor(
    fd: Fd,
    createDevice: (machine: Machine) => VirtioDevice,
    events: VhostUserEvents,
    options: VhostUserOptions = {},
  ) {
    this.#events = events;
    this.#shmemFeature = options.shmemFeature ?? SHMEM_FEATURE;
    this.#device = createDevice({ memory: this.#memory, shmem: this.#shmem });
    for (let index = 0; index < this.#device.queueCount; index++) {
      this.#rings.push(
        new Vring(this.#memory, {
          handle: (queue) => this.#device.handle(index, queue),
          broken: (reason) =>
            events.warn(`virtqueue ${index} stands still until the guest's driver starts anew: ${reason}`),
        }),
      );
    }
    this.#channel = new VhostChannel(fd, {
      message: (message) => this.#receive(message),
      ended: (reason) => this.#end(reason),
    });
  }

  /** Drops everything, and the connection. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.close();
    this.#requests?.close();
    for (const ring of this.#rings) ring.close();
    this.#shmem.close();
    this.#device.reset();
    this.#memory.clear();
  }

  #end(reason: string | null): void {
    if (this.#closed) return;
    if (reason !== null) this.#events.warn(`lost QEMU: ${reason}`);
    this.close();
    this.#events.ended();
  }

  #receive(message: VhostMessage): void {
    let answer: Buffer | null = null;
    let failed = false;
    try {
      answer = this.#handle(message);
    } catch (error) {
      failed = true;
      const text = `vhost-user request ${message.request} failed: ${(error as Error).message}`;
      // QEMU repeats what is wrong with the memory table in its own log.
      if (error instanceof RequestError) this.#events.debug(text);
      else this.#events.warn(text);
    }
    if (answer !== null) this.#channel.reply(message.request, answer);
    else if (message.needReply && hasBit(this.#protocolFeatures, ProtocolFeature.REPLY_ACK)) {
      this.#channel.reply(message.request, u64(failed ? 1 : 0));
    }
  }

  /** @returns the answer, if the request has one of its own. */
  #handle({ request, payload, fds }: VhostMessage): Buffer | null {
    switch (request) {
      case Request.GET_FEATURES:
        return u64(this.#offeredFeatures());
      case Request.SET_FEATURES:
        this.#features = number(payload);
        return null;
      case Request.GET_PROTOCOL_FEATURES:
        return u64(this.#offeredProtocolFeatures());
      case Request.SET_PROTOCOL_FEATURES:
        this.#protocolFeatures = number(payload);
        if (!hasBit(this.#protocolFeatures, this.#shmemFeature)) {
          this.#events.warn("this QEMU does not let devices share memory with the guest: it has to be 11.1 or newer");
        }
        return null;
      case Request.GET_QUEUE_NUM:
        return u64(this.#rings.length);
      case Request.SET_OWNER:
      case Request.RESET_OWNER:
      case Request.SET_VRING_ERR:
        return null;
      case Request.GET_MAX_MEM_SLOTS:
        return u64(MAX_MEMORY_REGIONS);
      case Request.SET_MEM_TABLE:
        this.#setMemory(payload, fds);
        return null;
      case Request.ADD_MEM_REG:
        this.#addRegion(need(payload, 40).subarray(8), fds[0]);
        return null;
      case Request.REM_MEM_REG: {
        const { guest, size } = region(need(payload, 40).subarray(8));
        if (this.#memory.remove(guest, size)) this.#memoryChanged();
        return null;
      }
      case Request.SET_BACKEND_REQ_FD:
        this.#setRequestChannel(take(fds));
        return null;
      case Request.GET_CONFIG:
        return this.#config(payload);
      case Request.GET_SHMEM_CONFIG:
        return shmemConfig(this.#device.windowSize);
      default:
        return this.#handleRing(request, payload, fds);
    }
  }

  #handleRing(request: number, payload: Buffer, fds: readonly Fd[]): Buffer | null {
    switch (request) {
      case Request.SET_VRING_NUM:
        this.#ring(payload).size = need(payload, 8).readUInt32LE(4);
        return null;
      case Request.SET_VRING_BASE:
        this.#ring(payload).base = need(payload, 8).readUInt32LE(4) & 0xffff;
        return null;
      case Request.SET_VRING_ADDR: {
        const ring = this.#ring(need(payload, 40));
        ring.descriptors = readU64(payload, 8);
        ring.used = readU64(payload, 16);
        ring.available = readU64(payload, 24);
        return null;
      }
      case Request.SET_VRING_KICK:
        this.#ring(payload, VRING_INDEX_MASK).setKick(eventOf(payload, fds));
        return null;
      case Request.SET_VRING_CALL:
        this.#ring(payload, VRING_INDEX_MASK).setCall(eventOf(payload, fds));
        return null;
      case Request.SET_VRING_ENABLE:
        this.#enable(this.#ring(payload), need(payload, 8).readUInt32LE(4) !== 0);
        return null;
      case Request.GET_VRING_BASE: {
        const ring = this.#ring(payload);
        const state = Buffer.alloc(8);
        state.writeUInt32LE(payload.readUInt32LE(0), 0);
        state.writeUInt32LE(this.#stop(ring), 4);
        return state;
      }
      default:
        throw new RequestError("not known");
    }
  }

  #offeredFeatures(): number {
    return this.#device.features + bits(Feature.VERSION_1, Feature.VHOST_PROTOCOL, Feature.INDIRECT_DESC);
  }

  #offeredProtocolFeatures(): number {
    return bits(...Object.values(ProtocolFeature), this.#shmemFeature);
  }

  /** The queue that the first number of a payload names. */
  #ring(payload: Buffer, mask = 0xffffffff): Vring {
    const index = (need(payload, 8).readUInt32LE(0) & mask) >>> 0;
    const ring = this.#rings[index];
    if (ring === undefined) throw new RequestError(`there is no queue ${index}`);
    return ring;
  }

  /**
   * A VM that was paused goes on with the same driver, which still has its contexts and resources. One that was reset
   * has a new driver, which has none. vhost-user does not say which. A new driver reads the configuration first, and
   * its queues are new: they begin at another index or lie somewhere else.
   */
  #enable(ring: Vring, enable: boolean): void {
    if (!enable) {
      this.#stop(ring);
      return;
    }
    if (!this.#running && this.#rings.some((one) => one.abandoned)) this.#reset();
    if (!hasBit(this.#features, Feature.VERSION_1)) throw new RequestError("the guest's driver is older than virtio 1");
    if (this.#memory.regionCount === 0) {
      throw new Error("QEMU shares no memory of the guest's: give the machine a memory backend with share=on");
    }
    this.#shmem.resume();
    ring.start();
  }

  /** @returns the index from which the queue is to go on */
  #stop(ring: Vring): number {
    const base = ring.stop();
    if (!this.#running) this.#shmem.pause();
    return base;
  }

  get #running(): boolean {
    return this.#rings.some((ring) => ring.running);
  }

  #reset(): void {
    for (const ring of this.#rings) ring.reset();
    this.#device.reset();
  }

  #config(payload: Buffer): Buffer {
    const { config } = this.#device;
    const offset = need(payload, 12).readUInt32LE(0);
    const size = payload.readUInt32LE(4);
    if (size !== payload.length - 12) throw new RequestError(`a payload of ${payload.length} for ${size} bytes`);
    if (!this.#running) this.#reset();
    const answer = Buffer.alloc(payload.length);
    payload.copy(answer, 0, 0, 12);
    // Beyond the end there are zeros; QEMU reads as many bytes as config_size on its command line says.
    config.copy(answer, 12, Math.min(offset, config.length), Math.min(offset + size, config.length));
    return answer;
  }

  #setRequestChannel(fd: Fd): void {
    const channel = new VhostChannel(fd, {
      message: (message) => {
        if (message.reply) this.#shmem.reply(message.payload);
      },
      ended: (reason) => this.#end(reason),
    });
    this.#requests?.close();
    this.#requests = channel;
    this.#shmem.connect(channel);
  }

  #setMemory(payload: Buffer, fds: readonly Fd[]): void {
    const count = need(payload, 8).readUInt32LE(0);
    if (count > fds.length) throw new RequestError(`${count} regions with ${fds.length} descriptors`);
    need(payload, 8 + count * 32);
    this.#memory.clear();
    try {
      for (let i = 0; i < count; i++) {
        const fd = fds[i] as Fd;
        if (!this.#device.maps(fileInfo(fd.raw))) this.#map(payload.subarray(8 + i * 32), fd);
      }
    } finally {
      this.#memoryChanged();
    }
  }

  /**
   * QEMU puts what we map into the window into the vhost memory table, too, and sends it back to us. While queues run
   * we refuse that: otherwise QEMU 11.1 keeps it in its own list of regions, and dies of it when the VM is reset. When
   * queues are about to start, a refusal would keep the device from starting.
   */
  #addRegion(description: Buffer, fd: Fd | undefined): void {
    if (fd === undefined) throw new RequestError("a memory region without a descriptor");
    if (this.#device.maps(fileInfo(fd.raw))) {
      this.#shmem.memoryTableChanged();
      if (this.#running) throw new RequestError("the region is one of the window");
      return;
    }
    this.#map(description, fd);
    this.#memoryChanged();
  }

  #map(description: Buffer, fd: Fd): void {
    const described = region(description);
    const { guest, size, user, offset } = described;
    const end = Math.max(guest, user, offset) + size;
    if (size === 0 || !Number.isSafeInteger(end)) throw new RequestError("an impossible memory region");
    if (this.#memory.regionCount >= MAX_MEMORY_REGIONS) throw new RequestError("too many memory regions");
    if (fileInfo(fd.raw).size < offset + size) throw new RequestError("a memory region beyond the end of its file");
    this.#memory.add(described, fd.raw);
  }

  #memoryChanged(): void {
    this.#shmem.memoryTableChanged();
    for (const ring of this.#rings) ring.memoryChanged();
  }
}

/** A payload, if it has `size` bytes. */
function need(payload: Buffer, size: number): Buffer {
  if (payload.length < size) throw new RequestError(`a payload of ${payload.length} instead of ${size} bytes`);
  return payload;
}

function number(payload: Buffer): number {
  return readU64(need(payload, 8), 0);
}

function region(bytes: Buffer): Region {
  return { guest: readU64(bytes, 0), size: readU64(bytes, 8), user: readU64(bytes, 16), offset: readU64(bytes, 24) };
}

/** Takes the descriptor that came with a message. */
function take(fds: readonly Fd[]): Fd {
  const fd = fds[0];
  if (fd === undefined) throw new RequestError("it came without a descriptor");
  return new Fd(fd.take());
}

function eventOf(payload: Buffer, fds: readonly Fd[]): Fd | null {
  return payload.readUInt32LE(0) & VRING_NO_FD ? null : take(fds);
}
