// SPDX-License-Identifier: Apache-2.0
import type { PolicyGuard } from "../policy/guard.ts";
import { WlOutputMode } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import type { HookedMessage } from "../relay/hooked-message.ts";
import type { Hook, Hooks } from "../relay/hooks.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { SurfaceTrees } from "./surface-trees.ts";

/** An area that a popup may cover of any output, in logical pixels. */
const SMALL_POPUP_AREA = 1024 * 600;

/** A size in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** A surface that is shown above other clients' windows. */
type Overlay =
  | { readonly kind: "cursor" | "drag icon"; readonly maxSize: number }
  /** `dismiss` reports to the client that its popup is closed. */
  | { readonly kind: "popup"; readonly dismiss: () => void };

/** A surface, as far as its size depends on it. */
interface Surface {
  /** The size of the buffer; null when there is none. */
  buffer: Size | null;
  scale: number;
  /** The size that a viewport gives it. */
  destination: Size | null;
  overlay: Overlay | null;
  /** Whether the surface is a popup that was closed for its size: it shows nothing any more. */
  isRefused: boolean;
}

/** The field of the policy that limits each kind. */
const fields = { cursor: "maxCursor", "drag icon": "maxDragIcon", popup: "maxPopup" } as const;

/** The size of buffers that nothing here has seen. */
const UNKNOWN_SIZE: Size = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY };

/**
 * Lets no cursor, icon of a drag or popup of a program cover the screen. They are shown above everything, and nothing
 * marks them as the program's. A cursor or icon that is too large is not shown, and neither is one with sub-surfaces, which
 * nobody needs there. A popup is closed, as hosts close them at any time; its sub-surfaces count as a part of it.
 */
export function overlaySizes(guard: PolicyGuard): Hooks {
  const surfaces = new WeakMap<WlObject, Surface>();
  const buffers = new WeakMap<WlObject, Size>();
  /** The surface of each viewport, xdg_surface and popup. */
  const surfaceOf = new WeakMap<WlObject, WlObject<"wl_surface">>();
  const outputs = new OutputArea();
  const trees = new SurfaceTrees();
  /** The sizes of the buffers of the GPU that are made of parameters. */
  const planned = new WeakMap<WlObject, Size>();

  const get = (object: WlObject<"wl_surface">): Surface => {
    let surface = surfaces.get(object);
    if (surface === undefined) {
      surface = { buffer: null, scale: 1, destination: null, overlay: null, isRefused: false };
      surfaces.set(object, surface);
    }
    return surface;
  };
  const isTooLarge = (object: WlObject, surface: Surface): boolean => {
    const { overlay } = surface;
    if (overlay === null) return false;
    if (overlay.kind === "popup")
      return trees.areaOf(object) > Math.max((outputs.largest * guard.policy.maxPopup) / 100, SMALL_POPUP_AREA);
    const { width, height } = sizeOf(surface);
    return Math.max(width, height) > overlay.maxSize;
  };
  const refuse = (client: Client, kind: Overlay["kind"], what: string): void =>
    guard.refuse(client, fields[kind], `a ${kind} ${what}`);
  /** Says what a surface is for. @returns whether it may show what it has already */
  const becomes = (
    client: Client,
    object: WlObject<"wl_surface">,
    kind: "cursor" | "drag icon",
    maxSize: number,
  ): boolean => {
    const surface = get(object);
    surface.overlay = { kind, maxSize };
    const { width, height } = sizeOf(surface);
    if (trees.hasChildren(object)) refuse(client, kind, "with sub-surfaces");
    else if (isTooLarge(object, surface)) refuse(client, kind, `of ${width}x${height} pixels`);
    else return true;
    return false;
  };
  /** Shows nothing more of a popup, and reports to the client that it is closed. */
  const close = (client: Client, root: WlObject<"wl_surface">, why: string): void => {
    refuse(client, "popup", why);
    const surface = get(root);
    surface.isRefused = true;
    if (surface.overlay?.kind === "popup") surface.overlay.dismiss();
  };
  /**
   * Closes a popup that would become too large by a sub-surface. Hosts may show the sub-surfaces of a popup without content,
   * so that its parts never take more than it may.
   *
   * @returns whether it is closed: what was asked for must not get to the host
   */
  const isClosed = (client: Client, part: WlObject): boolean => {
    const root = trees.rootOf(part) as WlObject<"wl_surface">;
    const surface = surfaces.get(root);
    if (surface?.overlay?.kind !== "popup") return false;
    if (surface.isRefused) return true;
    if (!isTooLarge(root, surface)) return false;
    client.sendRequest(root, "attach", { buffer: null, x: 0, y: 0 });
    client.sendRequest(root, "commit", {});
    close(client, root, "whose sub-surfaces reach too far");
    return true;
  };

  const createBuffer: Hook<{ id: WlObject; width: number; height: number }> = ({ args: { id, width, height } }) =>
    void buffers.set(id, { width, height });
  const setCursor: Hook<{ surface: WlObject<"wl_surface"> | null }> = (message) => {
    const { surface } = message.args;
    if (surface !== null && !becomes(message.client, surface, "cursor", guard.policy.maxCursor))
      message.change({ surface: null });
  };
  const getShellSurface: Hook<{ id: WlObject; surface: WlObject<"wl_surface"> }> = (message) => {
    surfaceOf.set(message.args.id, message.args.surface);
  };
  /** A surface becomes a popup, unless what belongs to it already is too large for one. */
  const becomesPopup = (message: HookedMessage, surface: WlObject<"wl_surface">, dismiss: () => void): void => {
    Object.assign(get(surface), { overlay: { kind: "popup", dismiss }, isRefused: false });
    if (!isTooLarge(surface, get(surface))) return;
    message.drop();
    message.after(() => close(message.client, surface, "whose sub-surfaces reach too far"));
  };
  const getPopup = (message: HookedMessage<{ id: WlObject<"xdg_popup" | "zxdg_popup_v6"> }>): void => {
    const { client, object, args } = message;
    const surface = surfaceOf.get(object);
    if (surface === undefined) return;
    surfaceOf.set(args.id, surface);
    becomesPopup(message, surface, () => client.sendEvent(args.id, "popup_done", {}));
  };
  const destroyPopup: Hook<unknown> = ({ object }) => {
    const surface = surfaceOf.get(object);
    if (surface === undefined) return;
    Object.assign(get(surface), { overlay: null, isRefused: false, buffer: null });
    trees.reset(surface);
  };

  return {
    stage: "policy",
    events: {
      ...outputs.events,
      zwp_linux_buffer_params_v1: {
        created({ object, args: { buffer } }) {
          const size = planned.get(object);
          if (size !== undefined) buffers.set(buffer, size);
        },
      },
    },
    requests: {
      wl_shm_pool: { create_buffer: createBuffer },
      zwp_linux_buffer_params_v1: {
        create: ({ object, args: { width, height } }) => void planned.set(object, { width, height }),
        create_immed: ({ args: { buffer_id, width, height } }) => void buffers.set(buffer_id, { width, height }),
      },
      wl_drm: { create_buffer: createBuffer, create_planar_buffer: createBuffer, create_prime_buffer: createBuffer },
      wp_single_pixel_buffer_manager_v1: {
        create_u32_rgba_buffer: ({ args: { id } }) => void buffers.set(id, { width: 1, height: 1 }),
      },
      wl_surface: {
        attach(message) {
          const { buffer } = message.args;
          const surface = get(message.object);
          if (surface.isRefused) return message.drop();
          surface.buffer = buffer === null ? null : (buffers.get(buffer) ?? UNKNOWN_SIZE);
        },
        set_buffer_scale({ object, args: { scale } }) {
          get(object).scale = scale;
        },
        commit(message) {
          const { client, object } = message;
          const surface = get(object);
          if (surface.isRefused) return message.drop();
          const { width, height } = sizeOf(surface);
          trees.resize(object, width, height);
          const { overlay } = surface;
          if (overlay === null) {
            if (isClosed(client, object)) message.drop();
            return;
          }
          if (surface.buffer === null || !isTooLarge(object, surface)) return;
          surface.buffer = null;
          client.sendRequest(object, "attach", { buffer: null, x: 0, y: 0 });
          const why = `of ${width}x${height} pixels`;
          if (overlay.kind === "popup") close(client, object, why);
          else refuse(client, overlay.kind, why);
        },
        destroy: ({ object }) => trees.leave(object),
      },
      wl_subcompositor: {
        get_subsurface(message) {
          const { client, args } = message;
          const kind = surfaces.get(trees.rootOf(args.parent))?.overlay?.kind ?? "popup";
          const mayHaveSome = kind === "popup";
          if (mayHaveSome && trees.add(args.id, args.surface, args.parent)) {
            if (!isClosed(client, args.surface)) return;
            trees.remove(args.id);
          } else {
            refuse(client, kind, mayHaveSome ? "with sub-surfaces that lie too deep" : "with sub-surfaces");
          }
          message.drop();
        },
      },
      wl_subsurface: {
        set_position(message) {
          const { x, y } = message.args;
          const surface = trees.move(message.object, x, y);
          if (surface !== undefined && isClosed(message.client, surface)) message.drop();
        },
        destroy: ({ object }) => trees.remove(object),
      },
      wp_viewporter: {
        get_viewport: ({ args: { id, surface } }) => void surfaceOf.set(id, surface),
      },
      wp_viewport: {
        set_destination({ object, args: { width, height } }) {
          const surface = surfaceOf.get(object);
          if (surface !== undefined) get(surface).destination = width > 0 ? { width, height } : null;
        },
        destroy({ object }) {
          const surface = surfaceOf.get(object);
          if (surface !== undefined) get(surface).destination = null;
        },
      },
      wl_pointer: { set_cursor: setCursor },
      zwp_tablet_tool_v1: { set_cursor: setCursor },
      zwp_tablet_tool_v2: { set_cursor: setCursor },
      wl_data_device: {
        start_drag(message) {
          const { icon } = message.args;
          if (icon !== null && !becomes(message.client, icon, "drag icon", guard.policy.maxDragIcon))
            message.change({ icon: null });
        },
      },
      xdg_wm_base: { get_xdg_surface: getShellSurface },
      zxdg_shell_v6: { get_xdg_surface: getShellSurface },
      xdg_surface: { get_popup: getPopup },
      zxdg_surface_v6: { get_popup: getPopup },
      wl_shell: { get_shell_surface: getShellSurface },
      wl_shell_surface: {
        set_popup(message) {
          const { client, object } = message;
          const surface = surfaceOf.get(object);
          if (surface !== undefined) becomesPopup(message, surface, () => client.sendEvent(object, "popup_done", {}));
        },
      },
      xdg_popup: { destroy: destroyPopup },
      zxdg_popup_v6: { destroy: destroyPopup },
    },
  };
}

/** The size of a surface with a buffer, in logical pixels; turned or not. */
function sizeOf({ buffer, scale, destination }: Surface): Size {
  if (buffer === null) return { width: 0, height: 0 };
  return destination ?? { width: buffer.width / scale, height: buffer.height / scale };
}

/** The area of the largest output that any client knows, in logical pixels. */
class OutputArea {
  largest = 0;
  readonly #outputs = new WeakMap<WlObject, { pixels: number; scale: number }>();
  readonly events: NonNullable<Hooks["events"]> = {
    wl_output: {
      mode: ({ object, args: { flags, width, height } }) => {
        // Some hosts list all modes of a screen.
        if ((flags & WlOutputMode.current) !== 0) this.#get(object).pixels = width * height;
      },
      scale: ({ object, args: { factor } }) => {
        this.#get(object).scale = factor;
      },
      done: ({ object }) => {
        const { pixels, scale } = this.#get(object);
        this.#add(pixels / scale ** 2);
      },
    },
    // Where a scale is no whole number wl_output has the next larger one, so that this is the larger area.
    zxdg_output_v1: { logical_size: ({ args: { width, height } }) => this.#add(width * height) },
  };

  #get(output: WlObject<"wl_output">): { pixels: number; scale: number } {
    let known = this.#outputs.get(output);
    if (known === undefined) {
      known = { pixels: 0, scale: 1 };
      this.#outputs.set(output, known);
    }
    return known;
  }

  #add(area: number): void {
    this.largest = Math.max(this.largest, area);
  }
}
