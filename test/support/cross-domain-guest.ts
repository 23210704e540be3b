// SPDX-License-Identifier: Apache-2.0
/**
 * A VM whose programs write cross-domain commands themselves, byte by byte, to a device host of ours in front of a
 * scriptable compositor. The programs are as strict as the strictest that is known (wayland-proxy-virtwl): they compare
 * the whole first word of a message with its number, and give up when it is another; see also `overlong`.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDeviceHost, type DeviceHost, type DeviceHostOptions } from "../../src/device-host.ts";
import { unixHost } from "../../src/host/unix.ts";
import { DisplaySocket } from "../../src/listen/display-socket.ts";
import { connectUnix } from "../../src/native/socket.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { FakeCompositor } from "./fake-compositor.ts";
import { FakeQemu, HIGH_RAM } from "./fake-qemu.ts";
import { FakeVirtqueue, QUEUE_SIZE } from "./fake-virtqueue.ts";
import { gpu, OK, PAGE, typeOf } from "./gpu-guest.ts";

const RECEIVE = 5;
const READ = 6;

/** The types of identifiers: memory of the host's, the end of a pipe that the host reads. */
export const BLOB = 1;
export const READ_PIPE = 3;

/** The id of the first pipe that a program sends. */
export const FIRST_READ_PIPE = 0x80000001;

/** Words and texts of a Wayland message as they are on the wire. */
export function wayland(object: number, opcode: number, ...args: readonly (number | string)[]): Buffer {
  const parts = args.map((arg) => {
    if (typeof arg === "number") return Buffer.from(new Uint32Array([arg]).buffer);
    const text = Buffer.alloc(4 + ((arg.length + 4) & ~3));
    text.writeUInt32LE(arg.length + 1, 0);
    text.write(arg, 4);
    return text;
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(new Uint32Array([object, ((8 + body.length) << 16) | opcode]).buffer), body]);
}

/**
 * Returns a message as wayland-proxy-virtwl's library sends those that have a string: with four bytes too many at the
 * end.
 */
export function overlong(message: Buffer): Buffer {
  const longer = Buffer.concat([message, Buffer.alloc(4)]);
  longer.writeUInt16LE(longer.length, 6);
  return longer;
}

/** A message of the host. */
export type HostMessage =
  | { readonly command: "receive"; readonly data: Buffer; readonly identifiers: readonly number[] }
  | { readonly command: "read"; readonly id: number; readonly hangUp: boolean; readonly data: Buffer };

/** The parts of its machine that a program in the guest needs. */
type GuestMachine = Pick<CrossDomainVm, "qemu" | "driver" | "run">;

/** A program in the guest: a context, and what is said through it. */
export class CrossDomainProgram {
  readonly #vm: GuestMachine;
  readonly #context: number;
  #fence = 0;

  constructor(vm: GuestMachine, context: number) {
    this.#vm = vm;
    this.#context = context;
  }

  /** Makes the context, its two pages, and the connection. */
  async connect(): Promise<void> {
    const rings = [2 * this.#context, 2 * this.#context + 1];
    await this.#vm.run(gpu.createContext(this.#context));
    for (const ring of rings) {
      await this.#vm.run(gpu.guestBlob(ring, PAGE, [[HIGH_RAM + (2048 + ring) * PAGE, PAGE]]));
      await this.#vm.run(gpu.attach(this.#context, ring));
    }
    await this.submit(Buffer.from(new Uint32Array([1 | (20 << 16), 0, ...rings, 1]).buffer));
  }

  /** Submits commands. */
  submit(commands: Buffer): Promise<void> {
    return this.#vm.run(gpu.submit(this.#context, commands));
  }

  /** Sends bytes to the compositor, and with them what stands for descriptors. */
  send(bytes: Buffer, identifiers: readonly (readonly [id: number, type: number])[] = []): Promise<void> {
    const head = Buffer.alloc(352);
    head.writeUInt32LE(4 | ((352 + bytes.length) << 16), 0);
    head.writeUInt32LE(identifiers.length, 8);
    head.writeUInt32LE(bytes.length, 12);
    identifiers.forEach(([id, type], i) => {
      head.writeUInt32LE(id, 16 + 4 * i);
      head.writeUInt32LE(type, 128 + 4 * i);
    });
    return this.submit(Buffer.concat([head, bytes]));
  }

  /** Asks for the next message of the host and waits for it. */
  async next(): Promise<HostMessage> {
    await this.#vm.run(gpu.poll(this.#context, ++this.#fence));
    const page = this.#vm.qemu.at(HIGH_RAM + (2048 + 2 * this.#context + 1) * PAGE);
    const word = page.readUInt32LE(0);
    if (word === RECEIVE) {
      const data = Buffer.from(page.subarray(352, 352 + page.readUInt32LE(12)));
      const identifiers = Array.from({ length: page.readUInt32LE(8) }, (_, i) => page.readUInt32LE(16 + 4 * i));
      return { command: "receive", data, identifiers };
    }
    assert.equal(word, READ, `the header's first word is 0x${word.toString(16)}, which is no message's number`);
    const data = Buffer.from(page.subarray(24, 24 + page.readUInt32LE(16)));
    return { command: "read", id: page.readUInt32LE(8), hangUp: page.readUInt32LE(12) !== 0, data };
  }

  /** Makes a blob of `size` bytes of the host's memory, and attaches it. @returns the type of the answer */
  async image(resource: number, size: number): Promise<number> {
    const r8 = 0x20203852;
    const page = this.#vm.qemu.at(HIGH_RAM + (2048 + 2 * this.#context) * PAGE);
    do {
      page.fill(0, 0, 64);
      await this.submit(Buffer.from(new Uint32Array([2 | (24 << 16), 0, size, 1, r8, 0x11]).buffer));
      // Not before the compositor is reached.
    } while (page.readUInt32LE(48) === 0);
    const made = typeOf(
      await this.#vm.driver.command(gpu.hostBlob(this.#context, resource, page.readUInt32LE(48), size)),
    );
    if (made === OK) await this.#vm.run(gpu.attach(this.#context, resource));
    return made;
  }

  /** Ends the program's context. */
  disconnect(): Promise<void> {
    return this.#vm.run(gpu.destroyContext(this.#context));
  }

  /** Receives until some bytes have come. @returns all that came */
  async until(bytes: Buffer): Promise<Buffer> {
    let heard = Buffer.alloc(0);
    while (!heard.includes(bytes)) {
      const message = await this.next();
      if (message.command === "receive") heard = Buffer.concat([heard, message.data]);
    }
    return heard;
  }

  /** Makes a registry, object 2, and waits for all globals: before, there is nothing to bind. */
  async listGlobals(): Promise<void> {
    await this.send(Buffer.concat([wayland(1, 1, 2), wayland(1, 0, 3)]));
    await this.until(wayland(3, 0, 0));
  }
}

/** A VM with a device host of ours. */
export class CrossDomainVm {
  readonly compositor: FakeCompositor;
  readonly host: DeviceHost;
  readonly qemu: FakeQemu;
  readonly driver: FakeVirtqueue;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "device-host-"));
  readonly #globals: readonly string[];

  /** @param globals what the compositor offers */
  constructor(globals: readonly string[], options: Partial<DeviceHostOptions> = {}) {
    this.#globals = globals;
    this.compositor = new FakeCompositor(join(this.#folder, "wayland-0"), new ProtocolRegistry(), globals);
    const socket = DisplaySocket.open(undefined, join(this.#folder, "gpu"));
    this.host = createDeviceHost({
      socket,
      memory: 64 * 1024 * 1024,
      connectHost: unixHost(this.compositor.path),
      ...options,
    });
    this.qemu = new FakeQemu({ connection: connectUnix(socket.path) });
    this.driver = new FakeVirtqueue(this.qemu, 0);
  }

  /** Boots the guest. */
  async boot(): Promise<void> {
    await this.qemu.realize();
    await this.qemu.start(QUEUE_SIZE);
  }

  async close(): Promise<void> {
    await this.host.close();
    this.driver.close();
    this.qemu.close();
    this.compositor.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Runs a command of virtio-gpu, which has to succeed. */
  async run(command: Buffer): Promise<void> {
    assert.equal(typeOf(await this.driver.command(command)), OK);
  }

  /** Connects a program whose context has this number. */
  async program(context: number): Promise<CrossDomainProgram> {
    const program = new CrossDomainProgram(this, context);
    await program.connect();
    return program;
  }

  /** The request of a program that has listed the globals: binds one as object `id`, in its first version. */
  bind(name: string, id: number): Buffer {
    const number = this.compositor.globals[this.#globals.indexOf(name)]?.name;
    assert.ok(number !== undefined, `the compositor offers no ${name}`);
    return wayland(2, 0, number, name, 1, id);
  }
}
