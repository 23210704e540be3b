// SPDX-License-Identifier: Apache-2.0
import { bindForUs } from "../globals/host-globals.ts";
import { Mapping, memfd } from "../native/memory.ts";
import { WlShmFormat } from "../protocol/generated/enums.ts";
import type { Client, InterfaceName } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Size } from "./size.ts";

/** The globals of the host's that we make frames with, and the versions that we need. */
const wanted = {
  wl_compositor: 4,
  wl_subcompositor: 1,
  wp_viewporter: 1,
  wp_single_pixel_buffer_manager_v1: 1,
  wl_shm: 1,
  zxdg_output_manager_v1: 2,
} as const satisfies { readonly [I in InterfaceName]?: number };

type Wanted = keyof typeof wanted;

/** What surfaces of our own are made with. */
export interface SurfaceMakers {
  readonly compositor: WlObject<"wl_compositor">;
  readonly subcompositor: WlObject<"wl_subcompositor">;
  readonly viewporter: WlObject<"wp_viewporter">;
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
  #buffer: WlObject<"wl_buffer"> | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The host announces a global, on any of the client's registries. */
  announced(registry: WlObject<"wl_registry">, name: number, type: string, version: number): void {
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
    if (output.object.version >= 3) this.#client.sendRequest(output.object, "release", {});
  }

  /** What surfaces are made with; null if the host lacks something. */
  get makers(): SurfaceMakers | null {
    const { wl_compositor: compositor, wl_subcompositor: subcompositor, wp_viewporter: viewporter } = this.#bound;
    const { wp_single_pixel_buffer_manager_v1: pixels, wl_shm: shm } = this.#bound;
    if (!compositor || !subcompositor || !viewporter || !(pixels ?? shm)) return null;
    return { compositor, subcompositor, viewporter };
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

  /** A buffer of one pixel, which all edges of the client's windows show. */
  pixel(color: number): WlObject<"wl_buffer"> {
    this.#buffer ??= this.#singlePixel(color) ?? this.#sharedPixel(color);
    return this.#buffer;
  }

  #singlePixel(color: number): WlObject<"wl_buffer"> | null {
    const { wp_single_pixel_buffer_manager_v1: manager } = this.#bound;
    if (manager === undefined) return null;
    const id = this.#client.createObject("wl_buffer", 1);
    // Each part has 32 bits.
    const part = (shift: number): number => (((color >>> shift) & 0xff) * 0x01010101) >>> 0;
    const parts = { r: part(16), g: part(8), b: part(0), a: 0xffffffff };
    this.#client.sendRequest(manager, "create_u32_rgba_buffer", { id, ...parts });
    return id;
  }

  #sharedPixel(color: number): WlObject<"wl_buffer"> {
    const { wl_shm: shm } = this.#bound;
    if (shm === undefined) throw new Error("the host has no way to make a buffer");
    const client = this.#client;
    const fd = memfd("wayland-proxy frame", 4);
    using memory = Mapping.map(fd.raw, 4, { writable: true });
    memory.words[0] = (0xff000000 | color) >>> 0;
    const pool = client.createObject("wl_shm_pool", 1);
    client.sendRequest(shm, "create_pool", { id: pool, fd, size: 4 });
    const id = client.createObject("wl_buffer", 1);
    client.sendRequest(pool, "create_buffer", {
      id,
      offset: 0,
      width: 1,
      height: 1,
      stride: 4,
      format: WlShmFormat.xrgb8888,
    });
    client.sendRequest(pool, "destroy", {});
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
        if ((flags & 1) !== 0) output.pixels = { width, height };
      },
      scale: ({ factor }) => {
        output.scale = factor;
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
      },
    });
  }
}
