// SPDX-License-Identifier: Apache-2.0
import { bindForUs } from "../globals/host-globals.ts";
import { Mapping, memfd } from "../native/memory.ts";
import { WlShmFormat } from "../protocol/generated/enums.ts";
import type { Client, InterfaceName } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { type Color, pixelOf } from "./color.ts";
import { type Picture, SCALE_1 } from "./picture.ts";
import type { Size } from "./size.ts";

/** The globals of the host's that we make frames with, and the versions that we need. */
const wanted = {
  wl_compositor: 4,
  wl_subcompositor: 1,
  wp_viewporter: 1,
  wl_shm: 1,
  zxdg_output_manager_v1: 2,
  wp_fractional_scale_manager_v1: 1,
} as const satisfies { readonly [I in InterfaceName]?: number };

type Wanted = keyof typeof wanted;

/** What surfaces of our own are made with. */
export interface SurfaceMakers {
  readonly compositor: WlObject<"wl_compositor">;
  readonly subcompositor: WlObject<"wl_subcompositor">;
  readonly viewporter: WlObject<"wp_viewporter">;
  /** Tells the scales of surfaces; null where the host knows whole ones alone. */
  readonly scaler: WlObject<"wp_fractional_scale_manager_v1"> | null;
}

/** Damage of everything, up to the largest size that a message can say. */
export const ALL = { x: 0, y: 0, width: 0x7fffffff, height: 0x7fffffff } as const;

/**
 * The length of the pictures that edges are cut from. A single pixel would do, if all renderers enlarged it exactly: pixman
 * leaves out the end of a long edge.
 */
export const STRIP_LENGTH = 4096;

/**
 * What pictures have more at each side than is cut from them. pixman mixes pixels with their neighbours at fractional scales, and
 * outside of a picture there is nothing: a hairline would be seen where two edges meet.
 */
export const MARGIN = 1;

const BYTES_PER_PIXEL = 4;
const CROPPING_COMPOSITOR = 6;

/** Pictures for edges. */
export interface Strips {
  readonly across: WlObject<"wl_buffer">;
  readonly down: WlObject<"wl_buffer">;
}

/** An output, which we have bound for ourselves. */
interface Output {
  readonly object: WlObject<"wl_output">;
  pixels: Size;
  scale: number;
  isTurned: boolean;
  /** What zxdg_output_v1 says. */
  logical: Size | null;
}

/** What the host offers to one client, as far as frames are made with it. */
export class HostTools {
  readonly #client: Client;
  readonly #bound: { [I in Wanted]?: WlObject<I> } = {};
  readonly #outputs = new Map<number, Output>();
  /**
   * Whether a viewport can show the inner part of a buffer. wlroots before 0.17 begins at the buffer's corner, whatever the
   * viewport says, where it composes in software. It has neither a wl_compositor of version 6 nor dma-bufs then.
   */
  canCrop = false;
  #strips: Strips | null = null;
  #usualScale: number | null = null;
  /** Called when there is an output more, or one has another size. */
  onOutput: (() => void) | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The host announces a global, on any of the client's registries. */
  announced(registry: WlObject<"wl_registry">, name: number, type: string, version: number): void {
    if (type === "wl_compositor" && version >= CROPPING_COMPOSITOR) this.canCrop = true;
    if (type === "zwp_linux_dmabuf_v1") this.canCrop = true;
    if (type === "wl_output") return this.#addOutput(registry, name, version);
    if (!(type in wanted)) return;
    const known = type as Wanted;
    if (this.#bound[known] !== undefined || version < wanted[known]) return;
    Object.assign(this.#bound, { [known]: bindForUs(this.#client, registry, name, known, wanted[known]) });
    if (known === "zxdg_output_manager_v1") for (const output of this.#outputs.values()) this.#ask(output);
  }

  removed(name: number): void {
    const output = this.#outputs.get(name);
    if (output === undefined) return;
    this.#outputs.delete(name);
    if (this.#client.hasRequest(output.object, "release")) this.#client.sendRequest(output.object, "release", {});
  }

  /** What surfaces are made with; null if the host lacks something. */
  get makers(): SurfaceMakers | null {
    const { wl_compositor: compositor, wl_subcompositor: subcompositor, wp_viewporter: viewporter } = this.#bound;
    if (!compositor || !subcompositor || !viewporter || !this.#bound.wl_shm) return null;
    const { wp_fractional_scale_manager_v1: scaler = null } = this.#bound;
    return { compositor, subcompositor, viewporter, scaler };
  }

  /** The largest width and height of outputs, in logical pixels. */
  get largest(): Size {
    let [width, height] = [0, 0];
    for (const { pixels, scale, isTurned, logical } of this.#outputs.values()) {
      const size = logical ?? {
        width: (isTurned ? pixels.height : pixels.width) / scale,
        height: (isTurned ? pixels.width : pixels.height) / scale,
      };
      width = Math.max(width, size.width);
      height = Math.max(height, size.height);
    }
    return { width, height };
  }

  /** The scale that surfaces are likely to have, in 120ths: that of the last one, or the largest one of outputs. */
  get usualScale(): number {
    const largest = Math.max(1, ...[...this.#outputs.values()].map(({ scale }) => scale));
    return this.#usualScale ?? largest * SCALE_1;
  }

  set usualScale(scale: number) {
    this.#usualScale = scale;
  }

  /** The scale of an output that we have bound, in 120ths; null for one that the client has. */
  scaleOf(output: WlObject): number | null {
    for (const { object, scale } of this.#outputs.values()) if (object === output) return scale * SCALE_1;
    return null;
  }

  /** Pictures in one color, as high or as wide as the widest edge, from which all edges of the client's windows are cut. */
  strips(color: Color, thickness: number): Strips {
    this.#strips ??= this.#makeStrips(color, thickness);
    return this.#strips;
  }

  #makeStrips(color: Color, thickness: number): Strips {
    const height = thickness + 2 * MARGIN;
    const pool = this.#pool(STRIP_LENGTH * height, (words) => words.fill(pixelOf(color)));
    // All pixels are alike, so both lie in the same memory.
    const strips = {
      across: this.#bufferOf(pool, { width: STRIP_LENGTH, height }),
      down: this.#bufferOf(pool, { width: height, height: STRIP_LENGTH }),
    };
    this.#client.sendRequest(pool, "destroy", {});
    return strips;
  }

  /** A buffer with a picture, through which nothing shows. */
  buffer(picture: Picture): WlObject<"wl_buffer"> {
    const pool = this.#pool(picture.pixels.length, (words) => words.set(picture.pixels));
    const buffer = this.#bufferOf(pool, picture);
    this.#client.sendRequest(pool, "destroy", {});
    return buffer;
  }

  /** Memory for so many pixels. */
  #pool(pixels: number, paint: (words: Uint32Array) => void): WlObject<"wl_shm_pool"> {
    const { wl_shm: shm } = this.#bound;
    if (shm === undefined) throw new Error("the host has no wl_shm");
    const size = pixels * BYTES_PER_PIXEL;
    const fd = memfd("wayland-proxy frame", size);
    using memory = Mapping.map(fd.raw, size, { writable: true });
    paint(memory.words);
    const pool = this.#client.createObject("wl_shm_pool", 1);
    this.#client.sendRequest(shm, "create_pool", { id: pool, fd, size });
    return pool;
  }

  /** A picture at the beginning of memory. */
  #bufferOf(pool: WlObject<"wl_shm_pool">, { width, height }: Size): WlObject<"wl_buffer"> {
    const id = this.#client.createObject("wl_buffer", 1);
    const shape = { width, height, stride: width * BYTES_PER_PIXEL, format: WlShmFormat.xrgb8888 };
    this.#client.sendRequest(pool, "create_buffer", { id, offset: 0, ...shape });
    return id;
  }

  #addOutput(registry: WlObject<"wl_registry">, name: number, version: number): void {
    if (this.#outputs.has(name)) return;
    const object = bindForUs(this.#client, registry, name, "wl_output", Math.min(version, 3));
    const output: Output = { object, pixels: { width: 0, height: 0 }, scale: 1, isTurned: false, logical: null };
    this.#outputs.set(name, output);
    onEvents(object, {
      geometry: ({ transform }) => {
        output.isTurned = transform % 2 === 1;
      },
      mode: ({ flags, width, height }) => {
        if ((flags & 1) === 0) return;
        output.pixels = { width, height };
        this.onOutput?.();
      },
      scale: ({ factor }) => {
        output.scale = factor;
        this.onOutput?.();
      },
    });
    this.#ask(output);
  }

  /** Asks for an output's size as windows count it, which at a fractional scale nothing else tells. */
  #ask(output: Output): void {
    const { zxdg_output_manager_v1: manager } = this.#bound;
    if (manager === undefined) return;
    const id = this.#client.createObject("zxdg_output_v1", manager.version);
    this.#client.sendRequest(manager, "get_xdg_output", { id, output: output.object });
    onEvents(id, {
      logical_size: (size) => {
        output.logical = size;
        this.onOutput?.();
      },
    });
  }
}
