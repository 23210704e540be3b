// SPDX-License-Identifier: Apache-2.0
/** Input on windows of which the host shows a part: client and host count from different corners. */
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { isNone, movedBy, NO_OFFSET, negative, type Offset } from "./size.ts";

/** Knows the surfaces that input is on, and from where the host counts there. */
export class CropInput {
  /** The place from which the host counts on a surface, in the client's coordinates. */
  readonly originOf: (surface: WlObject) => Offset;
  /** The surface that a pointer, a tool of a tablet, a drag or a text input is on, or to which a pointer is locked. */
  readonly #focus = new WeakMap<WlObject, WlObject>();
  /** The surface that each finger has touched first, which keeps it. */
  readonly #touches = new WeakMap<WlObject, Map<number, WlObject>>();

  constructor(originOf: (surface: WlObject) => Offset) {
    this.originOf = originOf;
  }

  enter(device: WlObject, surface: WlObject): void {
    this.#focus.set(device, surface);
  }

  leave(device: WlObject): void {
    this.#focus.delete(device);
  }

  originFor(device: WlObject): Offset {
    const surface = this.#focus.get(device);
    return surface === undefined ? NO_OFFSET : this.originOf(surface);
  }

  touch(device: WlObject, id: number, surface: WlObject): Offset {
    const origin = this.originOf(surface);
    if (isNone(origin)) return origin;
    let fingers = this.#touches.get(device);
    if (fingers === undefined) {
      fingers = new Map();
      this.#touches.set(device, fingers);
    }
    fingers.set(id, surface);
    return origin;
  }

  originForTouch(device: WlObject, id: number): Offset {
    const surface = this.#touches.get(device)?.get(id);
    return surface === undefined ? NO_OFFSET : this.originOf(surface);
  }

  endTouch(device: WlObject, id: number): void {
    this.#touches.get(device)?.delete(id);
  }

  cancelTouches(device: WlObject): void {
    this.#touches.delete(device);
  }

  /** Whether client and host count differently where a device is. */
  readonly isMoved = (_client: Client, device: WlObject): boolean =>
    !isNone(this.originFor(device)) || (this.#touches.get(device)?.size ?? 0) > 0;
}

const moveBy = (message: HookedMessage<Offset>, { x, y }: Offset): void => {
  if (x !== 0 || y !== 0) message.change({ x: message.args.x + x, y: message.args.y + y });
};
const onSurface = (message: HookedMessage<{ surface_x: number; surface_y: number }>, { x, y }: Offset): void => {
  const { surface_x, surface_y } = message.args;
  if (x !== 0 || y !== 0) message.change({ surface_x: surface_x + x, surface_y: surface_y + y });
};

/** Sees where input comes and goes. */
export function cropFocus(input: CropInput): Hooks {
  const enter: Hook<{ surface: WlObject }> = ({ object, args }) => input.enter(object, args.surface);
  const leave: Hook<unknown> = ({ object }) => input.leave(object);
  const lock: Hook<{ id: WlObject; surface: WlObject }> = ({ args }) => input.enter(args.id, args.surface);
  const textInput = { activate: enter, deactivate: leave };
  return {
    stage: "policy",
    events: {
      wl_pointer: {
        enter(message) {
          enter(message);
          onSurface(message, input.originFor(message.object));
        },
        leave,
      },
      wl_touch: {
        down(message) {
          const { object, args } = message;
          moveBy(message, input.touch(object, args.id, args.surface));
        },
      },
      zwp_tablet_tool_v1: { proximity_in: enter, proximity_out: leave },
      zwp_tablet_tool_v2: { proximity_in: enter, proximity_out: leave },
      wl_data_device: {
        enter(message) {
          enter(message);
          moveBy(message, input.originFor(message.object));
        },
        leave,
      },
      zwp_text_input_v2: { enter, leave },
      zwp_text_input_v3: { enter, leave },
    },
    requests: {
      zwp_pointer_constraints_v1: { lock_pointer: lock, confine_pointer: lock },
      wl_text_input: textInput,
      zwp_text_input_v1: textInput,
      // These name their surface themselves.
      wp_pointer_warp_v1: {
        warp_pointer: (message) => moveBy(message, negative(input.originOf(message.args.surface))),
      },
      zwlr_foreign_toplevel_handle_v1: {
        set_rectangle: (message) =>
          message.change(movedBy(message.args, negative(input.originOf(message.args.surface)))),
      },
    },
  };
}

/** Translates places, where that makes a difference. */
export function cropPlaces(input: CropInput): Hooks {
  const cursorRectangle: Hook<Offset> = (message) =>
    message.change(movedBy(message.args, negative(input.originFor(message.object))));
  return {
    stage: "policy",
    when: input.isMoved,
    events: {
      wl_pointer: {
        motion: (message) => onSurface(message, input.originFor(message.object)),
        warp: (message) => onSurface(message, input.originFor(message.object)),
      },
      wl_touch: {
        motion: (message) => moveBy(message, input.originForTouch(message.object, message.args.id)),
        up: ({ object, args }) => input.endTouch(object, args.id),
        cancel: ({ object }) => input.cancelTouches(object),
      },
      zwp_tablet_tool_v1: { motion: (message) => moveBy(message, input.originFor(message.object)) },
      zwp_tablet_tool_v2: { motion: (message) => moveBy(message, input.originFor(message.object)) },
      zwp_text_input_v2: {
        input_panel_state: (message) => message.change(movedBy(message.args, input.originFor(message.object))),
      },
      wl_data_device: { motion: (message) => moveBy(message, input.originFor(message.object)) },
    },
    requests: {
      zwp_locked_pointer_v1: {
        set_cursor_position_hint: (message) => onSurface(message, negative(input.originFor(message.object))),
      },
      wl_text_input: { set_cursor_rectangle: cursorRectangle },
      zwp_text_input_v1: { set_cursor_rectangle: cursorRectangle },
      zwp_text_input_v2: { set_cursor_rectangle: cursorRectangle },
      zwp_text_input_v3: { set_cursor_rectangle: cursorRectangle },
    },
  };
}
