// SPDX-License-Identifier: Apache-2.0
/** Frames around the windows of clients, drawn by us, which no client can cover, imitate at their place, or take off. */
import type { Rect } from "../hooks/damage.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { FramePolicy } from "../policy/policy.ts";
import { XdgToplevelState as State } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { BufferSizes } from "./buffer-sizes.ts";
import { BLACK, parseColor } from "./color.ts";
import type { EdgeInput } from "./edge-input.ts";
import { Edges } from "./edges.ts";
import { FramedWindow, isSameBox, type Layout } from "./framed-window.ts";
import { HostTools } from "./host-tools.ts";
import { LABEL_HEIGHT } from "./label.ts";
import { LabelSurface } from "./label-surface.ts";
import type { LoadTextPainter } from "./load-text.ts";
import { Positioners } from "./positioners.ts";
import { growthBy, type Insets, insetsOf, NO_INSETS, type Size } from "./size.ts";
import { Surface, UNKNOWN_SIZE } from "./surface.ts";
import type { TextPainter } from "./text-painter.ts";

/** The frame of a popup is thinner: it lies close to what it belongs to. */
const MAX_POPUP_WIDTH = 2;

/** The states that make programs draw no shadow, and no rounded corners: all edges touch something, our frame. */
const tiled: readonly number[] = [State.tiled_left, State.tiled_right, State.tiled_top, State.tiled_bottom];
/** xdg_toplevel knows these states since then. */
const TILED_SINCE = 2;

type SetCursor = Hook<{ surface: WlObject<"wl_surface"> | null }>;

/**
 * Frames windows. The host is told that a window is as much larger as its frame is wide, and the client does not learn of it.
 * The frame encloses all that the client shows in its window's own surface; a sub-surface that reaches out of it is not
 * shown. So nothing of the client's is ever outside of the frame or over it, whatever lies above what. A window that cannot
 * be framed is not shown.
 */
export function frames(guard: PolicyGuard, policy: FramePolicy, input: EdgeInput, loadPainter: LoadTextPainter): Hooks {
  // Who reads policies lets nothing else in.
  const color = parseColor(policy.color) ?? BLACK;
  const label = policy.label === "" ? null : { text: policy.label, color };
  const frame = insetsOf(policy.width, label === null ? policy.width : Math.max(policy.width, LABEL_HEIGHT));
  const popupFrame = insetsOf(Math.min(policy.width, MAX_POPUP_WIDTH));
  /** Null while it is loaded, and where there is no font. */
  let painter: TextPainter | null = null;
  const sizes = new BufferSizes();
  const surfaces = new WeakMap<WlObject, Surface>();
  const tools = new WeakMap<Client, HostTools>();
  /** The surfaces of sub-surfaces and viewports, and the windows of wl_surfaces, xdg_surfaces, toplevels and popups. */
  const surfaceOf = new WeakMap<WlObject, Surface>();
  const windows = new WeakMap<WlObject, FramedWindow>();
  const positioners = new Positioners();
  /** Clients of which the log has told that a part of a window is not shown. */
  const told = new WeakSet<Client>();

  const surfaceFor = (object: WlObject<"wl_surface">): Surface => {
    let surface = surfaces.get(object);
    if (surface === undefined) {
      surface = new Surface(object);
      surfaces.set(object, surface);
    }
    return surface;
  };
  const toolsOf = (client: Client): HostTools => {
    let known = tools.get(client);
    if (known === undefined) {
      known = new HostTools(client);
      tools.set(client, known);
    }
    return known;
  };

  /** Lets a surface show nothing, at the same time as what is committed next. */
  const hide = (client: Client, surface: Surface): void => {
    surface.hide();
    client.sendRequest(surface.object, "attach", { buffer: null, x: 0, y: 0 });
    client.sendRequest(surface.object, "commit", {});
    if (told.has(client)) return;
    told.add(client);
    client.log.info(`${client.name}: a part of a window that reaches out of its frame is not shown`);
  };
  /** Hides a sub-surface if it, or one within it, would be shown outside of the frame. */
  const keepWithin = (client: Client, surface: Surface, bounds: Rect | null): void => {
    if (surface.size !== null && bounds !== null && surface.reachesOutOf(bounds)) hide(client, surface);
  };

  /** Whether a window of some size would have its frame on the screen. */
  const hasRoom = (client: Client, { configured }: FramedWindow, { width, height }: Size): boolean => {
    const { largest } = toolsOf(client);
    return width <= Math.max(largest.width, configured.width) && height <= Math.max(largest.height, configured.height);
  };

  /** The parts of a window's frame; null where the host has nothing to make them with. */
  const edgesFor = (client: Client, window: FramedWindow): Edges | null => {
    if (window.edges !== null) return window.edges;
    const host = toolsOf(client);
    const { makers } = host;
    if (makers === null) return null;
    const { toplevel } = window;
    const { object } = window.surface;
    const text = painter;
    const makeLabel =
      label !== null && text !== null && toplevel !== null
        ? () => new LabelSurface(client, host, makers, object, label, text)
        : null;
    window.edges = new Edges(client, makers, object, host.strips(color, frame.top), toplevel, input, makeLabel);
    window.box = null;
    return window.edges;
  };

  const layoutOf = ({ bare: { phase } }: FramedWindow): Layout => {
    if (phase === "none") return "framed";
    return phase === "bare" && guard.policy.fullscreen === "without-frame" ? "bare" : "covered";
  };

  /** Frames what a commit is to show. @returns whether it may be shown */
  const enclose = (client: Client, window: FramedWindow, size: Size): boolean => {
    const box = window.boxFor(size);
    const layout = layoutOf(window);
    const insets = layout === "framed" ? window.frame : NO_INSETS;
    const growth = growthBy(insets);
    const whole = { width: box.right - box.left + growth.width, height: box.bottom - box.top + growth.height };
    if (!hasRoom(client, window, whole)) {
      guard.refuse(client, "frame", `a window of ${whole.width}x${whole.height}, whose frame would be off the screen,`);
      return false;
    }
    const edges = edgesFor(client, window);
    if (edges === null) {
      guard.refuse(client, "frame", "a window on a compositor without wl_subcompositor and wp_viewporter");
      return false;
    }
    const isFilled = window.hasMargins(box);
    if (isSameBox(box, window.box) && isFilled === window.isFilled && layout === window.layout) return true;
    const inner = layout === "covered" ? within(box, window.frame) : box;
    if (inner === null) return false;
    window.box = box;
    window.isFilled = isFilled;
    window.layout = layout;
    if (layout === "bare") edges.hide();
    else edges.place(inner, window.frame);
    edges.fill(isFilled ? box : null);
    const { left, top } = box;
    client.sendRequest(window.xdgSurface, "set_window_geometry", {
      x: left - insets.left,
      y: top - insets.top,
      ...whole,
    });
    return true;
  };

  const commit = (message: HookedMessage<unknown, "wl_surface">): void => {
    const { client, object } = message;
    const surface = surfaceFor(object);
    const { nextSize } = surface;
    const window = windows.get(object);
    if (window !== undefined) {
      if (nextSize === null) window.box = null;
      else if (!enclose(client, window, nextSize)) return message.drop();
      surface.commit();
      const { box } = window;
      if (box !== null) for (const child of surface.children) keepWithin(client, child, box);
      return;
    }
    const { bounds } = surface;
    surface.commit();
    if (bounds === null || surface.size === null || !(surface.isImmediate || surface.isSurplus)) return;
    if (!surface.reachesOutOf(bounds)) return;
    hide(client, surface);
  };

  const becomePointed = (surface: WlObject<"wl_surface">, client: Client): void => {
    const pointed = surfaceFor(surface);
    pointed.isPointed = true;
    for (const child of pointed.children) if (child.size !== null) hide(client, child);
  };
  const setCursor: SetCursor = ({ client, args: { surface } }) => {
    if (surface !== null) becomePointed(surface, client);
  };

  /** A limit of a window's size grows with the frame; 0 stays none. */
  const grow = (message: HookedMessage<Size, "xdg_toplevel">): void => {
    const { width: w, height: h } = message.args;
    // A negative one is for the host to refuse.
    const { width, height } = growthBy(frame);
    message.change({ width: w > 0 ? w + width : w, height: h > 0 ? h + height : h });
  };
  const endRole = (message: HookedMessage<unknown>): void => {
    const window = windows.get(message.object);
    if (window === undefined) return;
    windows.delete(window.surface.object);
    // Only then: the frame is not to go before its content.
    message.after(() => window.end());
  };
  return {
    stage: "policy",
    onClient({ log }) {
      if (label !== null && painter === null)
        void loadPainter(log).then((loaded) => {
          painter = loaded;
        });
    },
    events: {
      ...sizes.events,
      wl_registry: {
        global: ({ client, object, args: { name, interface: type, version } }) =>
          toolsOf(client).announced(object, name, type, version),
        global_remove: ({ client, args: { name } }) => toolsOf(client).removed(name),
      },
      xdg_toplevel: {
        configure(message) {
          const { client, object, args } = message;
          const window = windows.get(object);
          if (window === undefined) return;
          window.configured = { width: args.width, height: args.height };
          const isBare = guard.policy.fullscreen === "without-frame" && hasState(args.states, State.fullscreen);
          const excess = window.excessWith(isBare ? NO_INSETS : window.frame);
          window.bare.isWanted = isBare;
          message.change({
            width: less(args.width, excess.width),
            height: less(args.height, excess.height),
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
          const excess = window.excessWith(window.frame);
          message.change({ width: less(args.width, excess.width), height: less(args.height, excess.height) });
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
          const { buffer } = message.args;
          surfaceFor(object).buffer = buffer === null ? null : (sizes.get(buffer) ?? UNKNOWN_SIZE);
        },
        set_buffer_scale({ object, args: { scale } }) {
          if (scale > 0) surfaceFor(object).scale = scale;
        },
        set_buffer_transform({ object, args: { transform } }) {
          surfaceFor(object).isTurned = transform % 2 !== 0;
        },
        commit,
        destroy({ object }) {
          const surface = surfaces.get(object);
          windows.get(object)?.end();
          surface?.end();
        },
      },
      wp_viewporter: {
        get_viewport: ({ args: { id, surface } }) => void surfaceOf.set(id, surfaceFor(surface)),
      },
      wp_viewport: {
        set_source({ object, args: { width, height } }) {
          const surface = surfaceOf.get(object);
          if (surface !== undefined)
            surface.source = width > 0 ? { width: Math.ceil(width), height: Math.ceil(height) } : null;
        },
        set_destination({ object, args: { width, height } }) {
          const surface = surfaceOf.get(object);
          if (surface !== undefined) surface.destination = width > 0 ? { width, height } : null;
        },
        destroy({ object }) {
          const surface = surfaceOf.get(object);
          if (surface !== undefined) surface.source = surface.destination = null;
        },
      },
      wl_subcompositor: {
        get_subsurface(message) {
          const { client, args } = message;
          const [surface, parent] = [surfaceFor(args.surface), surfaceFor(args.parent)];
          surfaceOf.set(args.id, surface);
          if (surface.window !== null) return;
          surface.join(parent);
          keepWithin(client, surface, surface.bounds);
          const window = windows.get(args.parent);
          if (window !== undefined) message.after(() => window.edges?.raiseAbove(args.surface));
        },
      },
      wl_subsurface: {
        set_position: ({ object, args: { x, y } }) => surfaceOf.get(object)?.move(x, y),
        set_sync({ object }) {
          const surface = surfaceOf.get(object);
          if (surface !== undefined) surface.isSync = true;
        },
        set_desync({ client, object }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          surface.isSync = false;
          if (surface.isImmediate) keepWithin(client, surface, surface.bounds);
        },
        destroy: ({ object }) => surfaceOf.get(object)?.leave(),
      },
      xdg_wm_base: {
        get_xdg_surface: ({ args: { id, surface } }) => void surfaceOf.set(id, surfaceFor(surface)),
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
          positioners.place(client, positioner, window);
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
        set_min_size: (message) => grow(message),
        set_max_size: (message) => grow(message),
        destroy: endRole,
      },
      xdg_popup: {
        reposition({ client, object, args: { positioner } }) {
          const window = windows.get(object);
          if (window !== undefined) positioners.place(client, positioner, window);
        },
        destroy: endRole,
      },
      xdg_positioner: positioners.requests,
      wl_pointer: { set_cursor: setCursor },
      zwp_tablet_tool_v1: { set_cursor: setCursor },
      zwp_tablet_tool_v2: { set_cursor: setCursor },
      wl_data_device: {
        start_drag({ client, args: { icon } }) {
          if (icon !== null) becomePointed(icon, client);
        },
      },
    },
  };
}

/** A size without what the frame takes of it; 0 stays "as you like". */
function less(size: number, excess: number): number {
  return size === 0 ? 0 : Math.max(1, size - excess);
}

/** What is left of a box without a frame; null if that is nothing. */
function within(box: Rect, frame: Insets): Rect | null {
  const inner = {
    left: box.left + frame.left,
    top: box.top + frame.top,
    right: box.right - frame.right,
    bottom: box.bottom - frame.bottom,
  };
  return inner.left < inner.right && inner.top < inner.bottom ? inner : null;
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
