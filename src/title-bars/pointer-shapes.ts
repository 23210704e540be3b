// SPDX-License-Identifier: Apache-2.0
import type { OwnPointer, OwnSurfaces } from "../frame/own-surfaces.ts";
import { Picture } from "../frame/picture.ts";
import type { Size } from "../frame/size.ts";
import { XdgToplevelResizeEdge as Edge, WpCursorShapeDeviceV1Shape as Shape } from "../protocol/generated/enums.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { CursorImage } from "./cursor-theme.ts";
import { PaintedSurface, type PaintingContext, type PaintingTools } from "./painted-surface.ts";

/** A cursor of the theme. Its size and its hot spot are in the host's units. */
export interface ThemeCursor extends Size {
  readonly image: CursorImage;
  readonly hotX: number;
  readonly hotY: number;
}

/** Finds a cursor by its name in themes; null when no theme has it. */
export type FindCursor = (name: string) => ThemeCursor | null;

/** The shape of a pointer: the number in wp_cursor_shape_device_v1, and the name in themes of cursors. */
export interface PointerShape {
  readonly number: number;
  readonly name: string;
}

export const ARROW: PointerShape = { number: Shape.default, name: "left_ptr" };

/** The shape over an edge or a corner that is resized. */
export const resizeShapes: Readonly<Record<number, PointerShape>> = {
  [Edge.top]: { number: Shape.n_resize, name: "top_side" },
  [Edge.bottom]: { number: Shape.s_resize, name: "bottom_side" },
  [Edge.left]: { number: Shape.w_resize, name: "left_side" },
  [Edge.right]: { number: Shape.e_resize, name: "right_side" },
  [Edge.top_left]: { number: Shape.nw_resize, name: "top_left_corner" },
  [Edge.top_right]: { number: Shape.ne_resize, name: "top_right_corner" },
  [Edge.bottom_left]: { number: Shape.sw_resize, name: "bottom_left_corner" },
  [Edge.bottom_right]: { number: Shape.se_resize, name: "bottom_right_corner" },
};

/** The names of all shapes. */
export const shapeNames: readonly string[] = [ARROW, ...Object.values(resizeShapes)].map(({ name }) => name);

/** The picture of a shape, and what is to be set as a cursor with it. */
interface Cursor {
  readonly surface: PaintedSurface;
  readonly hotX: number;
  readonly hotY: number;
}

/** Gives pointers their shapes on surfaces of ours: the host's where it has some, else those of the theme. */
export class PointerShapes {
  readonly #context: PaintingContext;
  readonly #tools: PaintingTools;
  readonly #ownSurfaces: OwnSurfaces;
  readonly #findCursor: FindCursor;
  readonly #cursors = new Map<PointerShape, Cursor | null>();
  /** What was set last, by pointers. */
  readonly #last = new WeakMap<WlObject, { readonly serial: number; readonly shape: PointerShape }>();

  constructor(context: PaintingContext, tools: PaintingTools, ownSurfaces: OwnSurfaces, findCursor: FindCursor) {
    this.#context = context;
    this.#tools = tools;
    this.#ownSurfaces = ownSurfaces;
    this.#findCursor = findCursor;
  }

  set(pointer: OwnPointer, shape: PointerShape): void {
    const { object, serial } = pointer;
    const last = this.#last.get(object);
    if (last?.serial === serial && last.shape === shape) return;
    this.#last.set(object, { serial, shape });
    const { client } = this.#context;
    // The client has released it, of which the host did not know when it sent this.
    if (this.#ownSurfaces.shapes.set(pointer, shape.number) || object.clientGone) return;
    const cursor = this.#cursorOf(shape);
    if (cursor === null) return;
    const { surface, hotX, hotY } = cursor;
    const picture = { serial, surface: surface.object, hotspot_x: hotX, hotspot_y: hotY };
    if (object.is("wl_pointer")) client.sendRequest(object, "set_cursor", picture);
    else if (object.is("zwp_tablet_tool_v2")) client.sendRequest(object, "set_cursor", picture);
  }

  /** The session has ended. */
  close(): void {
    for (const cursor of this.#cursors.values()) cursor?.surface.close();
    this.#cursors.clear();
  }

  #cursorOf(shape: PointerShape): Cursor | null {
    const known = this.#cursors.get(shape);
    if (known !== undefined) return known;
    const cursor = this.#paint(shape);
    this.#cursors.set(shape, cursor);
    return cursor;
  }

  #paint(shape: PointerShape): Cursor | null {
    const found = this.#findCursor(shape.name);
    if (found === null) return null;
    const { image, hotX, hotY } = found;
    const surface = new PaintedSurface(this.#context, this.#tools);
    surface.resize(found);
    const picture = new Picture(image.width, image.height);
    new Uint8Array(picture.pixels.buffer).set(image.pixels);
    surface.show({ width: image.width, height: image.height, paint: () => picture });
    return { surface, hotX, hotY };
  }
}
