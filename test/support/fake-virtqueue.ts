// SPDX-License-Identifier: Apache-2.0

import { eventfdWrite } from "../../src/native/pipe.ts";
import { READABLE, Watch } from "../../src/native/watch.ts";
import { eventfdRead } from "./eventfd.ts";
import { type FakeQemu, FREE_RAM, HIGH_RAM, ringAddresses } from "./fake-qemu.ts";

/** The size that the driver gives its queues. */
export const QUEUE_SIZE = 256;

const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;

/** The bytes that each buffer of the driver has for itself: a request, an answer, an indirect table. */
const ARENA_SIZE = 0x4000;
const TABLE_AT = 0x3000;
const ANSWER_AT = 0x2000;

/** A descriptor, of any content. */
export interface Descriptor {
  readonly address: number | bigint;
  readonly length: number;
  readonly flags?: number;
  readonly next?: number;
}

/** The way in which a command is put into buffers. */
export interface CommandStyle {
  /** Lengths of the parts in which the request is split; the rest is the last part. */
  readonly split?: readonly number[];
  /** Descriptors in the ring itself rather than in a table, as long as they fit. */
  readonly direct?: boolean;
  /** The bytes for the answer. */
  readonly room?: number;
}

/** The driver's side of one virtqueue. */
export class FakeVirtqueue {
  readonly #qemu: FakeQemu;
  readonly #index: number;
  readonly #watch: Watch;
  readonly #pending = new Map<number, (answer: Buffer) => void>();
  readonly #rooms = new Map<number, number>();
  #free: number[] = [];
  #availableIndex = 0;
  #usedIndex = 0;
  #changed: (() => void)[] = [];
  /** Buffers that came back. */
  completed = 0;
  /** Buffers that came back without having been given to the device, or a second time. */
  strays = 0;
  /** The number of the device's interrupts. */
  interrupts = 0;

  constructor(qemu: FakeQemu, index: number) {
    this.#qemu = qemu;
    this.#index = index;
    const { call } = qemu.events[index] as FakeQemu["events"][number];
    this.#watch = new Watch(call.raw, () => {
      this.interrupts += eventfdRead(call.raw);
      this.collect();
    });
    this.#watch.set(READABLE);
    this.restart();
  }

  /** Begins anew, as after a reset. */
  restart(): void {
    const { descriptors, available, used } = ringAddresses(this.#index);
    for (const address of [descriptors, available, used]) this.#qemu.at(address).fill(0, 0, 0x1000);
    this.#free = Array.from({ length: QUEUE_SIZE }, (_, i) => i);
    this.#pending.clear();
    this.#availableIndex = 0;
    this.#usedIndex = 0;
  }

  close(): void {
    this.#watch.close();
  }

  /** Writes a descriptor into the table at `table`, which is the queue's own unless given. */
  describe(index: number, { address, length, flags = 0, next = 0 }: Descriptor, table?: number): void {
    const bytes = this.#qemu.at((table ?? ringAddresses(this.#index).descriptors) + index * 16);
    bytes.writeBigUInt64LE(BigInt(address), 0);
    bytes.writeUInt32LE(length, 8);
    bytes.writeUInt16LE(flags, 12);
    bytes.writeUInt16LE(next, 14);
  }

  /** Makes the buffer at `head` available. */
  offer(head: number): void {
    const ring = this.#qemu.at(ringAddresses(this.#index).available);
    ring.writeUInt16LE(head, 4 + (this.#availableIndex % QUEUE_SIZE) * 2);
    this.#availableIndex = (this.#availableIndex + 1) & 0xffff;
    ring.writeUInt16LE(this.#availableIndex, 2);
  }

  /** Says that more buffers are available than there are. */
  overstate(by: number): void {
    this.#availableIndex = (this.#availableIndex + by) & 0xffff;
    this.#qemu.at(ringAddresses(this.#index).available).writeUInt16LE(this.#availableIndex, 2);
  }

  /** Whether the device may interrupt. */
  set wantsInterrupts(wanted: boolean) {
    this.#qemu.at(ringAddresses(this.#index).available).writeUInt16LE(wanted ? 0 : 1, 0);
  }

  kick(): void {
    eventfdWrite((this.#qemu.events[this.#index] as FakeQemu["events"][number]).kick.raw);
  }

  /** The memory that a buffer has for itself. */
  arena(head: number): number {
    return FREE_RAM + head * ARENA_SIZE;
  }

  /** Puts a command into the queue. @returns the answer, once the device has given the buffer back */
  async command(request: Buffer, style: CommandStyle = {}): Promise<Buffer> {
    const answer = this.queue(request, style);
    this.kick();
    return answer;
  }

  /** Queues a command as `submit` does, but without a kick. */
  async queue(request: Buffer, { split = [24], direct = false, room = 512 }: CommandStyle = {}): Promise<Buffer> {
    const head = this.#free.shift();
    if (head === undefined) throw new Error("the queue is full");
    const arena = this.arena(head);
    const requestAt = request.length > ANSWER_AT ? HIGH_RAM : arena;
    request.copy(this.#qemu.at(requestAt));
    const parts: Descriptor[] = [];
    let at = 0;
    for (const length of [...split, request.length]) {
      const count = Math.min(length, request.length - at);
      if (count > 0) parts.push({ address: requestAt + at, length: count });
      at += count;
    }
    if (room > 0) parts.push({ address: arena + ANSWER_AT, length: room, flags: WRITE });
    const used = direct ? this.#chain(head, parts) : this.#table(head, arena + TABLE_AT, parts);
    this.#rooms.set(head, arena + ANSWER_AT);
    this.offer(head);
    return new Promise((resolve) => {
      this.#pending.set(head, (answer) => {
        this.#free.push(head, ...used);
        resolve(answer);
      });
    });
  }

  /** Looks for buffers that came back, as an interrupt makes the driver do. */
  collect(): void {
    if (!this.#qemu.ram.open) return;
    const ring = this.#qemu.at(ringAddresses(this.#index).used);
    while (this.#usedIndex !== ring.readUInt16LE(2)) {
      const slot = 4 + (this.#usedIndex % QUEUE_SIZE) * 8;
      const head = ring.readUInt32LE(slot);
      const written = ring.readUInt32LE(slot + 4);
      this.#usedIndex = (this.#usedIndex + 1) & 0xffff;
      this.completed++;
      const resolve = this.#pending.get(head);
      if (!this.#pending.delete(head)) this.strays++;
      resolve?.(Buffer.from(this.#qemu.at(this.#rooms.get(head) as number).subarray(0, written)));
    }
    for (const wake of this.#changed.splice(0)) wake();
  }

  /** Resolves when `count` buffers have come back since the beginning. */
  async until(count: number): Promise<void> {
    while (this.completed < count) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  #chain(head: number, parts: readonly Descriptor[]): number[] {
    const heads = [head, ...this.#free.splice(0, parts.length - 1)];
    for (const [i, part] of parts.entries()) {
      const next = heads[i + 1];
      const flags = (part.flags ?? 0) | (next === undefined ? 0 : NEXT);
      this.describe(heads[i] as number, { ...part, flags, next: next ?? 0 });
    }
    return heads.slice(1);
  }

  #table(head: number, table: number, parts: readonly Descriptor[]): number[] {
    for (const [i, part] of parts.entries()) {
      const last = i === parts.length - 1;
      this.describe(i, { ...part, flags: (part.flags ?? 0) | (last ? 0 : NEXT), next: last ? 0 : i + 1 }, table);
    }
    this.describe(head, { address: table, length: parts.length * 16, flags: INDIRECT });
    return [];
  }
}
