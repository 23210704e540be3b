// SPDX-License-Identifier: Apache-2.0
/** A VM with a virtio-gpu of ours: a fake QEMU, the device, and a guest's driver that speaks virtio-gpu. */
import { HostDevice, type HostDeviceOptions } from "../../src/device/device.ts";
import type { Fd } from "../../src/native/fd.ts";
import { FakeContextType } from "./fake-contexts.ts";
import { FakeQemu, type FakeQemuOptions, HIGH_RAM } from "./fake-qemu.ts";
import { type CommandStyle, FakeVirtqueue, QUEUE_SIZE } from "./fake-virtqueue.ts";

export const OK = 0x1100;
export const ERR_UNSPEC = 0x1200;
export const ERR_OUT_OF_MEMORY = 0x1201;
export const ERR_RESOURCE = 0x1203;
export const ERR_CONTEXT = 0x1204;
export const ERR_PARAMETER = 0x1205;

export const WINDOW: number = 64 * 1024 * 1024;
export const PAGE = 4096;

/** The fields of a command's header besides its type. */
export interface Header {
  readonly flags?: number;
  readonly fence?: number | bigint;
  readonly context?: number;
  readonly ring?: number;
}

/** A command with its header and the words behind it. */
export function command(type: number, words: readonly (number | bigint)[], header: Header = {}, tail?: Buffer): Buffer {
  const bytes = Buffer.alloc(24 + words.reduce<number>((sum, word) => sum + (typeof word === "bigint" ? 8 : 4), 0));
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(header.flags ?? 0, 4);
  bytes.writeBigUInt64LE(BigInt(header.fence ?? 0), 8);
  bytes.writeUInt32LE(header.context ?? 0, 16);
  bytes.writeUInt8(header.ring ?? 0, 20);
  let at = 24;
  for (const word of words) {
    if (typeof word === "bigint") at = bytes.writeBigUInt64LE(BigInt.asUintN(64, word), at);
    else at = bytes.writeUInt32LE(word >>> 0, at);
  }
  return tail ? Buffer.concat([bytes, tail]) : bytes;
}

/** The commands that a guest's kernel sends. */
export const gpu = {
  displayInfo: (): Buffer => command(0x100, []),
  capsetInfo: (index: number): Buffer => command(0x108, [index, 0]),
  capset: (id: number, version = 0): Buffer => command(0x109, [id, version]),
  createContext(context: number, name = "test", capset = 5): Buffer {
    const text = Buffer.alloc(64);
    text.write(name);
    return command(0x200, [name.length, capset], { context }, text);
  },
  destroyContext: (context: number): Buffer => command(0x201, [], { context }),
  attach: (context: number, resource: number): Buffer => command(0x202, [resource, 0], { context }),
  detach: (context: number, resource: number): Buffer => command(0x203, [resource, 0], { context }),
  guestBlob(resource: number, size: number, entries: readonly [address: number, length: number][]): Buffer {
    const list = Buffer.alloc(entries.length * 16);
    for (const [i, [address, length]] of entries.entries()) {
      list.writeBigUInt64LE(BigInt(address), i * 16);
      list.writeUInt32LE(length, i * 16 + 8);
    }
    return command(0x10c, [resource, 1, 1, entries.length, 0n, BigInt(size)], {}, list);
  },
  hostBlob: (context: number, resource: number, blobId: number, size: number, flags = 3): Buffer =>
    command(0x10c, [resource, 2, flags, 0, BigInt(blobId), BigInt(size)], { context }),
  unref: (resource: number): Buffer => command(0x102, [resource, 0]),
  map: (resource: number, offset: number): Buffer => command(0x208, [resource, 0, BigInt(offset)]),
  unmap: (resource: number): Buffer => command(0x209, [resource, 0]),
  /** By default with a fence that is signalled at once, since whoever sends it waits for the answer. */
  submit: (context: number, commands: Uint8Array, header: Header = { flags: 1 }): Buffer =>
    command(0x207, [commands.length, 0], { context, ...header }, Buffer.from(commands)),
  /** A SUBMIT_3D whose fence is one of ring 1, as for cross-domain's POLL. */
  poll: (context: number, fence: number | bigint): Buffer =>
    command(0x207, [16, 0], { context, fence, flags: 3, ring: 1 }, Buffer.from([3, 0, 16, ...Buffer.alloc(13)])),
};

/** The type of an answer. */
export function typeOf(answer: Buffer): number {
  return answer.length < 24 ? 0 : answer.readUInt32LE(0);
}

/** The functions of a test's context that the guest needs: `t`, mostly. */
export interface Scope {
  after(action: () => void): void;
}

/** A VM whose guest has started its driver. */
export class GpuGuest {
  readonly qemu: FakeQemu;
  readonly types: FakeContextType;
  readonly device: HostDevice;
  readonly driver: FakeVirtqueue;
  readonly cursor: FakeVirtqueue;
  readonly warnings: string[] = [];
  /** The number of times that the device reported QEMU's end, and the listener for that. */
  ended = 0;
  readonly onEnded: (() => void)[] = [];

  constructor(options: FakeQemuOptions & Partial<HostDeviceOptions> = {}) {
    this.qemu = new FakeQemu(options);
    this.types = new FakeContextType();
    this.driver = new FakeVirtqueue(this.qemu, 0);
    this.cursor = new FakeVirtqueue(this.qemu, 1);
    this.device = new HostDevice(this.qemu.deviceEnd as Fd, {
      contextType: this.types,
      memory: WINDOW,
      warn: (text) => this.warnings.push(text),
      debug: () => {},
      ended: () => {
        this.ended++;
        for (const tell of this.onEnded.splice(0)) tell();
      },
      ...options,
    });
  }

  /** Boots: QEMU's questions, then the driver's start. */
  static async boot(t: Scope, options: FakeQemuOptions & Partial<HostDeviceOptions> = {}): Promise<GpuGuest> {
    const guest = new GpuGuest(options);
    t.after(() => guest.close());
    await guest.qemu.realize();
    await guest.qemu.start(QUEUE_SIZE);
    return guest;
  }

  close(): void {
    this.device.close();
    this.driver.close();
    this.cursor.close();
    this.qemu.close();
  }

  /** Sends a command. @returns the answer */
  async send(bytes: Buffer, style?: CommandStyle): Promise<Buffer> {
    return this.driver.command(bytes, style);
  }

  /** Sends a command. @returns the type of the answer */
  async run(bytes: Buffer, style?: CommandStyle): Promise<number> {
    return typeOf(await this.driver.command(bytes, style));
  }

  /** Resets the VM, and boots again. */
  async reboot(): Promise<void> {
    await this.qemu.reset();
    this.driver.restart();
    this.cursor.restart();
    await this.qemu.start(QUEUE_SIZE);
  }

  /** Memory of the guest that nothing else uses, for blobs. */
  page(index: number): number {
    return HIGH_RAM + 8 * 1024 * 1024 + index * PAGE;
  }
}
