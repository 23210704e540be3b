// SPDX-License-Identifier: Apache-2.0

import { CAPSET_CROSS_DOMAIN, Command, IdentifierType, RING_CHANNEL } from "../../cross-domain/protocol.ts";
import type { Fd } from "../../native/fd.ts";
import { EAGAIN, type Transport } from "../../wire/transport.ts";
import { CommandFences } from "../gpu/command-fences.ts";
import type { ContextSetup, ContextType, Fence, GpuContext, Resource } from "../gpu/context.ts";
import type { HostMemory } from "../gpu/host-memory.ts";
import { MAX_CONTEXT_FDS, MAX_CONTEXT_INPUT, MAX_CONTEXTS, MAX_PIPE_QUEUE } from "../limits.ts";
import { Backlog } from "./backlog.ts";
import {
  capset,
  decodeImageRequest,
  decodeInit,
  decodeSend,
  decodeWrite,
  type ImageRequest,
  type Init,
  type RawCommand,
  receiveRoom,
  type Send,
  splitCommands,
  type Write,
  writeImageAnswer,
  writeReceive,
} from "./commands.ts";
import { ContextTransport, type GuestSink, type SentFd } from "./context-transport.ts";
import { EventChannel } from "./event-channel.ts";
import { GuestItems } from "./guest-items.ts";
import { imageLayout } from "./image-layout.ts";
import { PipesToGuest } from "./pipes-to-guest.ts";

/** The services and limits that contexts need. */
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

/** The state that all contexts of a guest share. */
interface Shared {
  readonly backlog: Backlog;
  /** Sessions that have not ended, which outlive their contexts. */
  sessions: number;
}

const NO_BYTES = new Uint8Array(0);

const NO_RESOURCE: Pick<Resource, "fd" | "memory"> = { fd: null, memory: null };

/** The context of one client in the guest. */
class CrossDomainContext implements GpuContext, GuestSink {
  readonly #setup: ContextSetup;
  readonly #options: CrossDomainOptions;
  readonly #shared: Shared;
  readonly #transport: ContextTransport;
  readonly #commandFences = new CommandFences();
  readonly #channel: EventChannel;
  readonly #items: GuestItems;
  readonly #pipes: PipesToGuest;
  /** Whether there is a compositor at the other end. */
  #reached = false;
  /** Whether the connection has ended, and whether the guest knows. */
  #ended: "no" | "untold" | "told" = "no";
  #closed = false;
  /** Whether the session had the last event; pipes and messages take turns. */
  #pipesFirst = false;

  constructor(setup: ContextSetup, options: CrossDomainOptions, shared: Shared) {
    this.#setup = setup;
    this.#options = options;
    this.#shared = shared;
    this.#channel = new EventChannel(setup.attached);
    this.#items = new GuestItems(setup, shared.backlog, {
      ready: () => this.#offerEvent(),
      written: () => this.#commandFences.progressed(),
      warn: (text) => options.warn(`${this.#name}: ${text}`),
    });
    this.#pipes = new PipesToGuest(setup.descriptors, () => this.#offerEvent());
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
    if (ring !== RING_CHANNEL || !this.#channel.isOpen) return false;
    this.#channel.hold(fence);
    this.#offerEvent();
    return true;
  }

  createBlob(blobId: number, size: number): Fd | null {
    return this.#items.claim(blobId, size);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.close();
    this.#commandFences.clear();
    this.#pipes.close();
    this.#items.close();
    this.#transport.hangUp();
  }

  /** Sends what the transport has of the session to the guest. */
  deliver(bytes: Uint8Array, fds: readonly SentFd[]): number {
    const channel = this.#channel.free();
    if (channel === null || !this.#items.areReady(fds)) return EAGAIN;
    const identifiers = fds.map((fd) => this.#items.identify(fd));
    const data = bytes.subarray(0, receiveRoom(this.#channel.size));
    writeReceive(channel, identifiers, data);
    this.#channel.complete();
    this.#pipesFirst = true;
    return data.length;
  }

  /** The transport reports that the session has taken requests. */
  taken(): void {
    this.#commandFences.progressed();
  }

  /** The transport reports that the session is over. */
  ended(): void {
    if (this.#ended !== "no") return;
    this.#ended = "untold";
    this.#items.closeInput();
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
    if (init === null || this.#shared.sessions >= MAX_CONTEXTS || !this.#channel.open(init)) return false;
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
    const page = this.#channel.answerPage;
    const layout = request && imageLayout(request);
    if (!page || !layout) return false;
    // A guest has no other way to find out whether its INIT has led anywhere than to see the page unwritten.
    if (!this.#reached) return true;
    const blobId = this.#items.imageOf(layout);
    if (blobId === null) return false;
    const { stride, size } = layout;
    writeImageAnswer(page, { stride, size, blobId });
    return true;
  }

  #send(send: Send | null): boolean {
    // Without data nothing could carry the descriptors.
    if (send === null || !this.#channel.isOpen || send.data.length === 0) return false;
    if (this.#transport.fds + send.identifiers.length > MAX_CONTEXT_FDS) {
      this.#cutOff(`${this.#transport.fds} descriptors wait`);
      return false;
    }
    const fds: Fd[] = [];
    const memories: HostMemory[] = [];
    let complete = false;
    try {
      for (const { id, type } of send.identifiers) {
        const { fd, memory } =
          type === IdentifierType.blob ? (this.#setup.attached.get(id) ?? NO_RESOURCE) : NO_RESOURCE;
        const own = type === IdentifierType.readPipe ? this.#pipes.open(id) : (fd?.duplicate() ?? null);
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

  #write(write: Write | null): boolean {
    if (write === null) return false;
    if (write.hangUp && this.#items.closeFile(write.id)) return true;
    const pipe = this.#items.pipe(write.id);
    if (pipe === undefined) return false;
    if (!this.#shared.backlog.allows(pipe.length + write.data.length, MAX_PIPE_QUEUE)) {
      this.#options.warn(`${this.#name}: a pipe is closed that nobody reads: ${pipe.length} bytes wait`);
      pipe.close();
      return false;
    }
    pipe.write(write.data, write.hangUp);
    this.#commandFences.note(pipe);
    return true;
  }

  /** Uses a waiting fence for whatever there is to report: messages and pipes by turns. */
  #offerEvent(): void {
    if (!this.#channel.isAwaited) return;
    if (this.#pipesFirst && this.#readPipe()) return;
    this.#transport.wakeWriter();
    if (this.#channel.isAwaited && !this.#readPipe() && this.#ended === "untold") this.#tellEnd();
  }

  #readPipe(): boolean {
    const channel = this.#channel.free();
    if (channel === null || !this.#pipes.readInto(channel, this.#channel.size)) return false;
    this.#pipesFirst = false;
    this.#channel.complete();
    return true;
  }

  /** This happens once, since the guest then stops asking. */
  #tellEnd(): void {
    const channel = this.#channel.free();
    if (channel === null) return;
    this.#ended = "told";
    writeReceive(channel, [], NO_BYTES);
    this.#channel.complete();
  }
}
