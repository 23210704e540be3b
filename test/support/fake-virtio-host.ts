// SPDX-License-Identifier: Apache-2.0
/** The host's half of a cross-domain context, and the compositor behind it, as a test wants them to be. */
import { readSync, writeSync } from "node:fs";
import type { Fd } from "../../src/native/fd.ts";
import { memfd } from "../../src/native/memory.ts";
import { pipe, readFd, writeFd } from "../../src/native/pipe.ts";
import { READABLE, Watch } from "../../src/native/watch.ts";

/** The differences between kinds of hosts. */
export interface HostKind {
  /** Whether INIT takes all that follows it for a part of itself, or has exactly one of three lengths. */
  readonly init: "exact" | "longest";
  /** The sign of a closed connection: empty messages for ever, or none at all. */
  readonly end: "empty" | "silent";
  /** The type of the write end of a pipe: its own, or an empty blob's. */
  readonly writePipe: 1 | 4;
  /** Whether an event of one context completes the fences of all. */
  readonly mixesFences: boolean;
  /** The size of channel that the host offers to fill; 0 for a host that knows nothing of it. */
  readonly channelSize: number;
  /** Whether a question for an image makes it, and no other can be asked until it is taken. */
  readonly keepsImage: boolean;
}

const current: HostKind = {
  init: "exact",
  end: "empty",
  writePipe: 4,
  mixesFences: false,
  keepsImage: false,
  channelSize: 0,
};

export type HostName =
  | "ours"
  | "ours of before"
  | "crosvm"
  | "crosvm with a GPU"
  | "rutabaga 0.1.71"
  | "libkrun"
  | "QEMU with rutabaga";

/** The hosts that we know (see docs/cross-domain.md). */
export const hostKinds: Readonly<Record<HostName, HostKind>> = {
  ours: { ...current, channelSize: 65_536 },
  "ours of before": current,
  crosvm: current,
  "crosvm with a GPU": { ...current, keepsImage: true },
  "rutabaga 0.1.71": { ...current, end: "silent", writePipe: 1 },
  libkrun: { ...current, init: "longest" },
  "QEMU with rutabaga": { ...current, mixesFences: true },
};

/** The file that the compositor got in the place of a descriptor. */
export type HostFd =
  | { readonly type: "memory"; readonly fd: Fd }
  /** The end that the compositor writes to. */
  | { readonly type: "pipe"; readonly fd: Fd };

/** A SEND as the compositor saw it. */
export interface HostSend {
  readonly bytes: Buffer;
  readonly fds: readonly HostFd[];
}

/**
 * A descriptor that the compositor sends: a memory file, the write end of a pipe (both handed over), or what nobody
 * knows.
 */
export type CompositorFd =
  | { readonly type: "memory"; readonly fd: Fd; readonly size: number }
  | { readonly type: "pipe"; readonly fd: Fd }
  | { readonly type: "unknown"; readonly number: number };

/** The functions of the kernel's half that the host's half needs. */
export interface Guest {
  /** Returns the file behind a resource that is attached to this context, if it can be shared. */
  attachedMemory(resource: number): Fd | undefined;
  /** The file behind a guest page. */
  page(resource: number): Fd | undefined;
  /** Completes the fence of a POLL, and with it maybe others. */
  signal(): void;
}

const PAGE = 4096;
const RECEIVE_HEADER = 352;
const READ_HEADER = 24;

interface Item {
  readonly fd: Fd;
  readonly type: number;
  readonly size: number;
}

/** An image that was asked about: hosts give it away again and again. */
interface ImageItem {
  readonly size: number;
}

/** A context on the host. */
export class FakeHostContext {
  /** The mistakes that no correct guest makes. */
  readonly mistakes: string[] = [];
  readonly sends: HostSend[] = [];
  /** Commands that failed, which the guest cannot see. */
  failures = 0;
  /** Lengths of the questions for images. */
  readonly imageQuestions: number[] = [];
  /** Bytes of the largest READ. */
  largestRead = 0;
  connected = false;
  /** Whether the host makes no memory for the ids that it gave. */
  refusesBlobs = false;
  /** The size that the host reports for an image, instead of the real one. */
  imageSize: bigint | null = null;
  /** Whether the host answers no question for an image. */
  refusesImages = false;
  readonly #kind: HostKind;
  readonly #guest: Guest;
  readonly #hasCompositor: () => boolean;
  readonly #stash: { holder: FakeHostContext | null };
  #query = 0;
  #channel = 0;
  /** How much of it the guest lets the host use. */
  #channelSize = PAGE;
  /** POLLs that are not answered. */
  #jobs = 0;
  #nextItem = 2;
  #nextReadPipe = 0x80000001;
  readonly #items = new Map<number, Item | ImageItem>();
  readonly #readPipes = new Map<number, { fd: Fd; watch: Watch }>();
  readonly #events: { bytes: Buffer; fds: readonly CompositorFd[] }[] = [];
  #ended = false;
  #workerIsDead = false;
  #sent: () => void = () => {};

  constructor(kind: HostKind, guest: Guest, hasCompositor: () => boolean, stash: { holder: FakeHostContext | null }) {
    this.#kind = kind;
    this.#guest = guest;
    this.#hasCompositor = hasCompositor;
    this.#stash = stash;
  }

  // The compositor.

  /** All bytes that came. */
  get stream(): Buffer {
    return Buffer.concat(this.sends.map(({ bytes }) => bytes));
  }

  /** All descriptors that came. */
  get fds(): HostFd[] {
    return this.sends.flatMap(({ fds }) => fds);
  }

  /** Waits until so many bytes have come. */
  async received(length: number): Promise<void> {
    while (this.stream.length < length) {
      await new Promise<void>((resolve) => {
        this.#sent = resolve;
      });
    }
  }

  /** Lets the compositor send bytes and descriptors, all in one message of the worker, or several if they are many. */
  send(bytes: Buffer, fds: readonly CompositorFd[] = []): void {
    const room = this.#channelSize - RECEIVE_HEADER;
    for (let at = 0; at === 0 || at < bytes.length; at += room) {
      this.#events.push({ bytes: bytes.subarray(at, at + room), fds: at === 0 ? fds : [] });
    }
    this.#work();
  }

  /** Lets the compositor close its end. */
  end(): void {
    this.#ended = true;
    this.#work();
  }

  /** Lets a faulty worker write whatever it likes, if the guest waits for something. @returns whether it does */
  tell(message: Buffer): boolean {
    if (this.#jobs === 0) return false;
    this.#tell(message);
    return true;
  }

  /** Lets a faulty worker write into the page when it must not, and say nothing. */
  scribble(message: Buffer): void {
    const page = this.#guest.page(this.#channel);
    if (page !== undefined) writeSync(page.raw, message, 0, message.length, 0);
  }

  /** Lets the worker stop, as some hosts' do when they get what they do not know. */
  killWorker(): void {
    this.#workerIsDead = true;
  }

  /** POLLs that the host still has to answer. */
  get polls(): number {
    return this.#jobs;
  }

  /** Descriptors that the host keeps for the guest, who has not asked for them. */
  get unclaimed(): number {
    return [...this.#items.values()].filter((item) => "fd" in item).length;
  }

  // The device.

  /** Handles a submission. */
  submit(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (bytes.length - at < 8) return this.#mistake("a command without a header");
      const size = bytes.readUInt16LE(at + 2);
      if (size < 8) return this.#mistake(`a command of ${size} bytes`);
      if (at + size > bytes.length) return this.#mistake("a command that is longer than its submission");
      if (!this.#run(bytes.subarray(at, at + size), bytes.length)) {
        this.failures++;
        return;
      }
      at += size;
    }
  }

  /** The fence of ring 1 that came with the last submission. */
  poll(): void {
    if (!this.connected) return;
    this.#jobs++;
    this.#work();
  }

  /** The memory for a blob of the host. */
  claim(id: number, size: number): Fd | null {
    const item = this.#items.get(id);
    if (item === undefined || item.size !== size || this.refusesBlobs) {
      this.failures++;
      return null;
    }
    if (this.#stash.holder === this) this.#stash.holder = null;
    if (!("fd" in item)) return memfd("image", item.size);
    this.#items.delete(id);
    return item.fd;
  }

  close(): void {
    if (this.#stash.holder === this) this.#stash.holder = null;
    for (const item of this.#items.values()) if ("fd" in item) item.fd.close();
    for (const { fd, watch } of this.#readPipes.values()) {
      watch.close();
      fd.close();
    }
    this.#items.clear();
    this.#readPipes.clear();
    for (const { fds } of this.#events.splice(0)) for (const fd of fds) if ("fd" in fd) fd.fd.close();
    for (const { fds } of this.sends) for (const { fd } of fds) if (fd.open) fd.close();
    this.connected = false;
  }

  #mistake(text: string): void {
    this.mistakes.push(text);
  }

  /** @returns whether the command was good. */
  #run(command: Buffer, submitted: number): boolean {
    switch (command[0]) {
      case 1:
        return this.#init(command, submitted);
      case 2:
        return this.connected && this.#imageRequirements(command);
      case 3:
        return this.connected && command.length === 16;
      case 4:
        return this.connected && this.#send(command);
      case 7:
        return this.connected && this.#write(command);
      default:
        this.#mistake(`the unknown command ${command[0]}`);
        return false;
    }
  }

  #init(command: Buffer, submitted: number): boolean {
    if (this.#channel !== 0) this.#mistake("a second INIT");
    const lengths = this.#kind.channelSize > 0 ? [16, 20, 28, 36] : [16, 20, 36];
    const isGood = this.#kind.init === "exact" ? lengths.includes(command.length) : submitted === command.length;
    if (command.length === 28) this.#channelSize = command.readUInt32LE(24);
    if (this.#channelSize !== Math.max(PAGE, this.#kind.channelSize)) this.#mistake("a channel of another size");
    if (!isGood) this.#mistake(`an INIT of ${command.length} bytes in ${submitted}`);
    if (command.length === 20 && command.readUInt32LE(16) !== 1) this.#mistake("an INIT for another channel");
    this.#query = command.readUInt32LE(8);
    this.#channel = command.readUInt32LE(12);
    this.connected = isGood && this.#hasCompositor();
    return this.connected;
  }

  #imageRequirements(command: Buffer): boolean {
    const [width, height, format] = [8, 12, 16].map((at) => command.readUInt32LE(at)) as [number, number, number];
    this.imageQuestions.push(width);
    if (height !== 1 || format !== 0x20203852 || this.refusesImages) return false;
    if (this.#kind.keepsImage && this.#stash.holder !== null) return false;
    if (this.#kind.keepsImage) this.#stash.holder = this;
    const size = Math.ceil(width / PAGE) * PAGE;
    const id = this.#nextItem++;
    this.#items.set(id, { size });
    const answer = Buffer.alloc(64);
    answer.writeUInt32LE(width, 0);
    answer.writeBigUInt64LE(this.imageSize ?? BigInt(size), 40);
    answer.writeUInt32LE(id, 48);
    writeSync((this.#guest.page(this.#query) as Fd).raw, answer, 0, 64, 0);
    return true;
  }

  #send(command: Buffer): boolean {
    const [count, length] = [8, 12].map((at) => command.readUInt32LE(at)) as [number, number];
    if (command.length !== RECEIVE_HEADER + length) this.#mistake("a SEND whose length is wrong");
    if (length > 3744) this.#mistake(`a SEND of ${length} bytes`);
    if (length === 0) this.#mistake("a SEND without data, which loses its descriptors");
    if (count > 28) this.#mistake(`${count} identifiers in a SEND`);
    const fds: HostFd[] = [];
    for (let i = 0; i < count; i++) {
      const id = command.readUInt32LE(16 + 4 * i);
      const type = command.readUInt32LE(128 + 4 * i);
      if (type === 1) {
        const memory = this.#guest.attachedMemory(id);
        if (memory === undefined) this.#mistake(`a SEND of the resource ${id}, which cannot be sent`);
        else fds.push({ type: "memory", fd: memory.duplicate() });
      } else if (type === 3) {
        if (count !== 1) this.#mistake("a pipe that shares its SEND");
        if (id !== this.#nextReadPipe++) this.#mistake(`a wrong guess: ${id.toString(16)}`);
        fds.push({ type: "pipe", fd: this.#addReadPipe(id) });
      } else {
        this.#mistake(`a SEND of an identifier of type ${type}`);
      }
    }
    this.sends.push({ bytes: Buffer.from(command.subarray(RECEIVE_HEADER)), fds });
    this.#sent();
    return true;
  }

  #addReadPipe(id: number): Fd {
    const [fd, write] = pipe();
    this.#readPipes.set(id, { fd, watch: new Watch(fd.raw, () => this.#read(id)) });
    this.#work();
    return write;
  }

  #write(command: Buffer): boolean {
    const [id, hangUp, length] = [8, 12, 16].map((at) => command.readUInt32LE(at)) as [number, number, number];
    if (length > 4096) this.#mistake(`a WRITE of ${length} bytes`);
    const item = this.#items.get(id);
    if (item === undefined || !("fd" in item)) return false;
    if (item.type !== 4 && !(item.type === this.#kind.writePipe && item.size === 0)) {
      item.fd.close();
      this.#items.delete(id);
      return false;
    }
    // Once, and what the pipe does not take is lost.
    const written = length === 0 ? 0 : writeFd(item.fd.raw, command, READ_HEADER, length);
    if (hangUp !== 0) {
      item.fd.close();
      this.#items.delete(id);
    }
    return written === length;
  }

  // The worker.

  #work(): void {
    const canWork = this.#jobs > 0 && !this.#workerIsDead;
    const event = canWork ? this.#events.shift() : undefined;
    if (event !== undefined) {
      this.#receive(event.bytes, event.fds);
    } else if (canWork && this.#ended && this.#kind.end === "empty") {
      this.#receive(Buffer.alloc(0), []);
    }
    // One event for each POLL: pipes are looked at only while there is one.
    for (const { watch } of this.#readPipes.values()) watch.set(this.#jobs > 0 && !this.#workerIsDead ? READABLE : 0);
  }

  #receive(bytes: Buffer, fds: readonly CompositorFd[]): void {
    const message = Buffer.alloc(RECEIVE_HEADER + bytes.length);
    message[0] = 5;
    message.writeUInt32LE(fds.length, 8);
    message.writeUInt32LE(bytes.length, 12);
    fds.forEach((fd, i) => {
      const id = this.#nextItem++;
      const size = fd.type === "memory" ? fd.size : 0;
      const type = fd.type === "memory" ? 1 : fd.type === "pipe" ? this.#kind.writePipe : fd.number;
      if ("fd" in fd) this.#items.set(id, { fd: fd.fd, type: fd.type === "pipe" ? 4 : 1, size });
      message.writeUInt32LE(id, 16 + 4 * i);
      message.writeUInt32LE(type, 128 + 4 * i);
      message.writeUInt32LE(size, 240 + 4 * i);
    });
    bytes.copy(message, RECEIVE_HEADER);
    this.#tell(message);
  }

  #read(id: number): void {
    const { fd, watch } = this.#readPipes.get(id) as { fd: Fd; watch: Watch };
    const message = Buffer.alloc(this.#channelSize);
    const count = Math.max(readFd(fd.raw, message, READ_HEADER, message.length - READ_HEADER), 0);
    this.largestRead = Math.max(this.largestRead, count);
    message[0] = 6;
    message.writeUInt32LE(id, 8);
    message.writeUInt32LE(count === 0 ? 1 : 0, 12);
    message.writeUInt32LE(count, 16);
    if (count === 0) {
      watch.close();
      fd.close();
      this.#readPipes.delete(id);
    }
    this.#tell(message.subarray(0, READ_HEADER + count));
  }

  /** Writes into the page and uses up a POLL. */
  #tell(message: Buffer): void {
    const page = this.#guest.page(this.#channel) as Fd;
    const before = Buffer.alloc(1);
    readPage(page, before);
    if (before[0] !== 0) this.#mistake("a message was overwritten that the guest had not taken");
    this.#jobs--;
    writeSync(page.raw, message, 0, message.length, 0);
    this.#guest.signal();
    this.#work();
  }
}

function readPage(page: Fd, target: Buffer): void {
  readSync(page.raw, target, 0, target.length, 0);
}
