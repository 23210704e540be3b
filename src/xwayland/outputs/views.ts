// SPDX-License-Identifier: Apache-2.0
import { isSameExtent } from "../../hooks/damage.ts";
import type { Client } from "../../relay/client.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { BufferSizes } from "../base/buffer-sizes.ts";
import type { Geometry, Size } from "../base/geometry.ts";
import type { Scale } from "../base/scale.ts";

/** The state of a wp_viewport: which part of the buffer it shows, at which size. */
interface ViewportState {
  readonly source: Geometry | null;
  readonly destination: Size | null;
}

/** wp_viewport: no source, no destination. */
const NO_SOURCE: Geometry = { x: -1, y: -1, width: -1, height: -1 };
const NO_DESTINATION: Size = { width: -1, height: -1 };

const nothing: ViewportState = { source: null, destination: null };

/** A coordinate in X pixels that came as a 24.8 fixed-point number of logical ones. */
function fixedToX(logical: number, ratio: number): number {
  const pixels = logical * ratio;
  const whole = Math.round(pixels);
  // What the host has rounded off decides for no other pixel.
  return Math.abs(pixels - whole) <= ratio / 512 ? whole : pixels;
}

/** Shows one surface of Xwayland's at the size that it has on the host. */
export class View {
  readonly #client: Client;
  readonly #surface: WlObject<"wl_surface">;
  readonly #scale: Scale;
  #viewport: WlObject<"wp_viewport"> | null = null;
  /** The state of Xwayland's own viewport: a program's screen mode that Xwayland emulates. */
  #wanted: ViewportState = nothing;
  #told: ViewportState = nothing;
  #attached: Size | null = null;
  /** Whether it has to be sent anew, and the factor by which it was sent. */
  #changed = false;
  #factor = 1;
  #logical: Size | null = null;
  /** X pixels for each logical one of the host's. */
  #ratio = { x: 1, y: 1 };

  constructor(client: Client, surface: WlObject<"wl_surface">, scale: Scale) {
    this.#client = client;
    this.#surface = surface;
    this.#scale = scale;
  }

  /** Notes what Xwayland's own viewport does to the surface. */
  want(wanted: Partial<ViewportState>): void {
    this.#wanted = { ...this.#wanted, ...wanted };
    this.#changed = true;
  }

  /** Notes that the surface gets a buffer of that size. */
  attach(size: Size): void {
    const before = this.#attached;
    this.#changed ||= size.width !== before?.width || size.height !== before.height;
    this.#attached = size;
  }

  /** Whether the host does not know how large what is attached is to be. */
  get isUntold(): boolean {
    return this.#attached !== null && (this.#changed || this.#scale.factor !== this.#factor);
  }

  /** Reports to the host how large the attached buffer is to be shown, before the commit that shows it. */
  commit(viewporter: WlObject<"wp_viewporter">): void {
    const { factor } = this.#scale;
    if (this.#attached === null || !this.isUntold) return;
    this.#changed = false;
    this.#factor = factor;
    const { source, destination } = this.#wanted;
    const size = destination ?? source ?? this.#attached;
    const plain = source === null && destination === null;
    const visible = plain ? this.#visible(size) : size;
    const logical = { width: this.#scale.sizeToHost(size.width), height: this.#scale.sizeToHost(size.height) };
    this.#logical = logical;
    this.#ratio = { x: visible.width / logical.width, y: visible.height / logical.height };
    if (!plain) this.#tell(viewporter, { source, destination: logical });
    else if (factor === 1) this.#tell(viewporter, nothing);
    else if (visible.width === size.width && visible.height === size.height)
      this.#tell(viewporter, { source: null, destination: logical });
    else this.#tell(viewporter, { source: { x: 0, y: 0, ...visible }, destination: logical });
  }

  /** The size of the surface on the host; null before it is shown. */
  get logical(): Size | null {
    return this.#logical;
  }

  /** A place within it, in X pixels. */
  toX(x: number, y: number): { readonly x: number; readonly y: number } {
    return { x: fixedToX(x, this.#ratio.x), y: fixedToX(y, this.#ratio.y) };
  }

  /** A place within it for the host. */
  toHost(x: number, y: number): { readonly x: number; readonly y: number } {
    return { x: x / this.#ratio.x, y: y / this.#ratio.y };
  }

  /** The surface is about to be destroyed. */
  destroy(): void {
    if (this.#viewport !== null) this.#client.injectRequest(this.#viewport, "destroy", {});
  }

  /**
   * The size of the part of the X pixels that is shown. The last pixels are left out where the host has no size with
   * just as many, since to fit them in would blur all.
   */
  #visible({ width, height }: Size): Size {
    const visible = (pixels: number): number => Math.min(this.#scale.toX(this.#scale.sizeToHost(pixels)), pixels);
    return { width: visible(width), height: visible(height) };
  }

  #tell(viewporter: WlObject<"wp_viewporter">, viewing: ViewportState): void {
    if (isSameExtent(viewing, this.#told)) return;
    this.#told = viewing;
    const client = this.#client;
    if (this.#viewport === null) {
      this.#viewport = client.createObject("wp_viewport", 1);
      client.injectRequest(viewporter, "get_viewport", { id: this.#viewport, surface: this.#surface });
    }
    client.injectRequest(this.#viewport, "set_source", viewing.source ?? NO_SOURCE);
    client.injectRequest(this.#viewport, "set_destination", viewing.destination ?? NO_DESTINATION);
  }
}

/** The views of all surfaces of one Xwayland. */
export class Views {
  /** Through which it is done; null while nothing is scaled. */
  viewporter: WlObject<"wp_viewporter"> | null = null;
  readonly scale: Scale;
  readonly #client: Client;
  readonly #views = new WeakMap<WlObject, View>();
  readonly #sizes: BufferSizes;

  constructor(client: Client, scale: Scale, sizes: BufferSizes) {
    this.#client = client;
    this.scale = scale;
    this.#sizes = sizes;
  }

  get(surface: WlObject<"wl_surface">): View {
    let view = this.#views.get(surface);
    if (view === undefined) {
      view = new View(this.#client, surface, this.scale);
      this.#views.set(surface, view);
    }
    return view;
  }

  attach(surface: WlObject<"wl_surface">, buffer: WlObject<"wl_buffer"> | null): void {
    const size = this.#sizes.of(buffer);
    if (size !== null) this.get(surface).attach(size);
  }

  commit(surface: WlObject<"wl_surface">): void {
    if (this.viewporter !== null) this.get(surface).commit(this.viewporter);
  }
}
