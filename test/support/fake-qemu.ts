// SPDX-License-Identifier: Apache-2.0
/**
 * QEMU's part of vhost-user, as version 11.1 does it, with real RAM and real queues, but no CPU: `FakeVirtqueue` does what a
 * guest would. Where QEMU would die, `crashed` says why. Numbers stand here a second time, on purpose.
 */
import type { Fd } from "../../src/native/fd.ts";
import { fileInfo, Mapping, memfd } from "../../src/native/memory.ts";
import { eventfd } from "../../src/native/pipe.ts";
import { socketPair } from "../../src/native/socket.ts";
import { type Message, VhostPeer } from "./vhost-peer.ts";

/** A stretch of RAM: where the guest, QEMU, and the file have it. */
interface RamRegion {
  readonly guest: number;
  readonly size: number;
  readonly offset: number;
}

const MIB = 1024 * 1024;
/** The regions of RAM as on a PC: with a hole below 1 MiB, and one below 4 GiB. */
const RAM: readonly RamRegion[] = [
  { guest: 0, size: 0xa0000, offset: 0 },
  { guest: MIB, size: 15 * MIB, offset: MIB },
  { guest: 2 ** 32, size: 16 * MIB, offset: 16 * MIB },
];
const RAM_SIZE = 32 * MIB;
/** The address at which QEMU itself has the RAM. */
const USER_BASE = 0x7f12_0000_0000;
const MAX_REGIONS = 512;

/** The address of the driver's two queues. */
const QUEUE_BASE = MIB;
const QUEUE_STRIDE = 0x10000;

/** A blob in the window. */
export interface WindowMap {
  readonly offset: number;
  readonly length: number;
  readonly fd: Fd;
  /** The identity of the file. */
  readonly file: string;
}

/** A ring's two eventfds, and the watch for the device's interrupts. */
interface Events {
  readonly kick: Fd;
  readonly call: Fd;
}

/** The ways in which this QEMU differs from 11.1 as distributed. */
export interface FakeQemuOptions {
  /** QEMU's end of a connection to a device in another process; otherwise it makes a pair. */
  readonly connection?: Fd;
  /** The answer to SHMEM_MAP: 0 is yes. */
  readonly mapAnswer?: (map: WindowMap) => number | Promise<number>;
  /** Whether QEMU reports a map in the window in the memory table, as the real one does. */
  readonly announces?: boolean;
  /** The bit of the SHMEM feature. */
  readonly shmemFeature?: number;
}

export class FakeQemu {
  /** The end for the device; null when that has its own. */
  readonly deviceEnd: Fd | null;
  readonly ram: Mapping;
  readonly events: readonly Events[];
  /** The files that the guest sees in the window, by offset. */
  readonly window: Map<number, WindowMap> = new Map();
  /** The blobs that the device has let into the memory table. */
  readonly shadow: Set<string> = new Set();
  /** Answers of the device to the announcements of blobs. */
  readonly announcements: number[] = [];
  /** The reason why QEMU would have ended; null for none. */
  crashed: string | null = null;
  /** Requests to map and unmap, in order. */
  readonly shmemLog: string[] = [];
  config: Buffer = Buffer.alloc(0);
  protocolFeatures = 0n;
  features = 0n;
  windowSize = 0;
  /** Places of which QEMU believes that a reset has left something. */
  readonly #emptied = new Set<number>();
  readonly #options: FakeQemuOptions;
  readonly #ramFd: Fd;
  readonly #channel: VhostPeer;
  readonly #backend: VhostPeer;
  readonly #backendPeer: Fd;
  #replies: ((payload: Buffer) => void)[] = [];
  #ended = false;
  readonly #ends: (() => void)[] = [];
  #running = false;
  #bases = [0, 0];
  #backendWork: Promise<void> = Promise.resolve();

  constructor(options: FakeQemuOptions = {}) {
    this.#options = options;
    const [ours, theirs] = options.connection === undefined ? socketPair() : [options.connection, null];
    this.deviceEnd = theirs;
    this.#ramFd = memfd("fake-ram", RAM_SIZE);
    this.ram = Mapping.map(this.#ramFd.raw, RAM_SIZE, { writable: true });
    this.events = [0, 1].map(() => ({ kick: eventfd(), call: eventfd() }));
    this.#channel = new VhostPeer(
      ours,
      (message) => this.#replies.shift()?.(Buffer.from(message.payload)),
      () => this.#end(),
    );
    const [backend, peer] = socketPair();
    this.#backendPeer = peer;
    this.#backend = new VhostPeer(
      backend,
      (message) => {
        const payload = Buffer.from(message.payload);
        this.#backendWork = this.#backendWork.then(() => this.#serve({ ...message, payload }));
      },
      () => {},
    );
  }

  /** Resolves when the device has hung up. */
  async ended(): Promise<void> {
    if (!this.#ended) await new Promise<void>((resolve) => this.#ends.push(resolve));
  }

  get hungUp(): boolean {
    return this.#ended;
  }

  /** The memory of a guest address, to its region's end. */
  at(guest: number): Buffer {
    const region = RAM.find((one) => guest >= one.guest && guest < one.guest + one.size);
    if (!region) throw new RangeError(`no RAM at ${guest}`);
    const start = region.offset + guest - region.guest;
    return Buffer.from(this.ram.bytes.buffer, start, region.offset + region.size - start);
  }

  /** Sends a request, and waits for the answer that it has, or that we ask for. */
  async request(request: number, payload: Buffer, fds: readonly number[] = [], flags = 1): Promise<Buffer> {
    const answer = new Promise<Buffer>((resolve) => this.#replies.push(resolve));
    this.#channel.send(request, flags, payload, fds);
    return answer;
  }

  /** Sends a request that must be acknowledged. @returns 0 for yes */
  async acknowledged(request: number, payload: Buffer, fds: readonly number[] = []): Promise<number> {
    return Number((await this.request(request, payload, fds, 9)).readBigUInt64LE(0));
  }

  /** Sends a request that has no answer. */
  tell(request: number, payload: Buffer, fds: readonly number[] = []): void {
    this.#channel.send(request, 1, payload, fds);
  }

  /** Sends bytes that need not be a message. */
  tellRaw(bytes: Buffer): void {
    this.#channel.sendRaw(bytes);
  }

  /** Asks what QEMU asks before the guest runs. */
  async realize(): Promise<void> {
    const empty = Buffer.alloc(0);
    this.features = (await this.request(1, empty)).readBigUInt64LE(0);
    this.protocolFeatures = (await this.request(15, empty)).readBigUInt64LE(0);
    const shmem = 1n << BigInt(this.#options.shmemFeature ?? 22);
    this.tell(16, u64(this.protocolFeatures & (0x8629n | shmem)));
    await this.request(17, empty);
    await this.request(36, empty);
    await this.acknowledged(21, empty, [this.#backendPeer.raw]);
    this.tell(3, empty);
    for (const [index, { call }] of this.events.entries()) this.tell(13, u64(index), [call.raw]);
    const shmemConfig = await this.request(44, empty);
    this.windowSize = Number(shmemConfig.readBigUInt64LE(8 + 8));
  }

  /** What a driver's start makes QEMU do. @param size of the queues */
  async start(size: number): Promise<void> {
    this.config = (await this.readConfig()).subarray(12);
    this.tell(2, u64(this.features & ~(1n << 30n)));
    for (const region of RAM) {
      if (this.shadow.has(ramName(region))) continue;
      const payload = regionPayload(region.guest, region.size, USER_BASE + region.offset, region.offset);
      if ((await this.acknowledged(37, payload, [this.#ramFd.raw])) !== 0) throw new Error("RAM was refused");
      this.shadow.add(ramName(region));
    }
    await this.#startRings(size, [0, 0]);
  }

  async readConfig(): Promise<Buffer> {
    const query = Buffer.alloc(28);
    query.writeUInt32LE(16, 4);
    return this.request(24, query);
  }

  /** Stops the queues, as for a pause. */
  async stop(): Promise<void> {
    this.#running = false;
    for (const index of this.events.keys()) await this.acknowledged(18, pair(index, 0));
    const bases: number[] = [];
    for (const index of this.events.keys()) bases.push((await this.request(11, pair(index, 0))).readUInt32LE(4));
    this.#bases = bases;
  }

  /** Goes on after `stop`. */
  async resume(size: number): Promise<void> {
    this.tell(2, u64(this.features & ~(1n << 30n)));
    for (const map of this.window.values()) {
      if (this.shadow.has(map.file)) continue;
      if ((await this.#announce(map)) !== 0) throw new Error("the device cannot be started again");
    }
    await this.#startRings(size, this.#bases);
  }

  /** A hard reset of the VM: QEMU empties the window, and dies if the device let it into the memory table. */
  async reset(): Promise<void> {
    await this.stop();
    for (const [offset, map] of this.window) {
      if (this.shadow.has(map.file)) this.crashed = "a stale region in the shadow table";
      map.fd.close();
      this.window.delete(offset);
      this.#emptied.add(offset);
    }
  }

  /** Starts the next time as for a new driver, but says nothing before. */
  forgetBases(): void {
    this.#bases = [0, 0];
  }

  /** Ends as when the process does. */
  hangUp(): void {
    this.#channel.close();
    this.#backend.close();
  }

  /** Takes all RAM away, without a word to the guest. */
  async removeRam(): Promise<void> {
    for (const region of RAM) {
      const payload = regionPayload(region.guest, region.size, USER_BASE + region.offset, region.offset);
      await this.acknowledged(38, payload);
      this.shadow.delete(ramName(region));
    }
  }

  close(): void {
    this.#channel.close();
    this.#backend.close();
    if (this.#backendPeer.open) this.#backendPeer.close();
    if (this.deviceEnd?.open) this.deviceEnd.close();
    this.ram.close();
    this.#ramFd.close();
    for (const { kick, call } of this.events) {
      kick.close();
      call.close();
    }
    for (const { fd } of this.window.values()) fd.close();
  }

  /** Sets the place of a queue, in the guest's addresses. */
  setRing(index: number, size: number, base: number, descriptors: number, available: number, used: number): void {
    this.tell(8, pair(index, size));
    this.tell(10, pair(index, base));
    const address = Buffer.alloc(40);
    address.writeUInt32LE(index, 0);
    address.writeBigUInt64LE(BigInt(userOf(descriptors)), 8);
    address.writeBigUInt64LE(BigInt(userOf(used)), 16);
    address.writeBigUInt64LE(BigInt(userOf(available)), 24);
    this.tell(9, address);
  }

  /** Connects a queue's eventfds, and starts it. */
  async enable(index: number): Promise<number> {
    const { kick, call } = this.events[index] as Events;
    this.tell(12, u64(index), [kick.raw]);
    this.tell(13, u64(index), [call.raw]);
    return this.acknowledged(18, pair(index, 1));
  }

  async #startRings(size: number, bases: readonly number[]): Promise<void> {
    for (const index of this.events.keys()) {
      const { descriptors, available, used } = ringAddresses(index);
      this.setRing(index, size, bases[index] as number, descriptors, available, used);
    }
    for (const index of this.events.keys()) await this.enable(index);
    this.#running = true;
  }

  /** Answers what the device asks. */
  async #serve({ request, payload, fds }: Message): Promise<void> {
    const offset = Number(payload.readBigUInt64LE(16));
    const length = Number(payload.readBigUInt64LE(24));
    if (request === 10) {
      this.shmemLog.push(`unmap ${offset}`);
      const map = this.window.get(offset);
      const good = map !== undefined && map.length === length;
      if (!good && this.#emptied.has(offset)) this.crashed = "asked to unmap what it has unmapped itself";
      if (good) {
        this.window.delete(offset);
        map.fd.close();
        this.shadow.delete(map.file);
      }
      this.#backend.send(request, 5, u64(good ? 0 : 1));
      return;
    }
    this.shmemLog.push(`map ${offset}`);
    const fd = fds[0] as Fd;
    const info = fileInfo(fd.raw);
    const map = { offset, length, fd, file: `${info.dev}:${info.ino}` };
    let answer = (await this.#options.mapAnswer?.(map)) ?? 0;
    if (info.size < length || info.access !== "both" || this.window.has(offset)) answer = 1;
    if (answer === 0) {
      this.window.set(offset, map);
      this.#emptied.delete(offset);
    } else {
      fd.close();
    }
    this.#backend.send(request, 5, u64(answer));
    if (answer !== 0 || !this.#running || this.#options.announces === false) return;
    const refused = await this.#announce(map);
    if (this.shadow.size > MAX_REGIONS) this.crashed = "more regions than it has room for";
    this.announcements.push(refused);
  }

  async #announce(map: WindowMap): Promise<number> {
    const payload = regionPayload(2 ** 40 + map.offset, map.length, USER_BASE + 2 ** 40 + map.offset, 0);
    const refused = await this.acknowledged(37, payload, [map.fd.raw]);
    if (refused === 0) this.shadow.add(map.file);
    return refused;
  }

  #end(): void {
    this.#ended = true;
    for (const resolve of this.#ends.splice(0)) resolve();
  }
}

/** The guest addresses of the parts of a queue. */
export function ringAddresses(index: number): { descriptors: number; available: number; used: number } {
  const base = QUEUE_BASE + index * QUEUE_STRIDE;
  return { descriptors: base, available: base + 0x8000, used: base + 0xa000 };
}

/** The first address of RAM that no queue has. */
export const FREE_RAM: number = QUEUE_BASE + 2 * QUEUE_STRIDE;

/** RAM beyond 4 GiB. */
export const HIGH_RAM: number = 2 ** 32;

/** An address where there is no RAM. */
export const NO_RAM = 0xb0000;

function userOf(guest: number): number {
  const region = RAM.find((one) => guest >= one.guest && guest < one.guest + one.size);
  return region ? USER_BASE + region.offset + guest - region.guest : guest;
}

function ramName(region: RamRegion): string {
  return `ram ${region.guest}`;
}

function regionPayload(guest: number, size: number, user: number, offset: number): Buffer {
  const payload = Buffer.alloc(40);
  for (const [i, value] of [guest, size, user, offset].entries()) payload.writeBigUInt64LE(BigInt(value), 8 + i * 8);
  return payload;
}

function pair(index: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(index, 0);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value), 0);
  return bytes;
}
