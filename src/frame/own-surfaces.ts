// SPDX-License-Identifier: Apache-2.0
/** The surfaces of ours among those of clients. What the user does on them is for us, and clients hear nothing of it. */
import { WlPointerButtonState as ButtonState } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, HookStage, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { CursorShapes } from "./cursor-shapes.ts";

/** Buttons of a pointer (linux/input-event-codes.h). A pen that touches its tablet presses the left one, too. */
export const LEFT = 0x110;
export const RIGHT = 0x111;
/** The button of a pen that is for menus. */
const STYLUS = 0x14b;

/** A device of a client's that is on a surface of ours. */
export interface OwnDevice {
  readonly client: Client;
  readonly object: WlObject<"wl_pointer" | "wl_touch" | "zwp_tablet_tool_v2">;
  /** The seat of the device; null for one that the client has released. */
  readonly seat: WlObject<"wl_seat"> | null;
}

/** A pointer, or the tool of a tablet, that is over a surface of ours. */
export interface OwnPointer extends OwnDevice {
  readonly object: WlObject<"wl_pointer" | "zwp_tablet_tool_v2">;
  /** The serial of its entering, by which its cursor may be set. */
  readonly serial: number;
  /** Where it is, in units of the surface. */
  readonly x: number;
  readonly y: number;
}

/** A button that is pressed or released. */
export interface ButtonEvent {
  readonly button: number;
  readonly isPressed: boolean;
  readonly serial: number;
  /** Milliseconds, by a clock of the device's. */
  readonly time: number;
}

/** Deals with what the user does on a surface of ours. Places are in units of that surface. */
export interface OwnSurface {
  /** The client's surface that it belongs to. */
  readonly window: WlObject<"wl_surface">;
  pointerMoved(pointer: OwnPointer): void;
  pointerButton(pointer: OwnPointer, button: ButtonEvent): void;
  touched(touch: OwnDevice, serial: number, x: number, y: number): void;
  /** The pointer has left it, or what fingers do on it counts for nothing. */
  left?(): void;
  /** A finger that has touched it moves. */
  touchMoved?(x: number, y: number): void;
  /** A finger that has touched it is lifted. */
  touchEnded?(): void;
}

/** A pointer or tool, and the surface of ours that it is over. */
interface Focus extends OwnPointer {
  readonly surface: OwnSurface;
  x: number;
  y: number;
  /** Whether the client has still to hear of the end of the events by which the pointer has left its own surface. */
  owesFrame: boolean;
}

/** The devices that come onto surfaces with an event that names the surface, and do nothing there that is of use to us. */
type OtherDevice =
  | "zwp_pointer_gesture_swipe_v1"
  | "zwp_pointer_gesture_pinch_v1"
  | "zwp_pointer_gesture_hold_v1"
  | "wl_data_device";

/** Knows the surfaces of ours, and which devices are on them. Who looks for the host's shapes adds `shapes.finder`. */
export class OwnSurfaces {
  /** The shapes of pointers that are over them. */
  readonly shapes: CursorShapes = new CursorShapes();
  readonly #surfaces = new WeakMap<WlObject, OwnSurface>();
  /** How many there are: where there is none, nothing is to be looked up. */
  #count = 0;
  readonly #pointers = new WeakMap<WlObject, Focus>();
  /** The pointers that have just left a surface of the client's. */
  readonly #leaving = new WeakSet<WlObject>();
  readonly #fingers = new WeakMap<WlObject, Map<number, OwnSurface>>();
  readonly #others = new WeakSet<WlObject>();
  readonly #seats = new WeakMap<WlObject, WlObject<"wl_seat">>();

  add(object: WlObject<"wl_surface">, surface: OwnSurface): void {
    if (!this.#surfaces.has(object)) this.#count++;
    this.#surfaces.set(object, surface);
  }

  delete(object: WlObject<"wl_surface">): void {
    if (this.#surfaces.delete(object)) this.#count--;
  }

  /** The hooks by which all that is learned, and kept from clients. */
  hooks(stage: HookStage): readonly Hooks[] {
    return [this.shapes.hooks(stage), this.#devices(stage), this.#arrivals(stage), this.#silence(stage)];
  }

  /** Whether a device is on one of them, so that its client is not to hear everything of it. */
  readonly #has = (_client: Client, device: WlObject): boolean =>
    this.#count > 0 &&
    (this.#pointers.has(device) || this.#others.has(device) || (this.#fingers.get(device)?.size ?? 0) > 0);

  #seatOf(device: WlObject): WlObject<"wl_seat"> | null {
    const seat = this.#seats.get(device);
    return seat === undefined || seat.clientGone || device.clientGone ? null : seat;
  }

  /** A pointer or tool comes onto a surface. @returns whether that is one of ours */
  #enter(
    { client, object }: HookedMessage<unknown, "wl_pointer" | "zwp_tablet_tool_v2">,
    serial: number,
    at: WlObject<"wl_surface">,
  ): boolean {
    this.#leave(object);
    const surface = this.#surfaces.get(at);
    const owesFrame = this.#leaving.delete(object);
    if (surface === undefined) return false;
    const own = this;
    const focus = {
      ...{ client, object, serial, surface, owesFrame, x: 0, y: 0 },
      get seat() {
        return own.#seatOf(object);
      },
    };
    this.#pointers.set(object, focus);
    return true;
  }

  #move(object: WlObject, x: number, y: number): void {
    const focus = this.#pointers.get(object);
    if (focus === undefined) return;
    focus.x = x;
    focus.y = y;
    focus.surface.pointerMoved(focus);
  }

  #button(object: WlObject, event: ButtonEvent): void {
    const focus = this.#pointers.get(object);
    focus?.surface.pointerButton(focus, event);
  }

  #leave(object: WlObject): void {
    const focus = this.#pointers.get(object);
    this.#pointers.delete(object);
    focus?.surface.left?.();
  }

  /** @returns whether that is one of ours */
  #touch({ client, object, args }: HookedMessage<TouchDown, "wl_touch">): boolean {
    const surface = this.#surfaces.get(args.surface);
    if (surface === undefined) return false;
    const fingers = this.#fingers.get(object) ?? new Map<number, OwnSurface>();
    this.#fingers.set(object, fingers.set(args.id, surface));
    surface.touched({ client, object, seat: this.#seatOf(object) }, args.serial, args.x, args.y);
    return true;
  }

  /** Learns whose devices are whose. */
  #devices(stage: HookStage): Hooks {
    const made: Hook<{ id: WlObject }, "wl_seat"> = ({ object, args }) => void this.#seats.set(args.id, object);
    return {
      stage,
      requests: {
        wl_seat: { get_pointer: made, get_touch: made },
        zwp_tablet_manager_v2: {
          get_tablet_seat: ({ args: { tablet_seat: id, seat } }) => void this.#seats.set(id, seat),
        },
      },
      events: {
        zwp_tablet_seat_v2: {
          tool_added: ({ object, args: { id } }) => {
            const seat = this.#seats.get(object);
            if (seat !== undefined) this.#seats.set(id, seat);
          },
        },
      },
    };
  }

  /** Finds out what comes onto them. */
  #arrivals(stage: HookStage): Hooks {
    // weston gives the keyboard to the very surface that is clicked.
    const ofWindow: Hook<{ surface: WlObject<"wl_surface"> }, "wl_keyboard"> = (message) => {
      const surface = this.#surfaces.get(message.args.surface)?.window;
      if (surface !== undefined && !surface.clientGone) message.change({ surface });
    };
    const begins = (message: HookedMessage<{ surface: WlObject<"wl_surface"> }, OtherDevice>): void => {
      const { object, args } = message;
      this.#others.delete(object);
      if (!this.#surfaces.has(args.surface)) return;
      this.#others.add(object);
      message.drop();
    };
    return {
      stage,
      when: () => this.#count > 0,
      events: {
        wl_pointer: {
          enter: (message) => {
            const { object, args } = message;
            if (!this.#enter(message, args.serial, args.surface)) return;
            message.drop();
            this.#move(object, args.surface_x, args.surface_y);
          },
          leave: (message) => {
            const { object } = message;
            if (!this.#pointers.has(object)) return void this.#leaving.add(object);
            message.drop();
            this.#leave(object);
          },
        },
        wl_keyboard: { enter: ofWindow, leave: ofWindow },
        wl_touch: {
          down: (message) => {
            if (this.#touch(message)) message.drop();
          },
        },
        zwp_tablet_tool_v2: {
          proximity_in: (message) => {
            if (this.#enter(message, message.args.serial, message.args.surface)) message.drop();
          },
          proximity_out: (message) => {
            const { object } = message;
            if (!this.#pointers.has(object)) return void this.#leaving.add(object);
            message.drop();
            this.#leave(object);
          },
        },
        zwp_pointer_gesture_swipe_v1: { begin: begins },
        zwp_pointer_gesture_pinch_v1: { begin: begins },
        zwp_pointer_gesture_hold_v1: { begin: begins },
        wl_data_device: { enter: begins },
      },
    };
  }

  /** Keeps from a client what a device does while it is on one of them. */
  #silence(stage: HookStage): Hooks {
    const drop: Hook<unknown> = (message) => message.drop();
    const dropLast: Hook<unknown> = (message) => {
      message.drop();
      this.#others.delete(message.object);
    };
    const dropFrame: Hook<unknown> = (message) => {
      const focus = this.#pointers.get(message.object);
      if (focus?.owesFrame !== true) return message.drop();
      focus.owesFrame = false;
    };
    const dropFinger = (message: HookedMessage<{ id: number }, "wl_touch">): OwnSurface | undefined => {
      const surface = this.#fingers.get(message.object)?.get(message.args.id);
      if (surface !== undefined) message.drop();
      return surface;
    };
    const ofFinger: Hook<{ id: number }, "wl_touch"> = (message) => void dropFinger(message);
    const gesture = { update: drop, end: dropLast };
    return {
      stage,
      when: this.#has,
      // The cursor is ours as long.
      requests: { wl_pointer: { set_cursor: drop }, zwp_tablet_tool_v2: { set_cursor: drop } },
      events: {
        wl_pointer: {
          motion: (message) => {
            message.drop();
            this.#move(message.object, message.args.surface_x, message.args.surface_y);
          },
          button: (message) => {
            const { object, args } = message;
            message.drop();
            this.#button(object, { ...args, isPressed: args.state === ButtonState.pressed });
          },
          frame: dropFrame,
          warp: drop,
          axis: drop,
          axis_source: drop,
          axis_stop: drop,
          axis_discrete: drop,
          axis_value120: drop,
          axis_relative_direction: drop,
        },
        wl_touch: {
          motion: (message) => dropFinger(message)?.touchMoved?.(message.args.x, message.args.y),
          up: (message) => {
            dropFinger(message)?.touchEnded?.();
            this.#fingers.get(message.object)?.delete(message.args.id);
          },
          shape: ofFinger,
          orientation: ofFinger,
          cancel: ({ object }) => {
            const fingers = this.#fingers.get(object);
            this.#fingers.delete(object);
            for (const surface of fingers?.values() ?? []) surface.left?.();
          },
        },
        zwp_tablet_tool_v2: {
          motion: (message) => {
            message.drop();
            this.#move(message.object, message.args.x, message.args.y);
          },
          down: (message) => {
            message.drop();
            this.#button(message.object, press(LEFT, message.args.serial, true));
          },
          up: (message) => {
            message.drop();
            // Nothing that begins with its end asks for a serial.
            this.#button(message.object, press(LEFT, 0, false));
          },
          button: (message) => {
            const { object, args } = message;
            message.drop();
            const button = args.button === STYLUS ? RIGHT : args.button;
            this.#button(object, press(button, args.serial, args.state === ButtonState.pressed));
          },
          frame: dropFrame,
          pressure: drop,
          distance: drop,
          tilt: drop,
          rotation: drop,
          slider: drop,
          wheel: drop,
        },
        zwp_pointer_gesture_swipe_v1: gesture,
        zwp_pointer_gesture_pinch_v1: gesture,
        zwp_pointer_gesture_hold_v1: { end: dropLast },
        wl_data_device: { motion: drop, drop, leave: dropLast },
      },
    };
  }
}

interface TouchDown {
  readonly surface: WlObject<"wl_surface">;
  readonly id: number;
  readonly serial: number;
  readonly x: number;
  readonly y: number;
}

/** What a tool does, whose events have no times of their own. */
function press(button: number, serial: number, isPressed: boolean): ButtonEvent {
  return { button, serial, isPressed, time: performance.now() };
}
