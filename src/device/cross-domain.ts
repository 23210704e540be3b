// SPDX-License-Identifier: Apache-2.0
import { Fd } from "../native/fd.ts";
import { F_SEAL_GROW, F_SEAL_SHRINK, fileInfo, memfd, pageSize, seal } from "../native/memory.ts";
import { pipe } from "../native/pipe.ts";
import { EAGAIN, type Transport } from "../wire/transport.ts";
import { CommandFences } from "./command-fences.ts";
import type { Context, ContextSetup, ContextType, Fence, Resource } from "./context.ts";
import { ContextTransport, type GuestSink } from "./context-transport.ts";
import {
  CAPSET_CROSS_DOMAIN,
  CHANNEL_RING,
  CHANNEL_WAYLAND,
  Command,
  capset,
  decodeImageRequest,
  decodeInit,
  decodeSend,
  decodeWrite,
  FIRST_READ_PIPE,
  type Identifier,
  IdentifierType,
  type ImageRequest,
  type Init,
  MAX_READ_DATA,
  MAX_RECEIVE_DATA,
  type RawCommand,
  type Send,
  splitCommands,
  type Write,
  writeImageAnswer,
  writeRead,
  writeReceive,
} from "./cross-domain-protocol.ts";
import { PipeFromGuest, PipeToGuest } from "./guest-pipe.ts";
import { MAX_CONTEXT_INPUT, MAX_CONTEXT_PIPES, MAX_IMAGES, MAX_PIPE_QUEUE, MAX_UNCLAIMED_ITEMS } from "./limits.ts";

/** What contexts need from outside. */
export interface CrossDomainOptions {
  /**
   * Serves the guest's client at the other end of a transport, which it closes if it cannot. `name` is what the guest
   * calls it. Resolves when that is decided.
   */
  serve(client: Transport, name: string): Promise<void>;
  warn(text: string): void;
}

/** The cross-domain kind of contexts: each is one client's connection to the compositor. */
export function crossDomain(options: CrossDomainOptions): ContextType {
  return {
    capsetId: CAPSET_CROSS_DOMAIN,
    capset,
    create: (setup) => new CrossDomainContext(setup, options),
  };
}

/** Bytes a pixel takes, by DRM fourcc: R8, RG16, the 32-bit formats and the one of four half floats. */
const bytesPerPixel: ReadonlyMap<number, number> = new Map(
  Object.entries({
    "R8  ": 1,
    RG16: 2,
    XR24: 4,
    AR24: 4,
    XB24: 4,
    AB24: 4,
    XR30: 4,
    AR30: 4,
    XB30: 4,
    AB30: 4,
    AB4H: 8,
  }).map(([code, bytes]) => [Buffer.from(code).readUInt32LE(), bytes]),
);

const NOTHING = new Uint8Array(0);

/** The first id of a descriptor or image; the same numbers serve both, as with other hosts. */
const FIRST_ITEM = 2;

/** What an id stands for that was given to the guest. */
type Item =
  | { readonly kind: "image"; readonly size: number }
  | { readonly kind: "file"; readonly size: number; readonly fd: Fd }
  | { readonly kind: "pipe"; readonly pipe: PipeFromGuest };

/** One client in the guest. */
class CrossDomainContext implements Context, GuestSink {
  readonly #setup: ContextSetup;
  readonly #options: CrossDomainOptions;
  readonly #transport: ContextTransport;
  readonly #commandFences = new CommandFences();
  /** Events that the guest waits for: it has one channel page, and so waits for one at a time. */
  readonly #fences: Fence[] = [];
  readonly #items = new Map<number, Item>();
  /** For each image that was asked for, its item's id. */
  readonly #images = new Map<string, number>();
  readonly #pipes = new Set<PipeToGuest>();
  #init: Init | null = null;
  /** Whether there is a compositor at the other end. */
  #reached = false;
  #nextItem = FIRST_ITEM;
  #nextReadPipe = FIRST_READ_PIPE;
  #unclaimed = 0;
  /** Whether the session has ended, and the guest is to be told. */
  #ended = false;
  #closed = false;
  /** Whether the session had the last event; pipes and messages take turns. */
  #pipesFirst = false;

  constructor(setup: ContextSetup, options: CrossDomainOptions) {
    this.#setup = setup;
    this.#options = options;
    this.#transport = new ContextTransport(this);
  }

  submit(submission: Uint8Array): boolean {
    const commands = splitCommands(submission);
    this.#commandFences.begin();
    if (commands === null) return false;
    // A failed command ends the submission, as on other hosts: what follows may depend on it.
    const good = commands.every((command) => this.#run(command));
    if (this.#transport.waiting > MAX_CONTEXT_INPUT) {
      this.#options.warn(`${this.#name} is disconnected: ${this.#transport.waiting} bytes of requests wait`);
      this.#transport.close();
    }
    this.#transport.wakeReader();
    return good;
  }

  hold(ring: number, fence: Fence): boolean {
    if (ring === 0) {
      this.#commandFences.hold(fence);
      return true;
    }
    if (ring !== CHANNEL_RING || this.#init === null) return false;
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
    this.#items.delete(blobId);
    this.#unclaimed--;
    return item.fd;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fences.length = 0;
    this.#commandFences.clear();
    for (const one of this.#pipes) one.close();
    this.#pipes.clear();
    for (const item of [...this.#items.values()]) {
      if (item.kind === "file") item.fd.close();
      // What the guest has written still gets to its reader: a program may end right after it was asked for a selection.
      else if (item.kind === "pipe") item.pipe.write(NOTHING, true);
    }
    this.#items.clear();
    this.#transport.hangUp();
  }

  /** Of the transport: the session sends to the guest. */
  deliver(bytes: Uint8Array, fds: readonly number[]): number {
    const page = this.#channelPage();
    if (page === null) return EAGAIN;
    const identifiers = fds.map((raw) => this.#identify(raw));
    const data = bytes.subarray(0, MAX_RECEIVE_DATA);
    writeReceive(page, identifiers, data);
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
    this.#ended = true;
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
    if (pageOf(this.#resource(init.queryRing)) === null || pageOf(this.#resource(init.channelRing)) === null)
      return false;
    this.#init = init;
    void this.#options.serve(this.#transport, this.#name).then(() => {
      this.#reached = !this.#ended;
    });
    return true;
  }

  #answerImage(request: ImageRequest | null): boolean {
    const page = this.#init && pageOf(this.#resource(this.#init.queryRing));
    const pixel = bytesPerPixel.get(request?.format ?? 0);
    if (!page || request === null || pixel === undefined || request.width === 0 || request.height === 0) return false;
    // A guest has no other way to find out whether its INIT has led anywhere than to see the page unwritten.
    if (!this.#reached) return true;
    const stride = request.width * pixel;
    const size = wholePages(stride * request.height);
    if (!Number.isSafeInteger(size)) return false;
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
    const fds: Fd[] = [];
    for (const { id, type } of send.identifiers) {
      const fd =
        type === IdentifierType.blob ? this.#blob(id) : type === IdentifierType.readPipe ? this.#pipe(id) : null;
      if (fd === null) {
        for (const one of fds) one.close();
        return false;
      }
      fds.push(fd);
    }
    this.#transport.push(send.data, fds);
    this.#commandFences.note(this.#transport);
    return true;
  }

  #blob(resourceId: number): Fd | null {
    return this.#resource(resourceId)?.fd?.duplicate() ?? null;
  }

  /** A pipe of which the guest gets what is written into it. It has guessed the id. */
  #pipe(id: number): Fd | null {
    const expected = this.#nextReadPipe++;
    if (id !== expected || this.#pipes.size >= MAX_CONTEXT_PIPES) return null;
    const [read, write] = pipe();
    this.#pipes.add(new PipeToGuest(id, read, () => this.#offerEvent()));
    return write;
  }

  #write(write: Write | null): boolean {
    const item = write === null ? undefined : this.#items.get(write.id);
    if (write?.hangUp && item?.kind === "file") {
      // A guest that has no use for it.
      item.fd.close();
      this.#items.delete(write.id);
      this.#unclaimed--;
      return true;
    }
    if (write === null || item?.kind !== "pipe") return false;
    if (item.pipe.length + write.data.length > MAX_PIPE_QUEUE) {
      this.#options.warn(`${this.#name}: a pipe is closed that nobody reads: ${item.pipe.length} bytes wait`);
      item.pipe.close();
      return false;
    }
    item.pipe.write(write.data, write.hangUp);
    this.#commandFences.note(item.pipe);
    return true;
  }

  /** Uses a waiting fence for whatever there is to tell: messages and pipes by turns. */
  #offerEvent(): void {
    if (this.#fences.length === 0) return;
    if (this.#pipesFirst && this.#readPipe()) return;
    this.#transport.wakeWriter();
    if (this.#fences.length > 0 && !this.#readPipe() && this.#ended) this.#tellEnd();
  }

  #readPipe(): boolean {
    const page = this.#channelPage();
    if (page === null) return false;
    for (const one of this.#pipes) {
      if (!one.ready) continue;
      const buffer = Buffer.allocUnsafe(MAX_READ_DATA);
      const count = one.read(buffer);
      if (count === null) continue;
      writeRead(page, one.id, buffer.subarray(0, count), count === 0);
      this.#pipes.delete(one);
      // At the end of the row, so that all pipes have their turn.
      if (count === 0) one.close();
      else this.#pipes.add(one);
      this.#pipesFirst = false;
      this.#completeEvent();
      return true;
    }
    return false;
  }

  /** Once: the guest stops to ask then. */
  #tellEnd(): void {
    const page = this.#channelPage();
    if (page === null) return;
    this.#ended = false;
    writeReceive(page, [], NOTHING);
    this.#completeEvent();
  }

  #completeEvent(): void {
    this.#fences.shift()?.complete();
  }

  /** The page for the next event; null while the guest waits for none. */
  #channelPage(): Uint8Array | null {
    if (this.#closed || this.#fences.length === 0 || this.#init === null) return null;
    return pageOf(this.#resource(this.#init.channelRing));
  }

  /** What the guest is told in place of a descriptor. */
  #identify(raw: number): Identifier {
    const { kind, size, access } = fileInfo(raw);
    const copy = duplicateOf(raw);
    if (this.#unclaimed >= MAX_UNCLAIMED_ITEMS) {
      copy.close();
      throw new Error(`the guest has not claimed ${this.#unclaimed} descriptors`);
    }
    if (kind === "fifo" && access !== "read") {
      const id = this.#nextItem++;
      const written = new PipeFromGuest(
        copy,
        () => this.#commandFences.progressed(),
        () => this.#items.delete(id),
      );
      this.#items.set(id, { kind: "pipe", pipe: written });
      return { id, type: IdentifierType.writePipe, size: 0 };
    }
    // wlroots sends /dev/null for a keymap that is none; guests make it of an empty blob.
    if (kind === "character") {
      copy.close();
      return { id: this.#nextItem++, type: IdentifierType.blob, size: 0 };
    }
    if (kind !== "file") {
      copy.close();
      throw new Error(`a descriptor cannot be passed to the guest: it is no memory and no pipe to write to (${kind})`);
    }
    this.#unclaimed++;
    return { id: this.#addItem({ kind: "file", size, fd: copy }), type: IdentifierType.blob, size };
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

/** A copy of a descriptor that stays somebody else's. */
function duplicateOf(raw: number): Fd {
  const borrowed = new Fd(raw);
  const copy = borrowed.duplicate();
  borrowed.take();
  return copy;
}

function wholePages(size: number): number {
  return Math.ceil(size / pageSize) * pageSize;
}

/** The memory of a ring, of which a page is used; null when the resource is none, or has no memory now. */
function pageOf(resource: Resource | undefined): Uint8Array | null {
  const piece = resource?.pieces[0];
  return piece !== undefined && piece.length >= pageSize ? piece : null;
}
