// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from "node:timers/promises";
import type { Session } from "../../relay/session.ts";
import { DisplayError, ProtocolError } from "../../wire/errors.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { CopyTurns } from "./copy-turns.ts";
import { HostBuffer, type SharedImage } from "./host-buffer.ts";
import type { Shape } from "./shape.ts";

/** Where images come from. */
export interface SharedImages {
  /**
   * An image of at least `size` bytes. Rejects with an Error when there is no memory for it, and with one whose name is
   * `ContextClosed` when the host is gone.
   */
  allocate(size: number): Promise<SharedImage>;
}

/** Images of a client that no surface uses, kept for its next window size or popup. */
const MAX_SPARES = 4;

/** How many times larger than needed an image may be that is used again; a small one, of so many bytes, always may. */
const MAX_WASTE = 2;
const SMALL: number = 64 * 1024;

/**
 * Milliseconds that memory which was given up may take to become free: the kernel gives its place in the window to
 * somebody else only when the host has answered. And those between two looks.
 */
const FREEING_TIME = 500;
const FREEING_INTERVAL = 10;

/** The shadows of one client. */
export class Shadows {
  readonly #session: Session;
  /** Ours; the client may release its own. */
  #shm: WlObject | null = null;
  readonly #images: SharedImages;
  /** Those of all clients, which share the memory that there is. */
  readonly #everybody: ReadonlySet<Shadows>;
  readonly #turns: CopyTurns;
  readonly #all = new Set<HostBuffer>();
  /** Idle ones without an owner, the one that was used last at the end. */
  #spares: HostBuffer[] = [];
  /** What ends each wait for the host. */
  readonly #waits = new Set<() => void>();
  #ended = false;

  constructor(session: Session, images: SharedImages, everybody: ReadonlySet<Shadows>, turns: CopyTurns) {
    this.#session = session;
    this.#images = images;
    this.#everybody = everybody;
    this.#turns = turns;
  }

  /** Says where the host's wl_shm is. */
  reach(registry: WlObject, name: number): void {
    if (this.#shm !== null) return;
    this.#shm = this.#session.createObject("wl_shm", 1);
    this.#session.sendRequest(registry, "wl_registry", "bind", { name, id: this.#shm });
  }

  /** An idle one that fits without being allocated; undefined when there is none. */
  takeSpare(shape: Shape): HostBuffer | undefined {
    const fitting = this.#spares
      .filter(({ size }) => size >= shape.size && size <= Math.max(shape.size * MAX_WASTE, SMALL))
      .sort((a, b) => a.size - b.size);
    const best = fitting.find((shadow) => shadow.has(shape)) ?? fitting[0];
    if (best === undefined) return undefined;
    this.#spares = this.#spares.filter((shadow) => shadow !== best);
    // What it showed may have been another surface's.
    best.damageAll();
    return best;
  }

  /**
   * A new one; null when the client or the host is gone before there is any.
   *
   * @throws ProtocolError when there is no memory, and no idle shadow that can be given up for it
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
      const shadow = new HostBuffer(this.#session, this.#shm, image, this.#turns);
      this.#all.add(shadow);
      return shadow;
    } catch (error) {
      // There is no descriptor left for it.
      image.close();
      throw error;
    }
  }

  /** Resolves when the host has handled all that was sent to it, and what it said to that has come; or never will. */
  roundTrip(): Promise<void> {
    const callback = this.#session.createObject("wl_callback", 1);
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waits.delete(end);
        resolve();
      };
      this.#waits.add(end);
      callback.listener = end;
      this.#session.sendRequest(this.#session.display, "wl_display", "sync", { callback });
    });
  }

  /** Takes back one that its owner does not need any more. */
  giveBack(shadow: HostBuffer): void {
    shadow.released = () => {};
    if (!shadow.open) return;
    // The host may go on showing what it holds, so nothing else must be written there.
    if (shadow.busy) return this.#close(shadow);
    this.#spares.push(shadow);
    if (this.#spares.length > MAX_SPARES) this.#close(this.#spares.shift() as HostBuffer);
  }

  /** The session has ended: frees everything. */
  end(): void {
    this.#ended = true;
    for (const shadow of this.#all) shadow.free();
    this.#all.clear();
    this.#spares = [];
    for (const end of this.#waits) end();
  }

  async #newImage(shape: Shape): Promise<SharedImage | null> {
    let deadline: number | undefined;
    for (;;) {
      try {
        return await this.#images.allocate(shape.size);
      } catch (error) {
        // That the host is gone ends the session by itself.
        if (this.#ended || (error as Error).name === "ContextClosed") return null;
        let freed = 0;
        for (const client of this.#everybody) freed += client.#evict();
        deadline ??= performance.now() + (freed > 0 ? FREEING_TIME : 0);
        if (performance.now() >= deadline) throw this.#noMemory(shape, error as Error);
      }
      await setTimeout(FREEING_INTERVAL);
    }
  }

  /** Frees what is idle; @returns how many bytes. */
  #evict(): number {
    let bytes = 0;
    for (const shadow of this.#all) {
      if (shadow.busy) continue;
      bytes += shadow.size;
      this.#close(shadow);
    }
    this.#spares = [];
    return bytes;
  }

  #close(shadow: HostBuffer): void {
    shadow.close();
    this.#all.delete(shadow);
  }

  #noMemory({ width, height, size }: Shape, reason: Error): ProtocolError {
    const bytes = [...this.#all].reduce((sum, shadow) => sum + shadow.size, 0);
    const own = `${this.#all.size} images with ${bytes} bytes, all of them on the host's screen`;
    const text = `no memory for a buffer of ${width}x${height} pixels (${size} bytes): ${reason.message}; this client has ${own}`;
    return new ProtocolError(text, DisplayError.noMemory);
  }
}
