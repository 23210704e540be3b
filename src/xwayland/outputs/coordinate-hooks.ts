// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../../relay/client.ts";
import type { HookedMessage } from "../../relay/hooked-message.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { View, Views } from "./views.ts";

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Translates places between X pixels, which Xwayland uses, and the host's pixels. A place within a surface goes by the
 * size at which the surface is really shown, so that each of its pixels can be hit. Distances that have no place go by
 * the scale.
 */
export function coordinateHooks(of: (client: Client) => Views): Hooks {
  /** The surface that a pointer or a tool is over, or that a pointer is locked to. */
  const over = new WeakMap<WlObject, View>();
  /** The surface that each finger has touched first, which keeps it. */
  const touched = new WeakMap<WlObject, Map<number, View>>();

  const touchesOf = (touch: WlObject<"wl_touch">): Map<number, View> => {
    let views = touched.get(touch);
    if (views === undefined) {
      views = new Map();
      touched.set(touch, views);
    }
    return views;
  };

  const scaled = (client: Client, length: number): number => length * of(client).scale.factor;

  /** Cursors are as large for X programs as they draw them. */
  const cursor = (message: HookedMessage<{ hotspot_x: number; hotspot_y: number }>): void => {
    const { scale } = of(message.client);
    const { hotspot_x, hotspot_y } = message.args;
    message.change({ hotspot_x: scale.toHost(hotspot_x), hotspot_y: scale.toHost(hotspot_y) });
  };

  const swiped = (message: HookedMessage<{ dx: number; dy: number }>): void => {
    const { client, args } = message;
    message.change({ dx: scaled(client, args.dx), dy: scaled(client, args.dy) });
  };

  return {
    stage: "translation",
    events: {
      wl_pointer: {
        enter(message) {
          const { client, object, args } = message;
          const view = of(client).get(args.surface);
          over.set(object, view);
          const { x, y } = view.toX(args.surface_x, args.surface_y);
          message.change({ surface_x: x, surface_y: y });
        },
        motion(message) {
          const { object, args } = message;
          const place = over.get(object)?.toX(args.surface_x, args.surface_y);
          if (place !== undefined) message.change({ surface_x: place.x, surface_y: place.y });
        },
      },
      // What the device itself has measured (the unaccelerated motion) has no scale.
      zwp_relative_pointer_v1: { relative_motion: swiped },
      zwp_pointer_gesture_swipe_v1: { update: swiped },
      zwp_pointer_gesture_pinch_v1: { update: swiped },
      wl_touch: {
        down(message) {
          const { client, object, args } = message;
          const view = of(client).get(args.surface);
          touchesOf(object).set(args.id, view);
          message.change(view.toX(args.x, args.y));
        },
        motion(message) {
          const { object, args } = message;
          const place = touchesOf(object).get(args.id)?.toX(args.x, args.y);
          if (place !== undefined) message.change(place);
        },
        up: ({ object, args }) => void touchesOf(object).delete(args.id),
        cancel: ({ object }) => touchesOf(object).clear(),
        shape(message) {
          const { client, args } = message;
          message.change({ major: scaled(client, args.major), minor: scaled(client, args.minor) });
        },
      },
      zwp_tablet_tool_v2: {
        proximity_in: ({ client, object, args }) => void over.set(object, of(client).get(args.surface)),
        motion(message) {
          const { object, args } = message;
          const place = over.get(object)?.toX(args.x, args.y);
          if (place !== undefined) message.change(place);
        },
      },
    },
    requests: {
      wl_pointer: { set_cursor: cursor },
      zwp_tablet_tool_v2: { set_cursor: cursor },
      // They say where input goes, or what is opaque, which is a whole surface of Xwayland's.
      wl_region: {
        add: (message) => message.change(grown(message.args, of(message.client).scale.factor)),
        subtract: (message) => message.change(shrunk(message.args, of(message.client).scale.factor)),
      },
      zwp_pointer_constraints_v1: {
        lock_pointer: ({ client, args }) => void over.set(args.id, of(client).get(args.surface)),
      },
      zwp_locked_pointer_v1: {
        set_cursor_position_hint(message) {
          const { object, args } = message;
          const place = over.get(object)?.toHost(args.surface_x, args.surface_y);
          if (place !== undefined) message.change({ surface_x: place.x, surface_y: place.y });
        },
      },
    },
  };
}

/** The smallest logical rectangle with all of those pixels. */
function grown({ x, y, width, height }: Rect, factor: number): Rect {
  const [left, top] = [Math.floor(x / factor), Math.floor(y / factor)];
  return {
    x: left,
    y: top,
    width: Math.ceil((x + width) / factor) - left,
    height: Math.ceil((y + height) / factor) - top,
  };
}

/** The largest logical rectangle with none but those pixels. */
function shrunk({ x, y, width, height }: Rect, factor: number): Rect {
  const [left, top] = [Math.ceil(x / factor), Math.ceil(y / factor)];
  const [right, bottom] = [Math.floor((x + width) / factor), Math.floor((y + height) / factor)];
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}
