// SPDX-License-Identifier: Apache-2.0
/** Input on the edges of frames: it resizes the window, and the client learns nothing of it. */
import { bindForUs } from "../globals/host-globals.ts";
import {
  XdgToplevelResizeEdge as ResizeEdge,
  WpCursorShapeDeviceV1Shape as Shape,
} from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** So far from a corner an edge resizes in both directions, in logical pixels. */
const CORNER = 16;
/** linux/input-event-codes.h */
const BTN_LEFT = 0x110;
const PRESSED = 1;

/** A piece of a frame. */
export interface Piece {
  /** What it resizes; null for a popup's. */
  readonly toplevel: WlObject<"xdg_toplevel"> | null;
  /** The edge that it is, or the corner, as xdg_toplevel.resize_edge has it. */
  readonly edge: number;
  /** So far from its outer side an upper edge resizes. By the rest, where a label is, the window is moved. */
  grip: number;
  width: number;
  height: number;
}

const cursors: ReadonlyMap<number, number> = new Map([
  [ResizeEdge.top, Shape.n_resize],
  [ResizeEdge.bottom, Shape.s_resize],
  [ResizeEdge.left, Shape.w_resize],
  [ResizeEdge.right, Shape.e_resize],
  [ResizeEdge.top_left, Shape.nw_resize],
  [ResizeEdge.top_right, Shape.ne_resize],
  [ResizeEdge.bottom_left, Shape.sw_resize],
  [ResizeEdge.bottom_right, Shape.se_resize],
]);

/** What a pointer, a tool of a tablet or a drag is over. */
interface Focus {
  readonly piece: Piece;
  /** The serial of its coming, for the cursor. */
  readonly serial: number;
  /** What a press here resizes; none where it moves the window. */
  edge: number;
}

/** A finger that has come to a surface. */
interface Touch {
  readonly id: number;
  readonly serial: number;
  readonly surface: WlObject;
  readonly x: number;
  readonly y: number;
}

/** Which pieces of frames there are, and what is over them. */
export class EdgeInput {
  readonly #pieces = new WeakMap<WlObject, Piece>();
  readonly #focus = new WeakMap<WlObject, Focus>();
  /** The touches that began on an edge, by wl_touch. */
  readonly #touches = new WeakMap<WlObject, Set<number>>();
  readonly #seats = new WeakMap<WlObject, WlObject<"wl_seat">>();
  readonly #shapers = new WeakMap<Client, WlObject<"wp_cursor_shape_manager_v1">>();
  readonly #shapes = new WeakMap<WlObject, WlObject<"wp_cursor_shape_device_v1">>();

  /** Makes a surface known as a piece of a frame. */
  add(surface: WlObject<"wl_surface">, piece: Piece): void {
    this.#pieces.set(surface, piece);
  }

  /** Whether a device is over an edge, or has touches on one. */
  readonly isOver = (_client: Client, device: WlObject): boolean =>
    this.#focus.has(device) || (this.#touches.get(device)?.size ?? 0) > 0;

  /** The host announces a global: cursors of resizing come from it. */
  announced({ client, object, args }: HookedMessage<{ name: number; interface: string }, "wl_registry">): void {
    if (args.interface !== "wp_cursor_shape_manager_v1" || this.#shapers.has(client)) return;
    this.#shapers.set(client, bindForUs(client, object, args.name, "wp_cursor_shape_manager_v1", 1));
  }

  belongs(device: WlObject, seat: WlObject<"wl_seat">): void {
    this.#seats.set(device, seat);
  }

  /** A device comes over a surface. @returns whether that is an edge */
  enter(device: WlObject, serial: number, surface: WlObject | null): boolean {
    const piece = surface === null ? undefined : this.#pieces.get(surface);
    if (piece === undefined) return false;
    this.#focus.set(device, { piece, serial, edge: piece.edge });
    return true;
  }

  leave(device: WlObject): boolean {
    return this.#focus.delete(device);
  }

  /** A pointer is at a place of an edge. */
  at(client: Client, pointer: WlObject<"wl_pointer">, x: number, y: number): void {
    const focus = this.#focus.get(pointer);
    if (focus === undefined || focus.piece.toplevel === null || pointer.clientGone) return;
    focus.edge = edgeAt(focus.piece, x, y);
    const shape = cursors.get(focus.edge) ?? Shape.default;
    const manager = this.#shapers.get(client);
    if (manager === undefined) return;
    let shaper = this.#shapes.get(pointer);
    if (shaper === undefined) {
      shaper = client.createObject("wp_cursor_shape_device_v1", 1);
      client.sendRequest(manager, "get_pointer", { cursor_shape_device: shaper, pointer });
      this.#shapes.set(pointer, shaper);
    }
    client.sendRequest(shaper, "set_shape", { serial: focus.serial, shape });
  }

  /** A pointer is gone. */
  released(client: Client, pointer: WlObject): void {
    const shaper = this.#shapes.get(pointer);
    if (shaper !== undefined) client.sendRequest(shaper, "destroy", {});
    this.#focus.delete(pointer);
  }

  press(client: Client, pointer: WlObject, serial: number): void {
    const focus = this.#focus.get(pointer);
    if (focus !== undefined) this.#take(client, pointer, focus.piece, focus.edge, serial);
  }

  /** A finger touches a surface. @returns whether that is an edge */
  touch(client: Client, touch: WlObject, { id, serial, surface, x, y }: Touch): boolean {
    const piece = this.#pieces.get(surface);
    if (piece === undefined) return false;
    let touches = this.#touches.get(touch);
    if (touches === undefined) {
      touches = new Set();
      this.#touches.set(touch, touches);
    }
    touches.add(id);
    this.#take(client, touch, piece, edgeAt(piece, x, y), serial);
    return true;
  }

  isTouch(touch: WlObject, id: number): boolean {
    return this.#touches.get(touch)?.has(id) ?? false;
  }

  endTouch(touch: WlObject, id: number): boolean {
    return this.#touches.get(touch)?.delete(id) ?? false;
  }

  cancelTouches(touch: WlObject): void {
    this.#touches.delete(touch);
  }

  /** Lets the user resize a window, or move it. */
  #take(client: Client, device: WlObject, { toplevel }: Piece, edges: number, serial: number): void {
    const seat = this.#seats.get(device);
    if (toplevel === null || toplevel.clientGone || seat === undefined || seat.clientGone) return;
    if (edges === ResizeEdge.none) client.sendRequest(toplevel, "move", { seat, serial });
    else client.sendRequest(toplevel, "resize", { seat, serial, edges });
  }
}

/** The edge, or near its ends the corner, that a place of a piece belongs to; none for where a label is. */
function edgeAt({ edge, grip, width, height }: Piece, x: number, y: number): number {
  if (edge === ResizeEdge.top && y >= grip) return ResizeEdge.none;
  const isAcross = edge === ResizeEdge.top || edge === ResizeEdge.bottom;
  const isDown = edge === ResizeEdge.left || edge === ResizeEdge.right;
  if (isAcross && x < CORNER) return edge | ResizeEdge.left;
  if (isAcross && x >= width - CORNER) return edge | ResizeEdge.right;
  if (isDown && y < CORNER) return edge | ResizeEdge.top;
  if (isDown && y >= height - CORNER) return edge | ResizeEdge.bottom;
  return edge;
}

type Enter = HookedMessage<{ serial: number; surface: WlObject<"wl_surface"> }>;

/** Sees where devices come and go. */
export function edgeFocus(input: EdgeInput): Hooks {
  const proximityIn = (message: Enter): void => {
    const { object, args } = message;
    if (input.enter(object, args.serial, args.surface)) message.drop();
  };
  const proximityOut: Hook<unknown> = (message) => {
    if (input.leave(message.object)) message.drop();
  };
  return {
    stage: "policy",
    requests: {
      wl_seat: {
        get_pointer: ({ object, args: { id } }) => input.belongs(id, object),
        get_touch: ({ object, args: { id } }) => input.belongs(id, object),
      },
      wl_pointer: { release: ({ client, object }) => input.released(client, object) },
    },
    events: {
      wl_registry: { global: (message) => input.announced(message) },
      wl_pointer: {
        enter(message) {
          const { client, object, args } = message;
          input.leave(object);
          if (!input.enter(object, args.serial, args.surface)) return;
          message.drop();
          input.at(client, object, args.surface_x, args.surface_y);
        },
        leave(message) {
          if (input.leave(message.object)) message.drop();
        },
      },
      wl_touch: {
        down(message) {
          const { client, object, args } = message;
          if (input.touch(client, object, args)) message.drop();
        },
      },
      zwp_tablet_tool_v2: { proximity_in: proximityIn, proximity_out: proximityOut },
      wl_data_device: {
        enter(message) {
          const { object, args } = message;
          if (input.enter(object, args.serial, args.surface)) message.drop();
        },
        leave(message) {
          if (input.leave(message.object)) message.drop();
        },
      },
    },
  };
}

/** Keeps from a client what happens while a device is over an edge. */
export function edgeSilence(input: EdgeInput): Hooks {
  const drop: Hook<unknown> = (message) => message.drop();
  const ofTouch: Hook<{ id: number }> = (message) => {
    if (input.isTouch(message.object, message.args.id)) message.drop();
  };
  return {
    stage: "policy",
    when: input.isOver,
    events: {
      wl_pointer: {
        motion(message) {
          const { client, object, args } = message;
          message.drop();
          input.at(client, object, args.surface_x, args.surface_y);
        },
        warp: drop,
        button(message) {
          const { client, object, args } = message;
          message.drop();
          if (args.button === BTN_LEFT && args.state === PRESSED) input.press(client, object, args.serial);
        },
        axis: drop,
        frame: drop,
        axis_source: drop,
        axis_stop: drop,
        axis_discrete: drop,
        axis_value120: drop,
        axis_relative_direction: drop,
      },
      wl_touch: {
        up(message) {
          if (input.endTouch(message.object, message.args.id)) message.drop();
        },
        motion: ofTouch,
        shape: ofTouch,
        orientation: ofTouch,
        cancel: ({ object }) => input.cancelTouches(object),
      },
      zwp_tablet_tool_v2: {
        down: drop,
        up: drop,
        motion: drop,
        pressure: drop,
        distance: drop,
        tilt: drop,
        rotation: drop,
        slider: drop,
        wheel: drop,
        button: drop,
        frame: drop,
      },
      wl_data_device: { motion: drop, drop },
    },
  };
}
