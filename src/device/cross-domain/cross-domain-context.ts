// SPDX-License-Identifier: Apache-2.0

import {
  CAPSET_CROSS_DOMAIN,
  CHANNEL_WAYLAND,
  Command,
  FIRST_READ_PIPE,
  IdentifierType,
  MAX_CHANNEL_SIZE,
  RING_CHANNEL,
} from "../../cross-domain/protocol.ts";
import type { Fd } from "../../native/fd.ts";
import { F_SEAL_GROW, F_SEAL_SHRINK, fileInfo, memfd, pageSize, seal } from "../../native/memory.ts";
import { pipe } from "../../native/pipe.ts";
import { ProtocolError } from "../../wire/errors.ts";
import { EAGAIN, type Transport } from "../../wire/transport.ts";
import { CommandFences } from "../gpu/command-fences.ts";
import type { ContextSetup, ContextType, Fence, GpuContext, Resource } from "../gpu/context.ts";
import type { HostMemory } from "../gpu/host-memory.ts";
import {
  MAX_CONTEXT_FDS,
  MAX_CONTEXT_INPUT,
  MAX_CONTEXT_PIPES,
  MAX_CONTEXTS,
  MAX_IMAGES,
  MAX_PIPE_QUEUE,
  MAX_UNCLAIMED_ITEMS,
} from "../limits.ts";
import { Backlog } from "./backlog.ts";
import {
  type Channel,
  capset,
  decodeImageRequest,
  decodeInit,
  decodeSend,
  decodeWrite,
  type Identifier,
  type ImageRequest,
  type Init,
  type RawCommand,
  readRoom,
  receiveRoom,
  type Send,
  splitCommands,
  type Write,
  writeImageAnswer,
  writeRead,
  writeReceive,
} from "./commands.ts";
import { ContextTransport, type GuestSink, type SentFd } from "./context-transport.ts";
import { PipeFromGuest, PipeToGuest } from "./guest-pipe.ts";
import { HostFiles } from "./host-files.ts";
import { imageLayout, wholePages } from "./image-layout.ts";

/** What contexts need from outside. */
export interface CrossDomainOptions {
  /**
   * Serves the guest's client at the other end of a transport, which it closes if it cannot. `name` is what the guest
   * calls it; `ended` is to be called when nothing is left of it. Resolves when it is decided whether it is served.
   */
  serve(client: Transport, name: string, ended: () => void): Promise<void>;
  warn(text: string): void;
}

/** The cross-domain kind of contexts: each is one client's connection to the compositor. */
export function crossDomain(options: CrossDomainOptions): ContextType {
  const shared: Shared = { backlog: new Backlog(), sessions: 0 };
  return {
    capsetId: CAPSET_CROSS_DOMAIN,
    capset,
    create: (setup) => new CrossDomainContext(setup, options, shared),
  };
}

/** What all contexts of a guest have together. */
interface Shared {
  readonly backlog: Backlog;
  /** Sessions that have not ended, which outlive their contexts. */
  sessions: number;
}

const NO_BYTES = new Uint8Array(0);

/** Where data of a pipe is on its way from one turn's read to its write into a channel. */
const readBuffer = Buffer.alloc(MAX_CHANNEL_SIZE);

const NO_RESOURCE: Pick<Resource, "fd" | "memory"> = { fd: null, memory: null };

/** The first id of a descriptor or image; the same numbers serve both, as with other hosts. */
const FIRST_ITEM = 2;

/** What an id stands for that was given to the guest. */
type Item =
  | { readonly kind: "image"; readonly size: number }
  | { readonly kind: "file"; readonly size: number; readonly fd: Fd }
  | { readonly kind: "pipe"; readonly pipe: PipeFromGuest };

/** One client in the guest. */
class CrossDomainContext implements GpuContext, GuestSink {
  readonly #setup: ContextSetup;
  readonly #options: CrossDomainOptions;
  readonly #shared: Shared;
  readonly #transport: ContextTransport;
  readonly #commandFences = new CommandFences();
  /** Events that the guest waits for: it has one channel page, and so waits for one at a time. */
  readonly #fences: Fence[] = [];
  readonly #items = new Map<number, Item>();
  /** For each image that was asked for, its item's id. */
  readonly #images = new Map<string, number>();
  readonly #files: HostFiles;
  readonly #pipes = new Set<PipeToGuest>();
  /** Pipes to the host among the items. */
  #sources = 0;
  #init: Init | null = null;
  /** Whether there is a compositor at the other end. */
  #reached = false;
  #nextItem = FIRST_ITEM;
  #nextReadPipe = FIRST_READ_PIPE;
  #unclaimed = 0;
  /** Whether the connection has ended, and whether the guest knows. */
  #ended: "no" | "untold" | "told" = "no";
  #closed = false;
  /** Whether the session had the last event; pipes and messages take turns. */
  #pipesFirst = false;

  constructor(setup: ContextSetup, options: CrossDomainOptions, shared: Shared) {
    this.#setup = setup;
    this.#options = options;
    this.#shared = shared;
    this.#files = new HostFiles(
      () => this.#offerEvent(),
      (text) => options.warn(`${this.#name}: ${text}`),
    );
    this.#transport = new ContextTransport(this, shared.backlog, setup.descriptors);
  }

  submit(submission: Uint8Array): boolean {
    const commands = splitCommands(submission);
    this.#commandFences.begin();
    if (commands === null) return false;
    try {
      // A failed command ends the submission, as on other hosts: what follows may depend on it.
      return commands.every((command) => this.#run(command));
    } finally {
      this.#transport.wakeReader();
      const { waiting } = this.#transport;
      if (!this.#shared.backlog.allows(waiting, MAX_CONTEXT_INPUT)) this.#cutOff(`${waiting} bytes of requests wait`);
    }
  }

  hold(ring: number, fence: Fence): boolean {
    if (ring === 0) {
      this.#commandFences.hold(fence);
      return true;
    }
    if (ring !== RING_CHANNEL || this.#init === null) return false;
    this.#fences.push(fence);
    this.#offerEvent();
    return true;
  }

  createBlob(blobId: number, size: number): Fd | null {
    const item = this.#items.get(blobId);
    // Linux asks for whole pages.
    if (item === undefined || item.kind === "pipe" || wholePages(item.size) !== wholePages(size)) return null;
    if (item.kind === "image") {
      const image = memfd("wayland-proxy image", item.size);
      seal(image.raw, F_SEAL_SHRINK | F_SEAL_GROW);
      return image;
    }
    this.#forgetFile(blobId);
    return item.fd;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fences.length = 0;
    this.#commandFences.clear();
    for (const one of this.#pipes) this.#closePipe(one);
    for (const [id, item] of [...this.#items]) {
      if (item.kind === "file") {
        item.fd.close();
        this.#forgetFile(id);
      }
      // What the guest has written still gets to its reader: a program may end right after it was asked for a selection.
      else if (item.kind === "pipe") item.pipe.write(NO_BYTES, true);
    }
    this.#items.clear();
    this.#files.close();
    this.#transport.hangUp();
  }

  /** Of the transport: the session sends to the guest. */
  deliver(bytes: Uint8Array, fds: readonly SentFd[]): number {
    const channel = this.#freeChannel();
    if (channel === null) return EAGAIN;
    // All of them, so that they are made ready together.
    const waiting = fds.filter(({ raw, isSink }) => !isSink && !this.#files.isReady(raw));
    if (waiting.length > 0) return EAGAIN;
    const identifiers = fds.map((fd) => this.#identify(fd));
    const data = bytes.subarray(0, receiveRoom((this.#init as Init).channelSize));
    writeReceive(channel, identifiers, data);
    this.#completeEvent();
    this.#pipesFirst = true;
    return data.length;
  }

  /** Of the transport: the session has taken requests. */
  taken(): void {
    this.#commandFences.progressed();
  }

  /** Of the transport: the session is over. */
  ended(): void {
    if (this.#ended !== "no") return;
    this.#ended = "untold";
    this.#files.close();
    this.#commandFences.progressed();
    if (!this.#closed) this.#offerEvent();
  }

  get #name(): string {
    return `context ${this.#setup.id} (${this.#setup.name})`;
  }

  #run({ number, bytes }: RawCommand): boolean {
    switch (number) {
      case Command.init:
        return this.#connect(decodeInit(bytes));
      case Command.imageRequirements:
        return this.#answerImage(decodeImageRequest(bytes));
      case Command.poll:
        return true;
      case Command.send:
        return this.#send(decodeSend(bytes));
      case Command.write:
        return this.#write(decodeWrite(bytes));
      default:
        return false;
    }
  }

  #connect(init: Init | null): boolean {
    if (init === null || this.#init !== null || init.channelType !== CHANNEL_WAYLAND) return false;
    if (pageOf(this.#resource(init.queryRing)) === null) return false;
    if (init.channelSize > MAX_CHANNEL_SIZE || channelOf(this.#resource(init.channelRing), init.channelSize) === null) {
      return false;
    }
    if (this.#shared.sessions >= MAX_CONTEXTS) return false;
    this.#init = init;
    this.#shared.sessions++;
    const ended = (): void => {
      this.#shared.sessions--;
    };
    void this.#options.serve(this.#transport, this.#name, ended).then(() => {
      this.#reached = this.#ended === "no";
    });
    return true;
  }

  #answerImage(request: ImageRequest | null): boolean {
    const page = this.#init && pageOf(this.#resource(this.#init.queryRing));
    const layout = request && imageLayout(request);
    if (!page || !layout) return false;
    // A guest has no other way to find out whether its INIT has led anywhere than to see the page unwritten.
    if (!this.#reached) return true;
    const { stride, size } = layout;
    const key = `${stride} ${size}`;
    let blobId = this.#images.get(key);
    if (blobId === undefined) {
      if (this.#images.size >= MAX_IMAGES) return false;
      blobId = this.#addItem({ kind: "image", size });
      this.#images.set(key, blobId);
    }
    writeImageAnswer(page, { stride, size, blobId });
    return true;
  }

  #send(send: Send | null): boolean {
    // Without data nothing could carry the descriptors.
    if (send === null || this.#init === null || send.data.length === 0) return false;
    if (this.#transport.fds + send.identifiers.length > MAX_CONTEXT_FDS) {
      this.#cutOff(`${this.#transport.fds} descriptors wait`);
      return false;
    }
    const fds: Fd[] = [];
    const memories: HostMemory[] = [];
    let complete = false;
    try {
      for (const { id, type } of send.identifiers) {
        const { fd, memory } = type === IdentifierType.blob ? (this.#resource(id) ?? NO_RESOURCE) : NO_RESOURCE;
        const own = type === IdentifierType.readPipe ? this.#pipe(id) : (fd?.duplicate() ?? null);
        if (own === null) return false;
        fds.push(own);
        if (memory !== null) memories.push(memory);
      }
      complete = true;
    } finally {
      if (!complete) for (const fd of fds) fd.close();
    }
    if (!this.#transport.push(send.data, fds, memories)) {
      this.#cutOff("its share of descriptors is used up");
      return false;
    }
    this.#commandFences.note(this.#transport);
    return true;
  }

  /** Ends a connection whose guest asks for too much; for the guest this looks as when the compositor goes. */
  #cutOff(reason: string): void {
    this.#options.warn(`${this.#name} is disconnected: ${reason}`);
    this.#transport.cutOff();
    this.ended();
  }

  /** A pipe of which the guest gets what is written into it. It has guessed the id. */
  #pipe(id: number): Fd | null {
    const expected = this.#nextReadPipe++;
    if (id !== expected || this.#pipes.size >= MAX_CONTEXT_PIPES || !this.#setup.descriptors.tryTake(1)) return null;
    const before = this.#pipes.size;
    try {
      const [read, write] = pipe();
      try {
        this.#pipes.add(new PipeToGuest(id, read, () => this.#offerEvent()));
        return write;
      } catch (error) {
        write.close();
        throw error;
      }
    } finally {
      if (this.#pipes.size === before) this.#setup.descriptors.giveBack(1);
    }
  }

  #write(write: Write | null): boolean {
    const item = write === null ? undefined : this.#items.get(write.id);
    if (write?.hangUp && item?.kind === "file") {
      // A guest that has no use for it.
      item.fd.close();
      this.#forgetFile(write.id);
      return true;
    }
    if (write === null || item?.kind !== "pipe") return false;
    if (!this.#shared.backlog.allows(item.pipe.length + write.data.length, MAX_PIPE_QUEUE)) {
      this.#options.warn(`${this.#name}: a pipe is closed that nobody reads: ${item.pipe.length} bytes wait`);
      item.pipe.close();
      return false;
    }
    item.pipe.write(write.data, write.hangUp);
    this.#commandFences.note(item.pipe);
    return true;
  }

  /** Uses a waiting fence for whatever there is to report: messages and pipes by turns. */
  #offerEvent(): void {
    if (this.#fences.length === 0) return;
    if (this.#pipesFirst && this.#readPipe()) return;
    this.#transport.wakeWriter();
    if (this.#fences.length > 0 && !this.#readPipe() && this.#ended === "untold") this.#tellEnd();
  }

  #readPipe(): boolean {
    const channel = this.#freeChannel();
    if (channel === null) return false;
    const buffer = readBuffer.subarray(0, readRoom((this.#init as Init).channelSize));
    for (const one of this.#pipes) {
      if (!one.ready) continue;
      const count = one.read(buffer);
      if (count === null) continue;
      writeRead(channel, one.id, buffer.subarray(0, count), count === 0);
      if (count === 0) {
        this.#closePipe(one);
      } else {
        // At the end of the row, so that all pipes have their turn.
        this.#pipes.delete(one);
        this.#pipes.add(one);
      }
      this.#pipesFirst = false;
      this.#completeEvent();
      return true;
    }
    return false;
  }

  /** Once: the guest stops to ask then. */
  #tellEnd(): void {
    const channel = this.#freeChannel();
    if (channel === null) return;
    this.#ended = "told";
    writeReceive(channel, [], NO_BYTES);
    this.#completeEvent();
  }

  #completeEvent(): void {
    this.#fences.shift()?.complete();
  }

  /** The channel, for the next event; null while the guest waits for none. */
  #freeChannel(): Channel | null {
    if (this.#closed || this.#fences.length === 0 || this.#init === null) return null;
    return channelOf(this.#resource(this.#init.channelRing), this.#init.channelSize);
  }

  /** What the guest gets in place of a descriptor. */
  #identify({ raw, isSink }: SentFd): Identifier {
    const { kind, access } = fileInfo(raw);
    const isWritten = isSink || (kind === "fifo" && access !== "read");
    // wlroots sends /dev/null for a keymap that is none; guests make it of an empty blob.
    if (kind === "character" && !isWritten) return { id: this.#nextItem++, type: IdentifierType.blob, size: 0 };
    if (!isWritten && kind !== "file") {
      throw new Error(`a descriptor cannot be passed to the guest: it is no memory and no pipe to write to (${kind})`);
    }
    if (this.#unclaimed >= MAX_UNCLAIMED_ITEMS || this.#sources >= MAX_CONTEXT_PIPES) {
      throw new ProtocolError(`it has not claimed ${this.#unclaimed} descriptors, nor ended ${this.#sources} pipes`);
    }
    if (!this.#setup.descriptors.tryTake(1)) throw new ProtocolError("its share of descriptors is used up");
    if (isWritten) return { id: this.#addSource(raw), type: IdentifierType.writePipe, size: 0 };
    const { fd, size } = this.#files.take(raw);
    if (fd === null) {
      this.#setup.descriptors.giveBack(1);
      return { id: this.#nextItem++, type: IdentifierType.blob, size };
    }
    this.#unclaimed++;
    return { id: this.#addItem({ kind: "file", size, fd }), type: IdentifierType.blob, size };
  }

  /** A file is kept for the guest no more; its descriptor is somebody else's. */
  #forgetFile(id: number): void {
    this.#items.delete(id);
    this.#unclaimed--;
    this.#setup.descriptors.giveBack(1);
  }

  #closePipe(one: PipeToGuest): void {
    one.close();
    this.#pipes.delete(one);
    this.#setup.descriptors.giveBack(1);
  }

  /** Keeps a descriptor for the guest to write into, which stays its owner's. @returns its id */
  #addSource(raw: number): number {
    const id = this.#nextItem++;
    const closed = (): void => {
      this.#items.delete(id);
      this.#sources--;
      this.#setup.descriptors.giveBack(1);
    };
    this.#sources++;
    try {
      const written = (): void => this.#commandFences.progressed();
      const pipe = new PipeFromGuest(raw, this, this.#shared.backlog, { written, closed });
      this.#items.set(id, { kind: "pipe", pipe });
      return id;
    } catch (error) {
      closed();
      throw error;
    }
  }

  #addItem(item: Item): number {
    const id = this.#nextItem++;
    this.#items.set(id, item);
    return id;
  }

  #resource(id: number): Resource | undefined {
    return this.#setup.attached.get(id);
  }
}

/** The memory of a ring of which a page is used; null when the resource is none, or has no memory now. */
function pageOf(resource: Resource | undefined): Uint8Array | null {
  return channelOf(resource, pageSize)?.[0] ?? null;
}

/** The memory of a ring of which `size` bytes are used; null when it is not that large. */
function channelOf(resource: Resource | undefined, size: number): Channel | null {
  if (resource === undefined || size < pageSize || size > resource.size) return null;
  return startsWithPage(resource.pieces) ? resource.pieces : null;
}

function startsWithPage(pieces: readonly Uint8Array[]): pieces is Channel {
  return pieces[0] !== undefined && pieces[0].length >= pageSize;
}
