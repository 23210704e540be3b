// SPDX-License-Identifier: Apache-2.0
import { WlShmError } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import type { HookedRequest } from "../../relay/hooked-message.ts";
import { DisplayError, ProtocolError } from "../../wire/errors.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { ShmBuffer } from "./buffer.ts";
import type { CopyTurns } from "./copy-turns.ts";
import type { HostBuffer } from "./host-buffer.ts";
import { HostBuffers, type SharedImages } from "./host-buffers.ts";
import { ShmPool } from "./pool.ts";
import type { Shape } from "./shape.ts";
import type { Holder, Shares } from "./shares.ts";
import { Surface } from "./surface.ts";

/**
 * The most pools that all clients together have at once. Each is a mapping, of which Linux lets a process have 65530.
 * Without any more of them JavaScript's memory cannot grow, of which the process dies.
 */
export const MAX_POOLS = 32_768;

/** The state that all clients share. */
export interface Common {
  readonly shares: Shares;
  readonly turns: CopyTurns;
  /** The most pools that they may have. */
  readonly maxPools: number;
}

/** The wl_shm objects of one client, and the surfaces that show them. */
export class ShmClient implements Holder {
  readonly hostBuffers: HostBuffers;
  readonly #client: Client;
  /** The formats that the client knows. */
  readonly #formats = new Set<number>();
  readonly #pools = new Set<ShmPool>();
  readonly #common: Common;
  readonly #buffers = new WeakMap<WlObject, ShmBuffer>();
  readonly #surfaces = new WeakMap<WlObject, Surface>();
  /** The surfaces, by their wp_viewports. */
  readonly #viewed = new WeakMap<WlObject, Surface>();
  /** The host buffers for uses without a surface, by the object that they are for. */
  readonly #fixed = new WeakMap<WlObject, HostBuffer[]>();

  constructor(client: Client, images: SharedImages, common: Common) {
    this.#client = client;
    this.#common = common;
    this.hostBuffers = new HostBuffers(client, images, common.turns, (size) => common.shares.shortage(this, size));
    common.shares.add(this);
    client.onEnded(() => this.#free());
  }

  get images(): number {
    return this.hostBuffers.images;
  }

  get bytes(): number {
    return this.hostBuffers.bytes;
  }

  get pools(): number {
    return this.#pools.size;
  }

  get isShared(): boolean {
    return this.#client.isShared;
  }

  giveUpIdle(): number {
    return this.hostBuffers.giveUpIdle();
  }

  end(reason: string): void {
    this.#client.cutOff(reason, DisplayError.noMemory);
    this.#free();
  }

  addFormat(format: number): void {
    this.#formats.add(format);
  }

  createPool(message: HookedRequest<"wl_shm", "create_pool">): void {
    const { shares, maxPools } = this.#common;
    if (!shares.hasPool(this, maxPools)) {
      const text = `too many pools: this client has ${this.pools}, all together ${maxPools}`;
      throw new ProtocolError(text, DisplayError.noMemory);
    }
    const pool = new ShmPool(
      message,
      (buffer) => {
        const { format } = buffer.shape;
        // A client that uses a format before it knows any is left to the host's judgement.
        if (this.#formats.size > 0 && !this.#formats.has(format)) {
          const text = `unsupported format 0x${format.toString(16)}`;
          throw new ProtocolError(text, WlShmError.invalid_format, message.args.id.clientId);
        }
        this.#buffers.set(buffer.object, buffer);
      },
      () => void this.#pools.delete(pool),
    );
    this.#pools.add(pool);
  }

  /** The buffer behind an object; undefined when the host has it, too. */
  bufferOf(object: WlObject<"wl_buffer"> | null): ShmBuffer | undefined {
    return object === null ? undefined : this.#buffers.get(object);
  }

  /** The surface of that object, if it is known already. */
  knownSurface(object: WlObject<"wl_surface">): Surface | undefined {
    return this.#surfaces.get(object);
  }

  surfaceOf(object: WlObject<"wl_surface">): Surface {
    let surface = this.#surfaces.get(object);
    if (surface === undefined) {
      surface = new Surface(this.#client, object, this.hostBuffers);
      this.#surfaces.set(object, surface);
    }
    return surface;
  }

  /** Notes which surface a wp_viewport is for. */
  addViewport(viewport: WlObject<"wp_viewport">, surface: WlObject<"wl_surface">): void {
    this.#viewed.set(viewport, this.surfaceOf(surface));
  }

  /** The surface that a wp_viewport is for. */
  viewedBy(viewport: WlObject<"wp_viewport">): Surface | undefined {
    return this.#viewed.get(viewport);
  }

  /**
   * A host buffer that no surface has; null when client or host are gone.
   *
   * @throws ProtocolError when there is no memory
   */
  async hostBufferFor(shape: Shape): Promise<HostBuffer | null> {
    return this.hostBuffers.takeSpare(shape) ?? this.hostBuffers.allocate(shape);
  }

  /**
   * Copies a buffer as it is now, for the host to keep until the copy's owner is destroyed. Resolves to null when the
   * buffer or the owner is gone.
   */
  async fixedCopy(buffer: ShmBuffer, owner: WlObject): Promise<WlObject<"wl_buffer"> | null> {
    buffer.use();
    try {
      const hostBuffer = await this.hostBufferFor(buffer.shape);
      if (hostBuffer === null) return null;
      hostBuffer.pin();
      this.#fixed.set(owner, [...(this.#fixed.get(owner) ?? []), hostBuffer]);
      return await hostBuffer.fill(buffer);
    } finally {
      buffer.unuse();
    }
  }

  /** Frees the copies that were made for an object. */
  freeFixedCopies(owner: WlObject): void {
    for (const hostBuffer of this.#fixed.get(owner) ?? []) this.hostBuffers.release(hostBuffer);
    this.#fixed.delete(owner);
  }

  /** Frees all that it holds: its session has ended, or does. */
  #free(): void {
    this.#common.shares.delete(this);
    this.hostBuffers.end();
    for (const pool of [...this.#pools]) pool.close();
  }
}
