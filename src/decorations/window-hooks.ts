// SPDX-License-Identifier: Apache-2.0
/** Sees what windows are like, and moves what counts from their upper edge. */
import { Positioners } from "../frame/positioners.ts";
import { type Surface, UNKNOWN_SIZE } from "../frame/surface.ts";
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { DecoratedWindow } from "./decorated-window.ts";
import type { DecoratedWindows } from "./decorated-windows.ts";

/** What windows show. */
export function contentHooks(all: DecoratedWindows): Hooks {
  return {
    stage: "offers",
    when: (client, object) => all.isKnown(client) && all.windows.has(object),
    requests: {
      wl_surface: {
        attach({ object, args: { buffer } }) {
          const surface = all.surfaceFor(object);
          surface.buffer = buffer === null ? null : (all.sizes.get(buffer) ?? UNKNOWN_SIZE);
          const window = all.windows.get(object);
          if (window === undefined) return;
          window.isDirty = true;
          if (buffer !== null) window.hasContent = true;
        },
        commit: ({ object }) => all.windows.get(object)?.commits(),
      },
    },
  };
}

/** Everything else about the windows of clients that know of decorations. */
export function windowHooks(all: DecoratedWindows): Hooks {
  const { windows } = all;
  const positioners = new Positioners("inject");
  /** The surfaces of xdg_surfaces and viewports, and the windows to which popups belong. */
  const surfaceOf = new WeakMap<WlObject, Surface>();
  const parents = new WeakMap<WlObject, DecoratedWindow>();

  /** The client says something that counts with the surface's next commit. */
  const changes = ({ object }: Surface): void => {
    const window = windows.get(object);
    if (window !== undefined) window.isDirty = true;
  };
  const limit =
    (which: "min" | "max") =>
    (message: HookedMessage<{ width: number; height: number }>): void => {
      const window = windows.get(message.object);
      if (window === undefined || all.homeOf(message.client).isTelling) return;
      const height = window.limited(which, message.args);
      if (height !== message.args.height) message.change({ height });
    };
  const place = (client: Client, positioner: WlObject<"xdg_positioner">, parent: DecoratedWindow): void => {
    const growth = { width: 0, height: 0 };
    const of = { offset: { x: 0, y: parent.bar }, growth: { width: 0, height: parent.bar } };
    positioners.place(client, positioner, { growth, parent: of });
  };

  return {
    stage: "offers",
    when: all.isKnown,
    events: {
      xdg_toplevel: {
        configure(message) {
          const window = windows.get(message.object);
          if (window === undefined) return;
          window.configured(message.args.states);
          // Frames see what the host says: they enclose the bar.
          message.atLast(() => {
            const { height, states } = message.args;
            const rest = window.toldConfigured(message.args, states);
            if (rest !== height) message.change({ height: rest });
          });
        },
        configure_bounds(message) {
          const { height } = message.args;
          const rest = windows.get(message.object)?.boundedHeight(height) ?? height;
          if (rest !== height) message.change({ height: rest });
        },
        wm_capabilities: ({ object, args: { capabilities } }) => windows.get(object)?.capable(capabilities),
      },
      xdg_surface: {
        configure: ({ object, args: { serial } }) => windows.get(object)?.sent(serial),
      },
      xdg_popup: {
        configure(message) {
          const bar = parents.get(message.object)?.bar ?? 0;
          if (bar !== 0) message.change({ y: message.args.y - bar });
        },
      },
    },
    requests: {
      wl_surface: {
        set_buffer_scale({ object, args: { scale } }) {
          const surface = all.surfaceFor(object);
          if (scale > 0) surface.scale = scale;
          changes(surface);
        },
        set_buffer_transform({ object, args: { transform } }) {
          const surface = all.surfaceFor(object);
          surface.isTurned = transform % 2 !== 0;
          changes(surface);
        },
      },
      wp_viewporter: {
        get_viewport: ({ args: { id, surface } }) => void surfaceOf.set(id, all.surfaceFor(surface)),
      },
      wp_viewport: {
        set_source({ object, args }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          surface.source = args.width > 0 ? args : null;
          changes(surface);
        },
        set_destination({ object, args }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          surface.destination = args.width > 0 ? args : null;
          changes(surface);
        },
        destroy({ object }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          surface.source = surface.destination = null;
          changes(surface);
        },
      },
      xdg_wm_base: {
        get_xdg_surface: ({ args: { id, surface } }) => void surfaceOf.set(id, all.surfaceFor(surface)),
      },
      xdg_surface: {
        get_toplevel({ client, object, args: { id } }) {
          const surface = surfaceOf.get(object);
          if (surface === undefined) return;
          // A surface without a window is not watched, and shows nothing when it becomes one.
          surface.buffer = null;
          const home = all.homeOf(client);
          const window = new DecoratedWindow(home, surface, object, id);
          home.add(window);
          for (const key of [surface.object, object, id]) windows.set(key, window);
        },
        get_popup({ client, args: { id, parent, positioner } }) {
          const window = parent === null ? undefined : windows.get(parent);
          if (window === undefined) return;
          parents.set(id, window);
          place(client, positioner, window);
        },
        ack_configure(message) {
          const window = windows.get(message.object);
          if (window === undefined) return;
          const { serial } = message.args;
          window.isDirty = true;
          const hostSerial = window.configurations.acknowledge(serial);
          if (hostSerial === null) message.drop();
          else if (hostSerial !== serial) message.change({ serial: hostSerial });
        },
        set_window_geometry(message) {
          const { client, object, args } = message;
          const window = windows.get(object);
          // What is wrong with it is for the host to say.
          if (window === undefined || all.homeOf(client).isTelling || args.width <= 0 || args.height <= 0) return;
          window.geometry = args;
          window.isDirty = true;
          if (window.tellsGeometry) message.drop();
        },
      },
      xdg_toplevel: {
        set_title: ({ object, args: { title } }) => windows.get(object)?.renamed(title),
        set_parent: ({ object, args: { parent } }) => windows.get(object)?.adopted(parent !== null),
        set_min_size: limit("min"),
        set_max_size: limit("max"),
        destroy(message) {
          const { client, object } = message;
          const window = windows.get(object);
          if (window === undefined) return;
          windows.delete(window.surface);
          // Only then: the bar is not to go before its content.
          message.after(() => all.homeOf(client).remove(window));
        },
      },
      xdg_popup: {
        reposition({ client, object, args: { positioner } }) {
          const window = parents.get(object);
          if (window !== undefined) place(client, positioner, window);
        },
      },
      xdg_positioner: {
        ...positioners.requests,
        set_parent_configure(message) {
          const { serial } = message.args;
          const hostSerial = all.homeOf(message.client).hostSerialOf(serial);
          if (hostSerial !== serial) message.change({ serial: hostSerial });
        },
      },
    },
  };
}
