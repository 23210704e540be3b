// SPDX-License-Identifier: Apache-2.0
/** Descriptors on their way to the host: what each of them can be turned into, found out before anything is sent. */
import { read, readlinkSync } from "node:fs";
import { promisify } from "node:util";
import { SystemError } from "../native/errors.ts";
import { Fd } from "../native/fd.ts";
import { fileInfo } from "../native/memory.ts";
import type { GuestGpuContext } from "./context.ts";
import { BlobMemory } from "./driver.ts";
import type { ImageAllocator, SharedImage } from "./images.ts";
import { COPY_STEP, MAX_COPIED_FILE } from "./limits.ts";

/** A descriptor that no command can carry; the message says which, and why not. */
export class UnsendableError extends Error {
  override readonly name: string = "UnsendableError";
}

/** What goes to the host in a descriptor's place. */
export type Outgoing =
  /** The end of a pipe (or a file) that somebody wants to be written to. */
  | { readonly kind: "sink"; readonly raw: number }
  /** Memory that the host has already. The handle is to be released once the resource was sent. */
  | { readonly kind: "blob"; readonly handle: number; readonly resource: number };

/** Turns descriptors into what can be sent. */
export class OutgoingFds {
  readonly #context: GuestGpuContext;
  readonly #images: ImageAllocator;
  readonly #ready: (error: unknown) => void;
  /** Copies of memory files by the descriptor in the queue that they stand for; null while they are made. */
  readonly #copies = new Map<number, SharedImage | null>();

  /** @param ready called when it is worth to ask again, with what went wrong, or null */
  constructor(context: GuestGpuContext, images: ImageAllocator, ready: (error: unknown) => void) {
    this.#context = context;
    this.#images = images;
    this.#ready = ready;
  }

  /**
   * What stands for each of these descriptors; null when it is not ready yet.
   *
   * @throws UnsendableError, SystemError
   */
  resolve(raws: readonly number[]): Outgoing[] | null {
    const outgoing: Outgoing[] = [];
    let complete = true;
    try {
      for (const raw of raws) {
        const one = this.#resolve(raw);
        if (one === null) complete = false;
        else outgoing.push(one);
      }
    } catch (error) {
      this.release(outgoing);
      throw error;
    }
    if (complete) return outgoing;
    this.release(outgoing);
    return null;
  }

  /** To be called when all has been submitted, or nothing will be. */
  release(outgoing: readonly Outgoing[]): void {
    for (const one of outgoing) if (one.kind === "blob") this.#context.release(one.handle);
  }

  /** Forgets descriptors that were sent. */
  sent(raws: readonly number[]): void {
    for (const raw of raws) {
      this.#copies.get(raw)?.close();
      this.#copies.delete(raw);
    }
  }

  close(): void {
    this.sent([...this.#copies.keys()]);
  }

  #resolve(raw: number): Outgoing | null {
    const copy = this.#copies.get(raw);
    if (copy === null) return null;
    if (copy !== undefined) return this.#blob(copy.fd.raw);
    const { kind, access, size } = fileInfo(raw);
    // A file that can only be written is where a program wants its clipboard to be stored.
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
    if (size === 0 || size > MAX_COPIED_FILE) {
      throw new UnsendableError(
        `a file of ${size} bytes (${name}) cannot go to the host: only files of 1 to ${MAX_COPIED_FILE} bytes can`,
      );
    }
    this.#copies.set(raw, null);
    void this.#copy(raw, new Fd(raw).duplicate(), size);
    return null;
  }

  #blob(raw: number): Outgoing {
    const handle = this.#context.acquire(raw);
    const { resource, memory } = this.#context.file.resource(handle);
    if (memory !== BlobMemory.guest) return { kind: "blob", handle, resource };
    this.#context.release(handle);
    throw new UnsendableError("a buffer in the guest's own memory cannot go to the host: it must be the host's memory");
  }

  async #copy(raw: number, file: Fd, size: number): Promise<void> {
    let image: SharedImage | undefined;
    let failure: unknown = null;
    try {
      image = await this.#images.allocate(size);
      await readAll(file.raw, image.mapping.bytes, size);
    } catch (error) {
      failure = error;
    }
    file.close();
    // Unless the connection was closed meanwhile, or what was to be sent.
    if (failure === null && image !== undefined && this.#copies.has(raw)) this.#copies.set(raw, image);
    else image?.close();
    this.#ready(failure);
  }
}

const readFile = promisify(read);

/** Reads a file from its start. A file that is shorter than it was leaves the rest zero. */
async function readAll(fd: number, target: Uint8Array, size: number): Promise<void> {
  for (let at = 0; at < size; ) {
    const { bytesRead } = await readFile(fd, target, at, Math.min(COPY_STEP, size - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
  }
}

/** What the kernel calls an open file: a path, or for instance `anon_inode:sync_file`. */
function descriptorName(raw: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${raw}`);
  } catch {
    return "of unknown kind";
  }
}
