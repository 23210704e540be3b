// SPDX-License-Identifier: Apache-2.0
/** Descriptors on their way to the host: what each of them can be turned into, found out before anything is sent. */
import { readlinkSync } from "node:fs";
import { mayBlock } from "../native/blocking.ts";
import { BlockingFile } from "../native/blocking-file.ts";
import { SystemError } from "../native/errors.ts";
import { fileInfo } from "../native/memory.ts";
import { ReceivedFd } from "../native/received-fd.ts";
import type { GuestGpuContext } from "./context.ts";
import { BlobMemory } from "./driver.ts";
import type { ImageAllocator, SharedImage } from "./images.ts";
import { MAX_COPIED_FILE } from "./limits.ts";

/** A descriptor that no command can carry; the message says which, and why not. */
export class UnsendableError extends Error {
  override readonly name: string = "UnsendableError";
}

/** The content that goes to the host in a descriptor's place. */
export type Outgoing =
  /** The end of a pipe (or a file) that the program wants data in. */
  | { readonly kind: "sink"; readonly raw: number }
  /** Memory that the host has already. The handle is to be released once the resource was sent. */
  | { readonly kind: "blob"; readonly handle: number; readonly resource: number };

/** A file on its way into memory that the host can see. */
interface Copy {
  readonly file: BlockingFile;
  /** Null until it is complete. */
  image: SharedImage | null;
}

/** Turns descriptors into what can be sent. */
export class OutgoingFds {
  readonly #context: GuestGpuContext;
  readonly #images: ImageAllocator;
  readonly #ready: (error: unknown) => void;
  /** Copies of files by the descriptor in the queue that they stand for. */
  readonly #copies = new Map<number, Copy>();

  /** @param ready called when it is worth to ask again, with what went wrong, or null */
  constructor(context: GuestGpuContext, images: ImageAllocator, ready: (error: unknown) => void) {
    this.#context = context;
    this.#images = images;
    this.#ready = ready;
  }

  /**
   * What stands for each of these descriptors; null when it is not ready yet.
   *
   * @param sinks for each whether the message says that it is to be written into
   * @throws UnsendableError, SystemError
   */
  resolve(raws: readonly number[], sinks: readonly boolean[]): Outgoing[] | null {
    const outgoing: Outgoing[] = [];
    let complete = true;
    try {
      raws.forEach((raw, i) => {
        const one: Outgoing | null = sinks[i] ? { kind: "sink", raw } : this.#resolve(raw);
        if (one === null) complete = false;
        else outgoing.push(one);
      });
    } catch (error) {
      this.release(outgoing);
      throw error;
    }
    if (complete) return outgoing;
    this.release(outgoing);
    return null;
  }

  /** Releases what stands for descriptors. The caller does this when all has been submitted, or nothing will be. */
  release(outgoing: readonly Outgoing[]): void {
    for (const one of outgoing) if (one.kind === "blob") this.#context.release(one.handle);
  }

  /** Forgets descriptors that were sent. */
  sent(raws: readonly number[]): void {
    for (const raw of raws) {
      const copy = this.#copies.get(raw);
      this.#copies.delete(raw);
      copy?.file.close();
      copy?.image?.close();
    }
  }

  close(): void {
    this.sent([...this.#copies.keys()]);
  }

  #resolve(raw: number): Outgoing | null {
    const copy = this.#copies.get(raw);
    if (copy !== undefined) return copy.image === null ? null : this.#blob(copy.image.fd.raw);
    const { kind, access, size } = fileInfo(raw);
    // No message of a protocol that we know: what can only be written is where a program wants its data to be stored.
    if ((kind === "fifo" && access !== "read") || (access === "write" && kind !== "socket")) {
      return { kind: "sink", raw };
    }
    try {
      return this.#blob(raw);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
    const name = descriptorName(raw);
    if (kind !== "file" || name.startsWith("/dmabuf:")) {
      throw new UnsendableError(
        `a descriptor of this kind (${name}) cannot go to the host: only memory files, write ends of pipes, ` +
          "and buffers of the virtio-gpu device can",
      );
    }
    if (!mayBlock(raw)) checkSize(size, name);
    void this.#copy(raw, name);
    return null;
  }

  #blob(raw: number): Outgoing {
    const handle = this.#context.acquire(raw);
    const { resource, memory } = this.#context.file.resource(handle);
    if (memory !== BlobMemory.guest) return { kind: "blob", handle, resource };
    this.#context.release(handle);
    throw new UnsendableError("a buffer in the guest's own memory cannot go to the host: it must be the host's memory");
  }

  async #copy(raw: number, name: string): Promise<void> {
    const file = new BlockingFile(ReceivedFd.duplicateOf(raw, this), this);
    const copy: Copy = { file, image: null };
    this.#copies.set(raw, copy);
    let image: SharedImage | undefined;
    let failure: unknown = null;
    try {
      const { size } = await file.stat();
      checkSize(size, name);
      image = await this.#images.allocate(size);
      // What a file that got shorter does not have stays zero.
      await file.read(image.mapping.bytes.subarray(0, size), 0);
    } catch (error) {
      failure = error;
    }
    file.close();
    // What was to be sent may have been given up, and the number may stand for something else.
    if (this.#copies.get(raw) !== copy) return image?.close();
    if (failure === null && image !== undefined) copy.image = image;
    else image?.close();
    this.#ready(failure);
  }
}

function checkSize(size: number, name: string): void {
  if (size > 0 && size <= MAX_COPIED_FILE) return;
  throw new UnsendableError(
    `a file of ${size} bytes (${name}) cannot go to the host: only files of 1 to ${MAX_COPIED_FILE} bytes can`,
  );
}

/** The kernel's name for an open file: a path, or for instance `anon_inode:sync_file`. */
function descriptorName(raw: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${raw}`);
  } catch {
    return "of unknown kind";
  }
}
