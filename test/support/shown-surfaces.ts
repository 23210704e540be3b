// SPDX-License-Identifier: Apache-2.0
import { STRIP_LENGTH } from "../../src/frame/host-tools.ts";
import { type Insets, insetsOf } from "../../src/frame/size.ts";
import { WlShmFormat } from "../../src/protocol/generated/enums.ts";
import type { FakeCompositor } from "./fake-compositor.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Received } from "./inbox.ts";
import type { Box } from "./positioner.ts";

/** What a commit applies. */
interface State {
  buffer: FakeObject | null;
  scale: number;
  transform: number;
  destination: readonly [number, number] | null;
  source: readonly [number, number] | null;
  geometry: Box | null;
  /** The places of sub-surfaces that were set. */
  readonly places: Map<Surface, readonly [number, number]>;
}

/** What an offset with a buffer adds to the place of a surface. */
type Offset = readonly [x: number, y: number];
const NO_OFFSET: Offset = [0, 0];

class Surface {
  readonly object: FakeObject;
  readonly pending: Partial<State> & Pick<State, "places"> = { places: new Map() };
  readonly current: State = {
    buffer: null,
    scale: 1,
    transform: 0,
    destination: null,
    source: null,
    geometry: null,
    places: new Map(),
  };
  cached: (Partial<State> & Pick<State, "places">) | null = null;
  /** Offsets add up, also before a surface becomes a sub-surface: so it is with mutter. */
  pendingOffset = NO_OFFSET;
  cachedOffset = NO_OFFSET;
  offset = NO_OFFSET;
  parent: Surface | null = null;
  isSync = false;
  isWindow = false;
  readonly children: Surface[] = [];

  constructor(object: FakeObject) {
    this.object = object;
  }

  get isEffectivelySync(): boolean {
    return this.parent !== null && (this.isSync || this.parent.isEffectivelySync);
  }
}

/** A surface that is on the screen, in the coordinates of its window's. */
export interface Shown extends Box {
  readonly surface: FakeObject;
  readonly buffer: FakeObject;
  /** Whether it is a part of a frame: nothing shows through its picture, while those of tests have an alpha channel. */
  readonly isFrame: boolean;
  /** Whether it is cut from a picture as long as those of edges are. */
  readonly isEdge: boolean;
}

/**
 * What a compositor shows of a window and its sub-surfaces, by the rules of wl_subsurface. The compositors differ in one
 * point: whether what a sub-surface has cached waits until its parent, too, has cached something.
 */
export class ShownSurfaces {
  readonly #surfaces = new Map<FakeObject, Surface>();
  readonly #of = new Map<FakeObject, Surface>();
  readonly #sizes = new Map<FakeObject, readonly [number, number]>();
  readonly #opaque = new Set<FakeObject>();
  readonly #waitsForParent: boolean;
  /** Called whenever the screen may have changed. */
  onChange: (() => void) | null = null;

  constructor(compositor: FakeCompositor, waitsForParent: boolean) {
    this.#waitsForParent = waitsForParent;
    for (const [name, take] of Object.entries(this.#requests)) compositor.reactions.set(name, take);
  }

  /** The window geometry of a window. */
  geometryOf(window: FakeObject): Box | null {
    return this.#get(window).current.geometry;
  }

  get windows(): FakeObject[] {
    return [...this.#surfaces.values()].filter(({ isWindow }) => isWindow).map(({ object }) => object);
  }

  /** All that is shown of a window. */
  shown(window: FakeObject): Shown[] {
    const list: Shown[] = [];
    this.#collect(this.#get(window), 0, 0, list);
    return list;
  }

  /** Says what is wrong with the frame of a window, if anything is. */
  faultOf(window: FakeObject, frame: Insets | number): string | null {
    const insets = typeof frame === "number" ? insetsOf(frame) : frame;
    const all = this.shown(window);
    const content = all.filter(({ isFrame }) => !isFrame);
    if (content.length === 0) return null;
    const geometry = this.geometryOf(window);
    if (geometry === null) return "it has no geometry";
    const { x, y } = geometry;
    const [right, bottom] = [x + geometry.width, y + geometry.height];
    const inner = {
      x: x + insets.left,
      y: y + insets.top,
      width: geometry.width - insets.left - insets.right,
      height: geometry.height - insets.top - insets.bottom,
    };
    const columns = [
      { x, width: insets.left },
      { x: inner.x, width: inner.width },
      { x: right - insets.right, width: insets.right },
    ];
    const rows = [
      { y, height: insets.top },
      { y: inner.y, height: inner.height },
      { y: bottom - insets.bottom, height: insets.bottom },
    ];
    const wanted = columns
      .flatMap((column, i) => rows.flatMap((row, j) => (i === 1 && j === 1 ? [] : [{ ...column, ...row }])))
      .map(boxText);
    const edges = all.filter(({ isEdge }) => isEdge).map(boxText);
    if (wanted.some((edge) => !edges.includes(edge)))
      return `edges ${edges.join(", ")} instead of ${wanted.join(", ")}`;
    const outside = content.filter((one) => !isWithin(one, inner));
    if (outside.length > 0) return `${outside.map(boxText).join(", ")} reaches out of ${boxText(geometry)}`;
    const stray = all.filter((one) => one.isFrame && !isWithin(one, geometry));
    return stray.length === 0 ? null : `a part of the frame is outside of it: ${stray.map(boxText).join(", ")}`;
  }

  #collect(surface: Surface, x: number, y: number, list: Shown[]): void {
    const { buffer, scale, transform, destination, source } = surface.current;
    if (buffer === null) return;
    const pixels = this.#sizes.get(buffer) ?? [1, 1];
    const turned = transform % 2 === 0 ? pixels : [...pixels].reverse();
    const [width, height] = destination ?? source ?? turned.map((length) => Math.ceil(length / scale));
    list.push({
      surface: surface.object,
      buffer,
      isFrame: this.#opaque.has(buffer),
      isEdge: this.#opaque.has(buffer) && pixels.includes(STRIP_LENGTH),
      x,
      y,
      width: width as number,
      height: height as number,
    });
    for (const child of surface.children) {
      const [left, top] = sum(surface.current.places.get(child) ?? NO_OFFSET, child.offset);
      this.#collect(child, x + left, y + top, list);
    }
  }

  #get(object: FakeObject): Surface {
    let surface = this.#surfaces.get(object);
    if (surface === undefined) {
      surface = new Surface(object);
      this.#surfaces.set(object, surface);
    }
    return surface;
  }

  #commit(surface: Surface): void {
    const { pending } = surface;
    const cached = surface.cached ?? { places: new Map() };
    for (const [child, place] of pending.places) cached.places.set(child, place);
    const { places: _, ...rest } = pending;
    Object.assign(cached, rest);
    for (const key of Object.keys(rest)) delete (pending as Record<string, unknown>)[key];
    pending.places.clear();
    surface.cached = cached;
    surface.cachedOffset = sum(surface.cachedOffset, surface.pendingOffset);
    surface.pendingOffset = NO_OFFSET;
    if (!surface.isEffectivelySync) this.#apply(surface);
  }

  #apply(surface: Surface): void {
    const { cached } = surface;
    surface.cached = null;
    surface.offset = sum(surface.offset, surface.cachedOffset);
    surface.cachedOffset = NO_OFFSET;
    if (cached !== null) {
      const { places, ...rest } = cached;
      Object.assign(surface.current, rest);
      for (const [child, place] of places) surface.current.places.set(child, place);
    }
    for (const child of surface.children) {
      if (!child.isEffectivelySync) continue;
      if (child.cached !== null || !this.#waitsForParent) this.#apply(child);
    }
  }

  #leave(surface: Surface): void {
    const { parent } = surface;
    if (parent === null) return;
    parent.children.splice(parent.children.indexOf(surface), 1);
    parent.current.places.delete(surface);
    parent.pending.places.delete(surface);
    parent.cached?.places.delete(surface);
    surface.parent = null;
    surface.isSync = false;
    if (surface.cached !== null) this.#apply(surface);
  }

  readonly #requests: Readonly<Record<string, (message: Received) => void>> = {
    "wl_shm_pool.create_buffer": ({ args }) => {
      this.#sizes.set(args["id"] as FakeObject, [args["width"] as number, args["height"] as number]);
      if (args["format"] === WlShmFormat.xrgb8888) this.#opaque.add(args["id"] as FakeObject);
    },
    "wl_surface.attach": ({ object, args }) => {
      const surface = this.#get(object);
      surface.pending.buffer = args["buffer"] as FakeObject | null;
      surface.pendingOffset = sum(surface.pendingOffset, [args["x"] as number, args["y"] as number]);
    },
    "wl_surface.offset": ({ object, args }) => {
      const surface = this.#get(object);
      surface.pendingOffset = sum(surface.pendingOffset, [args["x"] as number, args["y"] as number]);
    },
    "wl_surface.set_buffer_scale": ({ object, args }) => {
      this.#get(object).pending.scale = args["scale"] as number;
    },
    "wl_surface.set_buffer_transform": ({ object, args }) => {
      this.#get(object).pending.transform = args["transform"] as number;
    },
    "wl_surface.commit": ({ object }) => {
      this.#commit(this.#get(object));
      this.onChange?.();
    },
    "wl_surface.destroy": ({ object }) => {
      const surface = this.#get(object);
      this.#leave(surface);
      for (const child of [...surface.children]) this.#leave(child);
      this.#surfaces.delete(object);
      this.onChange?.();
    },
    "wp_viewporter.get_viewport": (message) =>
      void this.#of.set(message.objectArg("id"), this.#get(message.objectArg("surface"))),
    "wp_viewport.set_destination": ({ object, args }) => {
      const [width, height] = [args["width"] as number, args["height"] as number];
      (this.#of.get(object) as Surface).pending.destination = width > 0 ? [width, height] : null;
    },
    "wp_viewport.set_source": ({ object, args }) => {
      const [width, height] = [args["width"] as number, args["height"] as number];
      (this.#of.get(object) as Surface).pending.source = width > 0 ? [width, height] : null;
    },
    "wp_viewport.destroy": ({ object }) => {
      Object.assign((this.#of.get(object) as Surface).pending, { destination: null, source: null });
    },
    "wl_subcompositor.get_subsurface": (message) => {
      const [surface, parent] = [this.#get(message.objectArg("surface")), this.#get(message.objectArg("parent"))];
      this.#of.set(message.objectArg("id"), surface);
      surface.parent = parent;
      surface.isSync = true;
      parent.children.push(surface);
      this.onChange?.();
    },
    "wl_subsurface.set_position": ({ object, args }) => {
      const surface = this.#of.get(object) as Surface;
      surface.parent?.pending.places.set(surface, [args["x"] as number, args["y"] as number]);
    },
    "wl_subsurface.set_sync": ({ object }) => {
      (this.#of.get(object) as Surface).isSync = true;
    },
    "wl_subsurface.set_desync": ({ object }) => {
      const surface = this.#of.get(object) as Surface;
      surface.isSync = false;
      if (!surface.isEffectivelySync && surface.cached !== null) this.#apply(surface);
      this.onChange?.();
    },
    "wl_subsurface.destroy": ({ object }) => {
      this.#leave(this.#of.get(object) as Surface);
      this.onChange?.();
    },
    "xdg_wm_base.get_xdg_surface": (message) =>
      void this.#of.set(message.objectArg("id"), this.#get(message.objectArg("surface"))),
    "xdg_surface.get_toplevel": ({ object }) => {
      (this.#of.get(object) as Surface).isWindow = true;
    },
    "xdg_surface.get_popup": ({ object }) => {
      (this.#of.get(object) as Surface).isWindow = true;
    },
    "xdg_surface.set_window_geometry": ({ object, args }) => {
      (this.#of.get(object) as Surface).pending.geometry = args as unknown as Box;
    },
  };
}

function sum([x, y]: Offset, [right, down]: Offset): Offset {
  return [x + right, y + down];
}

/** A box as a short text: left, top, width and height. */
export function boxText({ x, y, width, height }: Box): string {
  return `${x},${y} ${width}x${height}`;
}

function isWithin(one: Box, other: Box): boolean {
  return (
    one.x >= other.x &&
    one.y >= other.y &&
    one.x + one.width <= other.x + other.width &&
    one.y + one.height <= other.y + other.height
  );
}
