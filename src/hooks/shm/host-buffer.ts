// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import type { Mapping } from "../../native/memory.ts";
import type { Client } from "../../relay/client.ts";
import { onEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { Region } from "../damage.ts";
import type { ShmBuffer } from "./buffer.ts";
import type { CopyTurns } from "./copy-turns.ts";
import { PixelCopy } from "./pixel-copy.ts";
import { type Shape, sameShape } from "./shape.ts";

/** Memory that this machine and the compositor share. It is written here, and read for pictures of the screen alone. */
export interface SharedImage {
  readonly mapping: Mapping;
  /** The file that the compositor gets in the place of a pool's. */
  readonly fd: Fd;
  /** The size in bytes; at least what was asked for. */
  readonly size: number;
  /** Gives the memory back here, whether or not the compositor still has it. */
  close(): void;
}

/** The largest size in bytes that wl_shm.create_pool can name; the host may give memory of a byte more. */
const MAX_POOL_SIZE = 0x7fffffff;

/** A wl_buffer of the host's whose pixels are copies of a client's. It can take another shape when it is idle. */
export class HostBuffer {
  readonly size: number;
  /** The region that the client has drawn since this buffer was filled last, in pixels of the buffer. */
  readonly stale: Region = new Region();
  /** Called when the host has released it. */
  onReleased: () => void = () => {};
  readonly #client: Client;
  readonly #image: SharedImage;
  readonly #pool: WlObject<"wl_shm_pool">;
  readonly #turns: CopyTurns;
  readonly #copy = new PixelCopy();
  #buffer: WlObject<"wl_buffer"> | null = null;
  #shape: Shape | null = null;
  #busy = false;
  #fixed = false;
  #open = true;

  /** @param shm a wl_shm of our own, through which the host gets the image */
  constructor(client: Client, shm: WlObject<"wl_shm">, image: SharedImage, turns: CopyTurns) {
    this.#client = client;
    this.#turns = turns;
    this.#image = image;
    this.size = image.size;
    this.#pool = client.createObject("wl_shm_pool", 1);
    const size = Math.min(image.size, MAX_POOL_SIZE);
    client.sendRequest(shm, "create_pool", { id: this.#pool, fd: image.fd.duplicate(), size });
  }

  /** Whether the host may be reading the buffer. */
  get busy(): boolean {
    return this.#busy || this.#fixed;
  }

  /** Whether the buffer still exists. */
  get open(): boolean {
    return this.#open;
  }

  /** Whether the buffer has that shape. */
  has(shape: Shape): boolean {
    return this.#shape !== null && sameShape(this.#shape, shape);
  }

  /** Notes that all of the buffer is stale, as after a change of its shape. */
  damageAll(): void {
    if (this.#shape === null) return;
    const { width, height } = this.#shape;
    this.stale.add({ left: 0, top: 0, right: width, bottom: height });
  }

  /**
   * Makes the buffer show what a client's buffer does, by copying what is stale. It counts as busy from then on.
   *
   * @returns the object to give to the host; a promise when the copy takes more than its turn, of null when the session
   * ends
   * @throws ProtocolError when the client has taken away its memory
   */
  fill(source: ShmBuffer): WlObject<"wl_buffer"> | Promise<WlObject<"wl_buffer"> | null> {
    const buffer = this.#take(source.shape);
    this.#busy = true;
    const inMemory = source.beginCopyTo(this.#copy, this.#image.mapping, this.stale.rects);
    if (!inMemory) return this.#fillFromFile(source, buffer);
    this.stale.clear();
    const copying = this.#turns.run(this.#copy);
    if (copying === undefined) {
      this.#filled(source);
      return buffer;
    }
    return copying.then(() => {
      this.#filled(source);
      return this.#open ? buffer : null;
    });
  }

  async #fillFromFile(source: ShmBuffer, buffer: WlObject<"wl_buffer">): Promise<WlObject<"wl_buffer"> | null> {
    const reading = source.read(this.#image.mapping, [...this.stale.rects]);
    this.stale.clear();
    const count = await reading;
    if (!this.#open) return null;
    if (count === null) throw source.missingMemory;
    this.#client.copied += count;
    return buffer;
  }

  #filled(source: ShmBuffer): void {
    this.#client.copied += this.#copy.copied;
    if (!this.#copy.isComplete) throw source.missingMemory;
  }

  /**
   * Copies what the host has drawn into a client's buffer of this shape. The host must be done with it.
   *
   * @returns false when the buffer cannot be drawn into
   */
  async copyBack(target: ShmBuffer): Promise<boolean> {
    if (!target.beginCopyFrom(this.#copy, this.#image.mapping)) {
      const count = await target.store(this.#image.mapping);
      this.#client.copied += count ?? 0;
      this.markIdle();
      return count !== null;
    }
    await this.#turns.run(this.#copy);
    this.#client.copied += this.#copy.copied;
    this.markIdle();
    return this.#copy.isComplete;
  }

  /** The host, which was to draw into it, is done: it is idle. A release that may still come is not for its next use. */
  markIdle(): void {
    this.#busy = false;
    this.#dropBuffer();
  }

  /** Makes the buffer busy for good: the host got it for something that has no release. */
  pin(): void {
    this.#fixed = true;
  }

  /** Destroys it on the host, where it may be on the screen for as long as that likes, and frees the memory here. */
  close(): void {
    if (!this.#open) return;
    this.#dropBuffer();
    this.#client.sendRequest(this.#pool, "destroy", {});
    this.free();
  }

  /** Frees the memory here; for when the session has ended, so that the host knows. */
  free(): void {
    this.#open = false;
    this.#copy.cancel();
    this.#image.close();
  }

  #take(shape: Shape): WlObject<"wl_buffer"> {
    if (this.#buffer !== null && this.has(shape)) return this.#buffer;
    this.#dropBuffer();
    const { width, height, stride, format } = shape;
    const buffer = this.#client.createObject("wl_buffer", 1);
    onEvents(buffer, {
      release: () => {
        if (this.#buffer !== buffer) return;
        this.#busy = false;
        this.onReleased();
      },
    });
    this.#client.sendRequest(this.#pool, "create_buffer", {
      id: buffer,
      offset: 0,
      width,
      height,
      stride,
      format,
    });
    this.#buffer = buffer;
    this.#shape = shape;
    this.stale.clear();
    this.damageAll();
    return buffer;
  }

  #dropBuffer(): void {
    if (this.#buffer !== null) this.#client.sendRequest(this.#buffer, "destroy", {});
    this.#buffer = null;
    this.#shape = null;
  }
}
