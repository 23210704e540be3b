// SPDX-License-Identifier: Apache-2.0
import { IdentifierType } from "../../cross-domain/protocol.ts";
import type { Fd } from "../../native/fd.ts";
import { F_SEAL_GROW, F_SEAL_SHRINK, fileInfo, memfd, seal } from "../../native/memory.ts";
import { ProtocolError } from "../../wire/errors.ts";
import type { Share } from "../gpu/budget.ts";
import { MAX_CONTEXT_PIPES, MAX_IMAGES, MAX_UNCLAIMED_ITEMS } from "../limits.ts";
import type { Backlog } from "./backlog.ts";
import type { Identifier } from "./commands.ts";
import type { SentFd } from "./context-transport.ts";
import { PipeFromGuest } from "./guest-pipe.ts";
import { HostFiles } from "./host-files.ts";
import { type ImageLayout, wholePages } from "./image-layout.ts";

/** The first id of a descriptor or image; the same numbers serve both, as with other hosts. */
const FIRST_ITEM = 2;

const NO_BYTES = new Uint8Array(0);

/** An item that an id of the guest's stands for. */
type Item =
  | { readonly kind: "image"; readonly size: number }
  | { readonly kind: "file"; readonly size: number; readonly fd: Fd }
  | { readonly kind: "pipe"; readonly pipe: PipeFromGuest };

/** The shares of a context for which its items count. */
interface GuestShares {
  readonly descriptors: Share;
  readonly images: Share;
}

/** The events that the owner of items listens to. */
export interface ItemEvents {
  /** A file is ready that had to be copied first. */
  ready(): void;
  /** Less data of the guest's waits than before. */
  written(): void;
  warn(text: string): void;
}

/**
 * The items that the guest of one context knows by ids: images that it asks for, files and pipes in place of
 * descriptors.
 */
export class GuestItems {
  readonly #shares: GuestShares;
  readonly #backlog: Backlog;
  readonly #events: ItemEvents;
  readonly #items = new Map<number, Item>();
  /** The id of the item for each image that was asked for. */
  readonly #images = new Map<string, number>();
  readonly #files: HostFiles;
  #next = FIRST_ITEM;
  /** How many of them are files that the guest has not claimed, and pipes to the host. */
  #unclaimed = 0;
  #sources = 0;

  constructor(shares: GuestShares, backlog: Backlog, events: ItemEvents) {
    this.#shares = shares;
    this.#backlog = backlog;
    this.#events = events;
    this.#files = new HostFiles(
      () => events.ready(),
      (text) => events.warn(text),
    );
  }

  /** The id of images of that layout; null when there are too many layouts. */
  imageOf({ stride, size }: ImageLayout): number | null {
    const key = `${stride} ${size}`;
    let id = this.#images.get(key);
    if (id === undefined) {
      if (this.#images.size >= MAX_IMAGES || !this.#shares.images.tryTake(1)) return null;
      id = this.#add({ kind: "image", size });
      this.#images.set(key, id);
    }
    return id;
  }

  /** Whether descriptors can be identified; if not, they are made ready, all together. */
  areReady(fds: readonly SentFd[]): boolean {
    return fds.filter(({ raw, isSink }) => !isSink && !this.#files.isReady(raw)).length === 0;
  }

  /** Returns what the guest gets in place of a descriptor, which stays its owner's. */
  identify({ raw, isSink }: SentFd): Identifier {
    const { kind, access } = fileInfo(raw);
    const isWritten = isSink || (kind === "fifo" && access !== "read");
    // wlroots sends /dev/null for a keymap that is none; guests make it of an empty blob.
    if (kind === "character" && !isWritten) return { id: this.#next++, type: IdentifierType.blob, size: 0 };
    if (!isWritten && kind !== "file") {
      throw new Error(`a descriptor cannot be passed to the guest: it is no memory and no pipe to write to (${kind})`);
    }
    if (this.#unclaimed >= MAX_UNCLAIMED_ITEMS || this.#sources >= MAX_CONTEXT_PIPES) {
      throw new ProtocolError(`it has not claimed ${this.#unclaimed} descriptors, nor ended ${this.#sources} pipes`);
    }
    if (!this.#shares.descriptors.tryTake(1)) throw new ProtocolError("its share of descriptors is used up");
    if (isWritten) return { id: this.#addPipe(raw), type: IdentifierType.writePipe, size: 0 };
    const { fd, size } = this.#files.take(raw);
    if (fd === null) {
      this.#shares.descriptors.giveBack(1);
      return { id: this.#next++, type: IdentifierType.blob, size };
    }
    this.#unclaimed++;
    return { id: this.#add({ kind: "file", size, fd }), type: IdentifierType.blob, size };
  }

  /** The memory of an image, or of a file that the guest claims with this; null when the id means nothing, or not this size. */
  claim(id: number, size: number): Fd | null {
    const item = this.#items.get(id);
    // Linux asks for whole pages.
    if (item === undefined || item.kind === "pipe" || wholePages(item.size) !== wholePages(size)) return null;
    if (item.kind === "image") {
      const image = memfd("wayland-proxy image", item.size);
      seal(image.raw, F_SEAL_SHRINK | F_SEAL_GROW);
      return image;
    }
    this.#forgetFile(id);
    return item.fd;
  }

  /** Closes a file for which the guest has no use; @returns whether the id is one. */
  closeFile(id: number): boolean {
    const item = this.#items.get(id);
    if (item?.kind !== "file") return false;
    item.fd.close();
    this.#forgetFile(id);
    return true;
  }

  /** The pipe with that id, into which the guest writes. */
  pipe(id: number): PipeFromGuest | undefined {
    const item = this.#items.get(id);
    return item?.kind === "pipe" ? item.pipe : undefined;
  }

  /** No descriptors come any more. */
  closeInput(): void {
    this.#files.close();
  }

  close(): void {
    for (const [id, item] of [...this.#items]) {
      if (item.kind === "file") this.closeFile(id);
      // What the guest has written still gets to its reader: a program may end right after it was asked for a selection.
      else if (item.kind === "pipe") item.pipe.write(NO_BYTES, true);
    }
    this.#items.clear();
    this.#shares.images.giveBack(this.#images.size);
    this.#images.clear();
    this.#files.close();
  }

  /** Keeps a file for the guest no more; its descriptor has another owner. */
  #forgetFile(id: number): void {
    this.#items.delete(id);
    this.#unclaimed--;
    this.#shares.descriptors.giveBack(1);
  }

  /** Keeps a descriptor for the guest to write into, which stays its owner's. @returns its id */
  #addPipe(raw: number): number {
    const id = this.#next++;
    const closed = (): void => {
      this.#items.delete(id);
      this.#sources--;
      this.#shares.descriptors.giveBack(1);
    };
    this.#sources++;
    try {
      const written = (): void => this.#events.written();
      const pipe = new PipeFromGuest(raw, this, this.#backlog, { written, closed });
      this.#items.set(id, { kind: "pipe", pipe });
      return id;
    } catch (error) {
      closed();
      throw error;
    }
  }

  #add(item: Item): number {
    const id = this.#next++;
    this.#items.set(id, item);
    return id;
  }
}
