// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import { SystemError } from "../native/errors.ts";
import type { Fd } from "../native/fd.ts";
import { Mapping, pageSize } from "../native/memory.ts";
import { hostMemory } from "./blobs.ts";
import type { ImageRequirements } from "./commands.ts";
import type { GuestGpuContext } from "./context.ts";
import { ATTEMPTS, MAX_IMAGE_SIZE, MAX_OFFERED_SIZE, RETRY_INTERVAL, SIZES_PER_OCTAVE } from "./limits.ts";

/** No memory that is shared with the host can be had; the message says how much was asked for, and what is in use. */
export class HostMemoryError extends Error {
  override readonly name: string = "HostMemoryError";
  /**
   * The resource that programs have used up together, if that is the reason: the bytes of the window, or something that
   * each image takes.
   */
  readonly scarce: "bytes" | "images" | null;

  constructor(message: string, scarce: "bytes" | "images" | null) {
    super(message);
    this.scarce = scarce;
  }
}

/** Memory of the host that is mapped here, and that the compositor can map, too. To be written: reading may be slow. */
export class SharedImage {
  readonly mapping: Mapping;
  /** The dma-buf to send in the place of a memory file. */
  readonly fd: Fd;
  /** The size in bytes; at least what was asked for. */
  readonly size: number;
  readonly #closed: () => void;

  constructor(mapping: Mapping, fd: Fd, size: number, closed: () => void) {
    this.mapping = mapping;
    this.fd = fd;
    this.size = size;
    this.#closed = closed;
  }

  /** Gives the memory back, unless the host still uses it. */
  close(): void {
    if (!this.fd.open) return;
    this.mapping.close();
    this.fd.close();
    this.#closed();
  }
}

/** Allocates images on the host: lines of bytes, which the compositor gets as files that can be a wl_shm_pool. */
export class ImageAllocator {
  readonly #context: GuestGpuContext;
  readonly #singleImage: boolean;
  /** The answers by size, for ever: the host answers each question with a new id, and forgets none of them. */
  readonly #requirements = new Map<number, Promise<ImageRequirements>>();
  /** Resolves when the next question may be asked. */
  #turn: Promise<unknown> = Promise.resolve();
  #count = 0;
  #bytes = 0;

  /** @param singleImage whether the host keeps the image of the last answer; see `Device.gpuImages` */
  constructor(context: GuestGpuContext, singleImage: boolean) {
    this.#context = context;
    this.#singleImage = singleImage;
  }

  /** Images that are in use. */
  get count(): number {
    return this.#count;
  }

  /** Bytes that they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the host answers at all, which it does only when it has reached its compositor. */
  async answers(): Promise<boolean> {
    const size = imageSize(1);
    const requirements = await this.#ask(size);
    if (requirements !== null) this.#requirements.set(size, Promise.resolve(requirements));
    return requirements !== null;
  }

  /**
   * An image of at least `size` bytes, all of them zero.
   *
   * @throws HostMemoryError when the window for host memory is used up, or the host refuses; ContextClosed
   */
  async allocate(size: number): Promise<SharedImage> {
    if (size > MAX_IMAGE_SIZE) throw this.#error(size, `images have at most ${MAX_IMAGE_SIZE} bytes`);
    const rounded = imageSize(size);
    const image = await this.#create(rounded, false);
    // What the host remembers of a question may have gone, when its memory is a GPU's.
    return image ?? ((await this.#create(rounded, true)) as SharedImage);
  }

  async #create(size: number, isLastTry: boolean): Promise<SharedImage | null> {
    const { size: hostSize, blobId } = await this.#requirementsOf(size);
    let fd: Fd;
    try {
      fd = hostMemory(this.#context.file, blobId, hostSize);
    } catch (error) {
      throw this.#systemError(error, size);
    }
    try {
      // mmap blocks until the host has mapped the memory into the window, so it comes after that.
      await this.#context.settled();
      const mapping = Mapping.map(fd.raw, hostSize, { writable: true });
      this.#count++;
      this.#bytes += hostSize;
      return new SharedImage(mapping, fd, hostSize, () => {
        this.#count--;
        this.#bytes -= hostSize;
      });
    } catch (error) {
      fd.close();
      if (isLastTry || this.#context.closed) throw this.#systemError(error, size);
      this.#requirements.delete(size);
      return null;
    }
  }

  #requirementsOf(size: number): Promise<ImageRequirements> {
    let known = this.#requirements.get(size);
    if (known === undefined) {
      known = this.#askAgain(size).then((answer) => {
        if (answer === null) throw this.#error(size, "the host has no such image");
        if (answer.size < size || answer.size > MAX_OFFERED_SIZE) {
          throw this.#error(size, `the host offers ${answer.size} bytes instead`);
        }
        // The kernel would round the size up, and the host refuse what is not its own number.
        if (answer.size % pageSize !== 0) throw this.#error(size, "the host's pages are smaller than the guest's");
        return answer;
      });
      known.catch(() => this.#requirements.delete(size));
      this.#requirements.set(size, known);
    }
    return known;
  }

  /** Asks until the host has no other client's image to give away first. */
  async #askAgain(size: number): Promise<ImageRequirements | null> {
    for (let attempt = 1, interval = RETRY_INTERVAL; ; attempt++, interval *= 2) {
      const answer = await this.#ask(size);
      if (answer !== null || !this.#singleImage || attempt === ATTEMPTS) return answer;
      await pause(interval);
    }
  }

  async #ask(size: number): Promise<ImageRequirements | null> {
    const answer = this.#turn.then(async () => {
      const requirements = await this.#context.imageRequirements(size);
      // Its image would be in the way of other clients' questions.
      if (this.#singleImage && requirements !== null) this.#takeImage(requirements);
      return requirements;
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  #takeImage({ size, blobId }: ImageRequirements): void {
    try {
      hostMemory(this.#context.file, blobId, size).close();
    } catch (error) {
      // Whoever wants an image of it gets the error.
      if (!(error instanceof SystemError)) throw error;
    }
  }

  #systemError(error: unknown, size: number): unknown {
    if (!(error instanceof SystemError)) return error;
    const reasons: Record<string, string> = {
      ENOSPC: "the window for host memory is full",
      EINVAL: "the host refuses, as it does when this program has its share",
    };
    return this.#error(size, reasons[error.code] ?? error.message, error.code === "ENOSPC" ? "bytes" : "images");
  }

  #error(size: number, reason: string, scarce: "bytes" | "images" | null = null): HostMemoryError {
    const used = `${this.#count} images with ${this.#bytes} bytes`;
    return new HostMemoryError(`no host memory for ${size} bytes: ${reason} (in use: ${used})`, scarce);
  }
}

/**
 * The size of the image for so many bytes, in whole pages. Of sizes beyond some pages there are only a few between one
 * power of two and the next.
 */
export function imageSize(size: number): number {
  const octave = 2 ** Math.floor(Math.log2(Math.max(size, 1)));
  const step = Math.max(pageSize, octave / SIZES_PER_OCTAVE);
  return Math.max(Math.ceil(size / step), 1) * step;
}
