// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from "node:timers/promises";
import { bindForUs } from "../../globals/host-globals.ts";
import { SystemError } from "../../native/errors.ts";
import type { Client } from "../../relay/client.ts";
import { onEvents } from "../../relay/one-sided.ts";
import { DisplayError, ProtocolError } from "../../wire/errors.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { CopyTurns } from "./copy-turns.ts";
import { HostBuffer, type SharedImage } from "./host-buffer.ts";
import type { Shape } from "./shape.ts";
import type { Scarce, Shortage } from "./shares.ts";

/** The source of images that a client's pixels are copied into. */
export interface SharedImages {
  /**
   * Makes an image of at least `size` bytes. Rejects with an Error when there is no memory for it; if clients have used
   * up something together, `scarce` of that error says what. Rejects with an error whose name is `ContextClosed` when
   * the host is gone.
   */
  allocate(size: number): Promise<SharedImage>;
}

/** Images of a client that no surface uses, kept for its next window size or popup. */
const MAX_SPARES = 4;

/** How many times larger than needed an image may be that is used again; a small one, of so many bytes, always may. */
const MAX_WASTE = 2;
const SMALL: number = 64 * 1024;

/**
 * Milliseconds that memory which was given up may take to become free, and those between two looks. The kernel gives
 * its place in the window to another image only when the host has answered.
 */
const FREEING_TIME = 500;
const FREEING_INTERVAL = 10;

/** The host buffers of one client. */
export class HostBuffers {
  readonly #client: Client;
  /** Ours; the client may release its own. */
  #shm: WlObject<"wl_shm"> | null = null;
  readonly #images: SharedImages;
  readonly #shortage: (size: number) => Shortage;
  readonly #turns: CopyTurns;
  readonly #all = new Set<HostBuffer>();
  #bytes = 0;
  /** Idle ones without an owner, the one that was used last at the end. */
  #spares: HostBuffer[] = [];
  /** The functions that end each wait for the host. */
  readonly #waits = new Set<() => void>();
  #ended = false;

  /** @param shortage as `Shares.shortage`, for this client */
  constructor(client: Client, images: SharedImages, turns: CopyTurns, shortage: (size: number) => Shortage) {
    this.#client = client;
    this.#images = images;
    this.#turns = turns;
    this.#shortage = shortage;
  }

  /** Says where the host's wl_shm is. */
  reach(registry: WlObject<"wl_registry">, name: number): void {
    this.#shm ??= bindForUs(this.#client, registry, name, "wl_shm", 1);
  }

  /** An idle one that fits without being allocated; undefined when there is none. */
  takeSpare(shape: Shape): HostBuffer | undefined {
    const fitting = this.#spares
      .filter(({ size }) => size >= shape.size && size <= Math.max(shape.size * MAX_WASTE, SMALL))
      .sort((a, b) => a.size - b.size);
    const best = fitting.find((hostBuffer) => hostBuffer.has(shape)) ?? fitting[0];
    if (best === undefined) return undefined;
    this.#spares = this.#spares.filter((hostBuffer) => hostBuffer !== best);
    // What it showed may have been another surface's.
    best.damageAll();
    return best;
  }

  /**
   * A new one; null when the client or the host is gone before there is any.
   *
   * @throws ProtocolError when there is no memory, and nobody who has to give up some for it
   */
  async allocate(shape: Shape): Promise<HostBuffer | null> {
    if (this.#ended) return null;
    const image = await this.#newImage(shape);
    if (image === null) return null;
    if (this.#ended || this.#shm === null) {
      image.close();
      return null;
    }
    try {
      const hostBuffer = new HostBuffer(this.#client, this.#shm, image, this.#turns);
      this.#all.add(hostBuffer);
      this.#bytes += hostBuffer.size;
      return hostBuffer;
    } catch (error) {
      image.close();
      // There is no descriptor left for it.
      throw error instanceof SystemError ? this.#noMemory(shape, error) : error;
    }
  }

  /** How many there are. */
  get images(): number {
    return this.#all.size;
  }

  /** The bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Frees those that the host does not use; @returns how many bytes. */
  giveUpIdle(): number {
    const before = this.#bytes;
    for (const hostBuffer of this.#all) if (!hostBuffer.busy) this.#close(hostBuffer);
    this.#spares = [];
    return before - this.#bytes;
  }

  /** Resolves when the host has handled all that was sent to it, and what it said to that has come; or never will. */
  roundTrip(): Promise<void> {
    const callback = this.#client.createObject("wl_callback", 1);
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waits.delete(end);
        resolve();
      };
      this.#waits.add(end);
      onEvents(callback, { done: end });
      this.#client.sendRequest(this.#client.display, "sync", { callback });
    });
  }

  /** Takes back one that its owner does not need any more. */
  release(hostBuffer: HostBuffer): void {
    hostBuffer.onReleased = () => {};
    if (!hostBuffer.open) return;
    // The host may go on showing what it holds, so nothing else must be written there.
    if (hostBuffer.busy) return this.#close(hostBuffer);
    this.#spares.push(hostBuffer);
    if (this.#spares.length > MAX_SPARES) this.#close(this.#spares.shift() as HostBuffer);
  }

  /** The session has ended: frees everything. */
  end(): void {
    this.#ended = true;
    for (const hostBuffer of this.#all) hostBuffer.free();
    this.#all.clear();
    this.#bytes = 0;
    this.#spares = [];
    for (const end of this.#waits) end();
  }

  async #newImage(shape: Shape): Promise<SharedImage | null> {
    let findMore: Shortage | undefined;
    let freedAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      try {
        return await this.#images.allocate(shape.size);
      } catch (error) {
        // That the host is gone ends the session by itself.
        if (this.#ended || (error as Error).name === "ContextClosed") return null;
        if (performance.now() >= freedAt + FREEING_TIME) {
          const { scarce = null } = error as { readonly scarce?: Scarce | null };
          findMore ??= this.#shortage(shape.size);
          if (!findMore(scarce)) throw this.#noMemory(shape, error as Error);
          freedAt = performance.now();
        }
      }
      await setTimeout(FREEING_INTERVAL);
    }
  }

  #close(hostBuffer: HostBuffer): void {
    hostBuffer.close();
    if (this.#all.delete(hostBuffer)) this.#bytes -= hostBuffer.size;
  }

  #noMemory({ width, height, size }: Shape, reason: Error): ProtocolError {
    const own = `${this.images} images with ${this.#bytes} bytes, all of them on the host's screen`;
    const text = `no memory for a buffer of ${width}x${height} pixels (${size} bytes): ${reason.message}; this client has ${own}`;
    return new ProtocolError(text, DisplayError.noMemory);
  }
}
