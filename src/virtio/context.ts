// SPDX-License-Identifier: Apache-2.0

import { CAPSET_CROSS_DOMAIN, RING_CHANNEL, RING_QUERY, RINGS } from "../cross-domain/protocol.ts";
import type { Fd } from "../native/fd.ts";
import { type Mapping, pageSize } from "../native/memory.ts";
import { READABLE, Watch } from "../native/watch.ts";
import {
  commandBytes,
  decodeImageRequirements,
  encodeImageRequirements,
  encodeInit,
  encodePoll,
  type ImageRequirements,
} from "./commands.ts";
import type { Device } from "./device.ts";
import { BlobFlags, BlobMemory, ContextParam, type DrmFile } from "./driver.ts";
import { BYTES_IN_FLIGHT, BYTES_PER_FENCE, COMMANDS_IN_FLIGHT, COMMANDS_PER_FENCE, MAX_COMMAND } from "./limits.ts";

/** The context was closed before something that was awaited came. */
export class ContextClosed extends Error {
  constructor() {
    super("the connection to the host was closed");
    this.name = "ContextClosed";
  }
}

interface Fence {
  readonly fd: Fd;
  readonly watch: Watch;
  readonly reject: (error: Error) => void;
}

/**
 * An open node: a context on the host, with its connection to the compositor and the two pages in which the host
 * answers. Everything that it asks for is gone when it is closed.
 *
 * Commands are submitted without an answer, and a failure is seen on the host alone. What can be known is how many of
 * them the host has handled. An event shows that, since the host had handled all before the POLL for it. Where no event
 * comes, every few commands have a fence. Of hosts that hold fences back (ours), the fences also say that somebody has
 * taken the data: so bytes count until their fence has come.
 */
export class GuestGpuContext {
  readonly file: DrmFile;
  /** The page in which messages from the host appear. */
  readonly channel: Mapping;
  readonly #query: Mapping;
  readonly #fences = new Set<Fence>();
  /** The number of times that each handle was imported: the kernel gives the same one for the same buffer. */
  readonly #handles = new Map<number, number>();
  /** Commands that were submitted, and those of them that the host is known to have handled. */
  #submitted = 0;
  #handled = 0;
  /** How many had been submitted before the last fence, and before the last POLL. */
  #fenced = 0;
  #polled = 0;
  /** Bytes of commands behind the last fence, and of those before it whose fence has not come. */
  #unfencedBytes = 0;
  #fencedBytes = 0;
  #closed = false;
  /** Called when the host has got further, and there may be more room for commands. */
  onProgress: () => void = () => {};

  private constructor(file: DrmFile, query: Mapping, channel: Mapping) {
    this.file = file;
    this.#query = query;
    this.channel = channel;
  }

  /** Opens a node and asks the host to connect to its compositor, of which success is not known yet. */
  static open({ driver, path, channelSize }: Device): GuestGpuContext {
    const file = driver.open(path);
    const pages: Mapping[] = [];
    try {
      file.initContext([
        [ContextParam.capset, CAPSET_CROSS_DOMAIN],
        [ContextParam.rings, RINGS],
        [ContextParam.polledRings, 1 << RING_CHANNEL],
      ]);
      // Both have one page, since hosts use only the first piece of a resource, and guest memory may lie in pieces. A
      // host that has offered to use more gets a larger channel.
      const [query, channel] = [pageSize, channelSize].map((size) => {
        const blob = file.createBlob({ memory: BlobMemory.guest, flags: BlobFlags.mappable, size, blobId: 0 });
        const page = file.map(blob.handle, size);
        pages.push(page);
        return { page, resource: blob.resource };
      }) as [{ page: Mapping; resource: number }, { page: Mapping; resource: number }];
      // Alone in its submission: libkrun takes whatever follows for a part of it.
      file.submit(commandBytes, encodeInit(query.resource, channel.resource, channelSize));
      return new GuestGpuContext(file, query.page, channel.page);
    } catch (error) {
      for (const page of pages) page.close();
      file.close();
      throw error;
    }
  }

  /** How many commands can be submitted now; less than 1 means to wait for `onProgress`. */
  get room(): number {
    const bytes = BYTES_IN_FLIGHT - this.#unfencedBytes - this.#fencedBytes;
    return Math.min(COMMANDS_IN_FLIGHT - (this.#submitted - this.#handled), Math.floor(bytes / MAX_COMMAND));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Submits the command in `commandBytes`. */
  submit(length: number): void {
    this.#submitted++;
    this.#unfencedBytes += length;
    const unknown = this.#submitted - Math.max(this.#handled, this.#fenced);
    if (unknown < COMMANDS_PER_FENCE && this.#unfencedBytes < BYTES_PER_FENCE) {
      this.file.submit(commandBytes, length);
      return;
    }
    const commands = this.#submitted;
    const bytes = this.#unfencedBytes;
    this.#fenced = commands;
    this.#fencedBytes += bytes;
    this.#unfencedBytes = 0;
    this.#await(this.file.submit(commandBytes, length, RING_QUERY, true)).then(
      () => this.#progress(commands, bytes),
      () => {},
    );
  }

  /** Asks for the next event. */
  poll(): void {
    this.#polled = this.#submitted;
    this.file.submit(commandBytes, encodePoll(), RING_CHANNEL);
  }

  /** An event has come for the last `poll`. */
  polled(): void {
    this.#progress(this.#polled, 0);
  }

  /** Resolves when the host has handled all that was submitted before. Rejects with ContextClosed. */
  async settled(): Promise<void> {
    this.#throwIfClosed();
    await this.#await(this.file.submit(commandBytes, encodePoll(), RING_QUERY, true));
  }

  /**
   * Asks what an image of one line of `width` bytes takes; null when the host refuses. One question is asked at a time:
   * all answers come into the same page. Rejects with ContextClosed.
   */
  async imageRequirements(width: number): Promise<ImageRequirements | null> {
    this.#throwIfClosed();
    const { words } = this.#query;
    // The fence is signalled also when the host has refused, and then the page is as it was.
    words.fill(0, 0, 16);
    await this.#await(this.file.submit(commandBytes, encodeImageRequirements(width), RING_QUERY, true));
    return decodeImageRequirements(words);
  }

  /** The handle of a dma-buf of this device. Throws a SystemError when it is something else. */
  acquire(raw: number): number {
    const handle = this.file.importFd(raw);
    this.#handles.set(handle, (this.#handles.get(handle) ?? 0) + 1);
    return handle;
  }

  /** Gives a handle back, once for each `acquire`; commands that name its resource must have been submitted before. */
  release(handle: number): void {
    const count = (this.#handles.get(handle) ?? 1) - 1;
    if (count > 0) {
      this.#handles.set(handle, count);
      return;
    }
    this.#handles.delete(handle);
    this.file.closeHandle(handle);
  }

  /** Ends the connection to the compositor. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onProgress = () => {};
    for (const { fd, watch, reject } of this.#fences) {
      watch.close();
      fd.close();
      reject(new ContextClosed());
    }
    this.#fences.clear();
    // While a page is mapped the kernel keeps the file open, and with it the host the connection.
    this.#query.close();
    this.channel.close();
    this.file.close();
  }

  /** So many commands are known to be handled, and so many bytes of them to be taken. */
  #progress(commands: number, bytes: number): void {
    this.#handled = Math.max(this.#handled, commands);
    this.#fencedBytes -= bytes;
    this.onProgress();
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new ContextClosed();
  }

  /** Resolves when a fence is signalled, and closes it. */
  #await(fd: Fd | null): Promise<void> {
    return new Promise((resolve, reject) => {
      if (fd === null) return resolve();
      const watch = Watch.owned(fd, () => {
        this.#fences.delete(fence);
        watch.close();
        fd.close();
        resolve();
      });
      const fence = { fd, watch, reject };
      this.#fences.add(fence);
      watch.set(READABLE);
    });
  }
}
