// SPDX-License-Identifier: Apache-2.0

import { WlPointerButtonState as ButtonState } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import type { HookedMessage } from "../../relay/hooked-message.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { WlObject } from "../../wire/wl-object.ts";

/** A pointer that is over a surface of ours. */
export interface OwnPointer {
  readonly object: WlObject<"wl_pointer">;
  /** The serial of its entering, by which its cursor may be set. */
  readonly serial: number;
}

/** A button that is pressed or released. */
export interface ButtonEvent {
  readonly button: number;
  readonly isPressed: boolean;
  readonly serial: number;
  /** Milliseconds, by the host's clock. */
  readonly time: number;
}

/** Deals with what the user does on a surface of ours. Places are in units of that surface. */
export interface OwnSurface {
  pointerMoved(pointer: OwnPointer, x: number, y: number): void;
  /** The pointer has left it, or what fingers do on it counts for nothing. */
  pointerLeft(): void;
  pointerButton(pointer: OwnPointer, button: ButtonEvent): void;
  touched(touch: WlObject<"wl_touch">, serial: number, x: number, y: number): void;
  /** A finger that has touched it moves. */
  touchMoved(x: number, y: number): void;
  /** A finger that has touched it is lifted. */
  released(): void;
}

/** The objects by which Xwayland hears of input. */
type Device =
  | "wl_pointer"
  | "wl_touch"
  | "zwp_tablet_tool_v2"
  | "zwp_pointer_gesture_swipe_v1"
  | "zwp_pointer_gesture_pinch_v1"
  | "zwp_pointer_gesture_hold_v1";

/** The surfaces of one session that Xwayland does not know, as they are ours, and which devices are on them. */
export class OwnSurfaces {
  readonly #surfaces = new Map<WlObject<"wl_surface">, OwnSurface>();
  readonly #pointers = new WeakMap<WlObject, OwnPointer & { readonly surface: OwnSurface }>();
  readonly #fingers = new WeakMap<WlObject, Map<number, OwnSurface>>();
  /** Other devices that are on one of them. */
  readonly #others = new WeakSet<WlObject>();

  add(object: WlObject<"wl_surface">, surface: OwnSurface): void {
    this.#surfaces.set(object, surface);
  }

  delete(object: WlObject<"wl_surface">): void {
    this.#surfaces.delete(object);
  }

  /** Whether Xwayland is not to hear everything of a device. */
  has(device: WlObject): boolean {
    return this.#pointers.has(device) || this.#others.has(device) || (this.#fingers.get(device)?.size ?? 0) > 0;
  }

  pointerEnters(object: WlObject<"wl_pointer">, serial: number, at: WlObject<"wl_surface">): OwnPointer | null {
    const surface = this.#surfaces.get(at);
    if (surface === undefined) {
      this.#pointers.delete(object);
      return null;
    }
    const pointer = { object, serial, surface };
    this.#pointers.set(object, pointer);
    return pointer;
  }

  pointerMoves(object: WlObject, x: number, y: number): void {
    const pointer = this.#pointers.get(object);
    pointer?.surface.pointerMoved(pointer, x, y);
  }

  pointerLeaves(object: WlObject): void {
    this.#pointers.get(object)?.surface.pointerLeft();
    this.#pointers.delete(object);
  }

  button(object: WlObject, event: ButtonEvent): void {
    const pointer = this.#pointers.get(object);
    pointer?.surface.pointerButton(pointer, event);
  }

  /** @returns whether that is one of ours */
  touchDown(touch: WlObject<"wl_touch">, args: TouchDown): boolean {
    const surface = this.#surfaces.get(args.surface);
    if (surface === undefined) return false;
    const fingers = this.#fingers.get(touch) ?? new Map<number, OwnSurface>();
    this.#fingers.set(touch, fingers.set(args.id, surface));
    surface.touched(touch, args.serial, args.x, args.y);
    return true;
  }

  /** Whether a finger has touched one of ours. */
  hasFinger(touch: WlObject, id: number): boolean {
    return this.#fingers.get(touch)?.has(id) ?? false;
  }

  touchMoves(touch: WlObject, id: number, x: number, y: number): void {
    this.#fingers.get(touch)?.get(id)?.touchMoved(x, y);
  }

  touchUp(touch: WlObject, id: number): void {
    this.#fingers.get(touch)?.get(id)?.released();
    this.#fingers.get(touch)?.delete(id);
  }

  touchCancelled(touch: WlObject): void {
    const fingers = this.#fingers.get(touch);
    for (const surface of fingers?.values() ?? []) surface.pointerLeft();
    fingers?.clear();
  }

  /** A tool or a gesture of a touchpad begins. @returns whether that is on one of ours */
  otherBegins(device: WlObject, surface: WlObject<"wl_surface">): boolean {
    if (this.#surfaces.has(surface)) this.#others.add(device);
    else this.#others.delete(device);
    return this.#others.has(device);
  }

  otherEnds(device: WlObject): void {
    this.#others.delete(device);
  }
}

interface TouchDown {
  readonly surface: WlObject<"wl_surface">;
  readonly id: number;
  readonly serial: number;
  readonly x: number;
  readonly y: number;
}

/** Finds out what comes onto surfaces of ours, of which Xwayland is not to hear. */
export function ownSurfaceHooks(of: (client: Client) => OwnSurfaces): Hooks {
  type Began = HookedMessage<{ surface: WlObject<"wl_surface"> }, Device>;
  const begins = (message: Began): void => {
    if (of(message.client).otherBegins(message.object, message.args.surface)) message.drop();
  };
  return {
    stage: "offers",
    events: {
      wl_pointer: {
        enter(message) {
          const { client, object, args } = message;
          const own = of(client);
          if (own.pointerEnters(object, args.serial, args.surface) === null) return;
          message.drop();
          own.pointerMoves(object, args.surface_x, args.surface_y);
        },
      },
      wl_touch: {
        down(message) {
          if (of(message.client).touchDown(message.object, message.args)) message.drop();
        },
      },
      zwp_tablet_tool_v2: { proximity_in: begins },
      zwp_pointer_gesture_swipe_v1: { begin: begins },
      zwp_pointer_gesture_pinch_v1: { begin: begins },
      zwp_pointer_gesture_hold_v1: { begin: begins },
    },
  };
}

/** Keeps from Xwayland what a device does while it is on a surface of ours. */
export function ownInputHooks(of: (client: Client) => OwnSurfaces): Hooks {
  const drop = (message: HookedMessage<unknown, Device>): void => message.drop();
  const dropLast = (message: HookedMessage<unknown, Device>): void => {
    message.drop();
    of(message.client).otherEnds(message.object);
  };
  const dropFinger = (message: HookedMessage<{ id: number }, "wl_touch">): void => {
    if (of(message.client).hasFinger(message.object, message.args.id)) message.drop();
  };
  const gesture = { update: drop, end: dropLast };
  return {
    stage: "offers",
    when: (client, object) => of(client).has(object),
    events: {
      wl_pointer: {
        motion(message) {
          message.drop();
          of(message.client).pointerMoves(message.object, message.args.surface_x, message.args.surface_y);
        },
        leave(message) {
          message.drop();
          of(message.client).pointerLeaves(message.object);
        },
        button(message) {
          const { client, object, args } = message;
          message.drop();
          of(client).button(object, { ...args, isPressed: args.state === ButtonState.pressed });
        },
        axis: drop,
        axis_source: drop,
        axis_stop: drop,
        axis_discrete: drop,
        axis_value120: drop,
        axis_relative_direction: drop,
      },
      wl_touch: {
        motion(message) {
          const { client, object, args } = message;
          dropFinger(message);
          of(client).touchMoves(object, args.id, args.x, args.y);
        },
        shape: dropFinger,
        orientation: dropFinger,
        up(message) {
          const { client, object, args } = message;
          dropFinger(message);
          of(client).touchUp(object, args.id);
        },
        cancel: ({ client, object }) => of(client).touchCancelled(object),
      },
      zwp_tablet_tool_v2: {
        proximity_out: drop,
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
      },
      zwp_pointer_gesture_swipe_v1: gesture,
      zwp_pointer_gesture_pinch_v1: gesture,
      zwp_pointer_gesture_hold_v1: { end: dropLast },
    },
  };
}
