// SPDX-License-Identifier: Apache-2.0
/** Frames around the windows of clients, drawn by us, which no client can cover, imitate at their place, or take off. */
import type { PolicyGuard } from "../policy/guard.ts";
import { XdgToplevelState as State } from "../protocol/generated/enums.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { BufferSizes } from "./buffer-sizes.ts";
import { FramedWindow } from "./framed-window.ts";
import type { Framing } from "./framing.ts";
import { Positioners } from "./positioners.ts";
import { bounded, growthBy, isNone, movedBy, NO_INSETS, NO_OFFSET, negative, type Size } from "./size.ts";
import { type Surface, UNKNOWN_SIZE } from "./surface.ts";

/** The states that make programs draw no shadow, and no rounded corners: all edges touch something, our frame. */
const tiled: readonly number[] = [State.tiled_left, State.tiled_right, State.tiled_top, State.tiled_bottom];
/** xdg_toplevel knows these states since then. */
const TILED_SINCE = 2;

/** wl_surface has a request of its own for its offset since then. */
const OFFSET_SINCE = 5;

type SetCursor = Hook<{ surface: WlObject<"wl_surface"> | null }>;

/** The hooks that frame windows. */
export function frames(guard: PolicyGuard, framing: Framing): Hooks {
  const { frame, popupFrame } = framing;
  const sizes = new BufferSizes();
  const positioners = new Positioners("send");
  /** The surfaces of sub-surfaces and viewports, and the windows of wl_surfaces, xdg_surfaces, toplevels and popups. */
  const surfaceOf = new WeakMap<WlObject, Surface>();
  const windows = new WeakMap<WlObject, FramedWindow>();

  const setCursor: SetCursor = ({ client, args: { surface } }) => {
    if (surface !== null) framing.becomePointed(client, framing.surfaceFor(surface));
  };

  /** A limit of a window's size grows with the frame; 0 stays none. */
  const grow = (message: HookedMessage<Size, "xdg_toplevel">): void => {
    const { width: w, height: h } = message.args;
    // A negative one is for the host to refuse.
    const { width, height } = growthBy(frame);
    message.change({ width: w > 0 ? bounded(w + width) : w, height: h > 0 ? bounded(h + height) : h });
  };
  const endRole = (message: HookedMessage<unknown>): void => {
    const window = windows.get(message.object);
    if (window === undefined) return;
    windows.delete(window.surface.object);
    // Only then: the frame is not to go before its content.
    message.after(() => framing.endWindow(message.client, window));
  };
  return {
    stage: "policy",
    onClient: (client) => framing.prepare(client),
    events: {
      ...sizes.events,
      wl_registry: {
        global: ({ client, object, args: { name, interface: type, version } }) =>
          framing.toolsOf(client).announced(object, name, type, version),
        global_remove: ({ client, args: { name } }) => framing.toolsOf(client).removed(name),
      },
      xdg_toplevel: {
        configure(message) {
          const { client, object, args } = message;
          const window = windows.get(object);
          if (window === undefined) return;
          window.configured = { width: args.width, height: args.height };
          const isBare = guard.policy.fullscreen === "without-frame" && hasState(args.states, State.fullscreen);
          const growth = window.growthWith(isBare ? NO_INSETS : window.frame);
          window.bare.isWanted = isBare;
          message.change({
            width: less(args.width, growth.width),
            height: less(args.height, growth.height),
            // The window manager of X11 programs would take it for a place that the window has to fill.
            ...(object.version >= TILED_SINCE && !client.isShared && { states: withTiled(args.states) }),
          });
          // The client may take its time, or do nothing.
          const { object: surface } = window.surface;
          if (window.layout === "bare" && !isBare && !surface.clientGone) client.injectRequest(surface, "commit", {});
        },
        configure_bounds(message) {
          const { object, args } = message;
          const window = windows.get(object);
          if (window === undefined) return;
          const { width, height } = window.growthWith(window.frame);
          message.change({ width: less(args.width, width), height: less(args.height, height) });
        },
      },
      xdg_surface: {
        configure: ({ object, args: { serial } }) => windows.get(object)?.bare.sent(serial),
      },
      xdg_popup: {
        configure(message) {
          const { object, args } = message;
          const window = windows.get(object);
          if (window === undefined) return;
          const { x, y } = window.parent?.offset ?? { x: 0, y: 0 };
          const { insets } = window;
          const { width, height } = growthBy(insets);
          message.change({
            x: args.x + insets.left - x,
            y: args.y + insets.top - y,
            width: less(args.width, width),
            height: less(args.height, height),
          });
        },
      },
    },
    requests: {
      ...sizes.requests,
      wl_surface: {
        attach(message) {
          const { object } = message;
          const { buffer, x, y } = message.args;
          const surface = framing.surfaceFor(object);
          surface.buffer = buffer === null ? null : (sizes.get(buffer) ?? UNKNOWN_SIZE);
          // Later versions have a request of its own for that, and this is for the host to refuse.
          if ((x !== 0 || y !== 0) && !surface.isPointed && object.version < OFFSET_SINCE) message.change(NO_OFFSET);
        },
        // weston and mutter would move a sub-surface by it, mutter also by what it had before it was one. Both would move a
        // window with its frame off the screen.
        offset(message) {
          if (!framing.surfaceFor(message.object).isPointed) message.drop();
        },
        set_buffer_scale({ object, args: { scale } }) {
          if (scale > 0) framing.surfaceFor(object).scale = scale;
        },
        set_buffer_transform({ object, args: { transform } }) {
          framing.surfaceFor(object).isTurned = transform % 2 !== 0;
        },
        commit(message) {
          const { client, object } = message;
          const window = windows.get(object);
          if (window === undefined) framing.commit(client, framing.surfaceFor(object));
          else if (!framing.commitWindow(client, window, (then) => message.after(then))) message.drop();
        },
        destroy({ client, object }) {
          const window = windows.get(object);
          if (window !== undefined) framing.endWindow(client, window);
          framing.end(client, object);
        },
      },
      wp_viewporter: {
        get_viewport({ args: { id, surface: object } }) {
          const surface = framing.surfaceFor(object);
          surfaceOf.set(id, surface);
          surface.viewport = id;
          framing.cropOf(surface)?.giveWay();
        },
      },
      wp_viewport: {
        set_source({ object, args }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          surface.source = args.width > 0 ? args : null;
          framing.cropOf(surface)?.overridden();
        },
        set_destination({ object, args }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          surface.destination = args.width > 0 ? args : null;
          framing.cropOf(surface)?.overridden();
        },
        destroy({ object }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined || surface.viewport !== object) return;
          surface.source = surface.destination = surface.viewport = null;
          framing.cropOf(surface)?.overridden();
        },
      },
      wl_subcompositor: {
        get_subsurface(message) {
          const { client, args } = message;
          const [surface, parent] = [framing.surfaceFor(args.surface), framing.surfaceFor(args.parent)];
          surfaceOf.set(args.id, surface);
          if (surface.window !== null) return;
          framing.join(client, surface, parent, args.id);
          const window = windows.get(args.parent);
          if (window === undefined) return;
          message.after(() => {
            window.edges?.raiseAbove(args.surface);
            if (!isNone(parent.origin)) surface.tellPlace(client);
          });
        },
      },
      wl_subsurface: {
        set_position(message) {
          const { object, args } = message;
          const surface = surfaceOf.get(object);
          surface?.move(args.x, args.y);
          if (surface !== undefined) message.change(surface.hostPlace);
        },
        set_sync({ object }) {
          const surface = surfaceOf.get(object);
          if (surface !== undefined) surface.isSync = true;
        },
        set_desync({ client, object }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          surface.isSync = false;
          framing.release(client, surface);
        },
        destroy({ client, object }) {
          const surface = surfaceOf.get(object);
          if (surface?.subsurface === object) framing.leave(client, surface);
        },
      },
      xdg_wm_base: {
        get_xdg_surface: ({ args: { id, surface } }) => void surfaceOf.set(id, framing.surfaceFor(surface)),
      },
      xdg_surface: {
        get_toplevel({ object, args: { id } }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          const window = new FramedWindow(surface, object, id, frame);
          for (const key of [surface.object, object, id]) windows.set(key, window);
        },
        get_popup({ client, object, args: { id, parent, positioner } }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          const window = new FramedWindow(surface, object, null, popupFrame);
          window.parent = (parent && windows.get(parent)) ?? null;
          for (const key of [surface.object, object, id]) windows.set(key, window);
          positioners.place(client, positioner, window.moved);
        },
        ack_configure: ({ object, args: { serial } }) => windows.get(object)?.bare.acknowledged(serial),
        set_window_geometry(message) {
          const { object, args } = message;
          const window = windows.get(object);
          // What is wrong with it is for the host to say.
          if (window === undefined || args.width <= 0 || args.height <= 0) return;
          message.drop();
          const { x: left, y: top } = args;
          window.geometry = { left, top, right: left + args.width, bottom: top + args.height };
        },
      },
      xdg_toplevel: {
        // It counts from the corner of the surface.
        show_window_menu(message) {
          const origin = windows.get(message.object)?.surface.origin ?? NO_OFFSET;
          message.change(movedBy(message.args, negative(origin)));
        },
        set_min_size: (message) => grow(message),
        set_max_size: (message) => grow(message),
        destroy: endRole,
      },
      xdg_popup: {
        reposition({ client, object, args: { positioner } }) {
          const window = windows.get(object);
          if (window !== undefined) positioners.place(client, positioner, window.moved);
        },
        destroy: endRole,
      },
      xdg_positioner: positioners.requests,
      xdg_toplevel_drag_v1: {
        // The window hangs at the pointer by a place of its own.
        attach(message) {
          const { toplevel, x_offset: x, y_offset: y } = message.args;
          const window = windows.get(toplevel);
          if (window === undefined) return;
          const moved = movedBy({ x, y }, window.offset);
          message.change({ x_offset: moved.x, y_offset: moved.y });
        },
      },
      wl_pointer: { set_cursor: setCursor },
      zwp_tablet_tool_v1: { set_cursor: setCursor },
      zwp_tablet_tool_v2: { set_cursor: setCursor },
      wl_data_device: {
        start_drag({ client, args: { icon } }) {
          if (icon !== null) framing.becomePointed(client, framing.surfaceFor(icon));
        },
      },
    },
  };
}

/** Moves what windows have drawn, of which the host shows a part. */
export function croppedDamage(framing: Framing): Hooks {
  return {
    stage: "policy",
    when: (_client, surface) => !isNone(framing.originOf(surface)),
    requests: {
      wl_surface: {
        damage: (message) => message.change(movedBy(message.args, negative(framing.originOf(message.object)))),
      },
    },
  };
}

/** A size without what the frame takes of it; 0 stays "as you like". */
function less(size: number, excess: number): number {
  return size === 0 ? 0 : Math.max(1, size - excess);
}

/** Whether a window's states have one of them. */
function hasState(states: Uint8Array, state: number): boolean {
  const view = new DataView(states.buffer, states.byteOffset, states.byteLength);
  for (let at = 0; at + 4 <= states.byteLength; at += 4) if (view.getUint32(at, true) === state) return true;
  return false;
}

/** A window's states, as an array of 32-bit numbers, with those that say that all its edges touch something. */
function withTiled(states: Uint8Array): Uint8Array {
  const view = new DataView(states.buffer, states.byteOffset, states.byteLength);
  const all = new Set(tiled);
  for (let at = 0; at + 4 <= states.byteLength; at += 4) all.add(view.getUint32(at, true));
  return new Uint8Array(Uint32Array.from(all).buffer);
}
