// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../../log/logger.ts";
import { SystemError } from "../../native/errors.ts";
import type { Fd } from "../../native/fd.ts";
import { fileInfo } from "../../native/memory.ts";
import { READABLE, Watch } from "../../native/watch.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { GuestGpu } from "./gpu.ts";

/** Milliseconds for which a surface waits until its buffer is drawn: a GPU that hangs is not to freeze its windows. */
const FENCE_TIMEOUT = 1_000;

/** Buffers of one client that are kept open to ask for their fences. Video players use some dozens. */
const MAX_KEPT = 256;

/** The planes that were added to a zwp_linux_buffer_params_v1. */
interface Params {
  readonly planes: Fd[];
  /** Whether a plane among them is no buffer of the GPU. */
  foreign: boolean;
}

/** The GPU buffers of one client. */
export class DmabufClient {
  /** The main device that the host has named last: the one that the guest's programs take for theirs. */
  hostDevice: Uint8Array | null = null;
  readonly #gpu: GuestGpu;
  readonly #log: Logger;
  readonly #params = new Map<WlObject, Params>();
  /** The planes of each wl_buffer. */
  readonly #buffers = new Map<WlObject, readonly Fd[]>();
  /** The buffer that each surface's next commit shows. */
  readonly #attached = new WeakMap<WlObject<"wl_surface">, WlObject<"wl_buffer">>();
  /** The functions that end each wait. */
  readonly #waits = new Set<() => void>();
  #kept = 0;

  constructor(gpu: GuestGpu, log: Logger) {
    this.#gpu = gpu;
    this.#log = log;
  }

  /** Takes note of a plane, of which a copy is kept. @returns whether the host can get it */
  add(params: WlObject, plane: Fd): boolean {
    let known = this.#params.get(params);
    if (known === undefined) {
      known = { planes: [], foreign: false };
      this.#params.set(params, known);
    }
    if (this.#gpu.owns(plane.raw)) this.#keep(plane, known.planes);
    else known.foreign = true;
    return !known.foreign;
  }

  /** Whether the host cannot get what was added. */
  isForeign(params: WlObject): boolean {
    return this.#params.get(params)?.foreign ?? false;
  }

  /** A buffer was made of what was added. */
  made(buffer: WlObject<"wl_buffer">, params: WlObject): void {
    this.#buffers.set(buffer, this.#params.get(params)?.planes.splice(0) ?? []);
  }

  /** A buffer was made of one descriptor. @returns whether the host can get it; then a copy is kept */
  madeOf(buffer: WlObject<"wl_buffer">, plane: Fd): boolean {
    if (!this.#gpu.owns(plane.raw)) return false;
    const planes: Fd[] = [];
    this.#keep(plane, planes);
    this.#buffers.set(buffer, planes);
    return true;
  }

  forgetParams(params: WlObject): void {
    this.#release(this.#params.get(params)?.planes ?? []);
    this.#params.delete(params);
  }

  forgetBuffer(buffer: WlObject<"wl_buffer">): void {
    this.#release(this.#buffers.get(buffer) ?? []);
    this.#buffers.delete(buffer);
  }

  /** Notes what the surface's next commit shows. */
  attach(surface: WlObject<"wl_surface">, buffer: WlObject<"wl_buffer"> | null): void {
    if (buffer !== null && this.#buffers.has(buffer)) this.#attached.set(surface, buffer);
    else this.#attached.delete(surface);
  }

  /** Resolves when what a commit shows is drawn; undefined when there is nothing to wait for. */
  drawn(surface: WlObject<"wl_surface">): Promise<void> | undefined {
    const buffer = this.#attached.get(surface);
    if (buffer === undefined) return undefined;
    this.#attached.delete(surface);
    const fences = (this.#buffers.get(buffer) ?? []).map((plane) => this.#gpu.fence(plane.raw));
    const waits = fences.flatMap((fence) => (fence === null ? [] : [this.#signalled(fence)]));
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
  }

  /** Lets go of everything. */
  end(): void {
    for (const end of this.#waits) end();
    for (const { planes } of this.#params.values()) this.#release(planes);
    for (const planes of this.#buffers.values()) this.#release(planes);
    this.#params.clear();
    this.#buffers.clear();
  }

  /** Keeps a copy, unless it is of what is kept among these already: planes mostly share a buffer, and its fences. */
  #keep(plane: Fd, planes: Fd[]): void {
    if (this.#kept >= MAX_KEPT) return;
    const { dev, ino } = fileInfo(plane.raw);
    if (planes.some((other) => fileInfo(other.raw).dev === dev && fileInfo(other.raw).ino === ino)) return;
    try {
      planes.push(plane.duplicate());
      this.#kept++;
    } catch (error) {
      // Too many open files: better to show what is not drawn than nothing.
      if (!(error instanceof SystemError)) throw error;
    }
  }

  #release(planes: readonly Fd[]): void {
    for (const plane of planes) plane.close();
    this.#kept -= planes.length;
  }

  async #signalled(fence: Fd): Promise<void> {
    using _ = fence;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#waits.delete(end);
        clearTimeout(timer);
        watch.close();
        resolve();
      };
      const watch = new Watch(fence.raw, end);
      const timer = setTimeout(() => {
        this.#log.warn(`a window is shown although its buffer has not been drawn for ${FENCE_TIMEOUT} ms`);
        end();
      }, FENCE_TIMEOUT);
      this.#waits.add(end);
      watch.set(READABLE);
    }).catch((error) => {
      // Too many open files: better to show what is not drawn than nothing.
      if (!(error instanceof SystemError)) throw error;
    });
  }
}
