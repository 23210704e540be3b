// SPDX-License-Identifier: Apache-2.0
import { XwaylandShellV1Error, XwaylandSurfaceV1Error } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import type { HookedRequest } from "../../relay/hooked-message.ts";
import type { Hooks } from "../../relay/hooks.ts";
import { onRequests } from "../../relay/one-sided.ts";
import { ProtocolError } from "../../wire/errors.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { BufferSizes } from "../base/buffer-sizes.ts";
import { HeldFrames } from "./held-frames.ts";
import { Surface } from "./surface.ts";

/** Listens to what happens to Xwayland's surfaces. */
export interface SurfaceEvents {
  /** The surface has a serial, by which it belongs to a window. */
  identified(surface: Surface): void;
  /** A surface without a serial may belong to a window that names it by its id (Xwayland before 23.1). */
  created(surface: Surface): void;
  /** The surface is about to be destroyed: a role has to be gone before. */
  destroyed(surface: Surface): void;
}

/** The surfaces of one Xwayland. */
export class Surfaces {
  readonly #client: Client;
  /** Nothing before there is a window manager, when there are no windows either. */
  #events: SurfaceEvents | null = null;
  readonly #sizes: BufferSizes;
  readonly #heldFrames: HeldFrames;
  readonly #surfaces = new Map<WlObject<"wl_surface">, Surface>();
  readonly #byId = new Map<number, Surface>();
  /** The surfaces that keep each buffer back, or did. */
  readonly #keepers = new WeakMap<WlObject, Set<Surface>>();

  constructor(client: Client, sizes: BufferSizes) {
    this.#client = client;
    this.#sizes = sizes;
    this.#heldFrames = new HeldFrames(client);
  }

  /** Chooses who learns what happens from now on; null for nobody. */
  listen(events: SurfaceEvents | null): void {
    this.#events = events;
  }

  get(object: WlObject<"wl_surface"> | null): Surface | undefined {
    return object === null ? undefined : this.#surfaces.get(object);
  }

  /** The surface that Xwayland knows by that id. */
  withId(id: number): Surface | undefined {
    return this.#byId.get(id);
  }

  create(object: WlObject<"wl_surface">): void {
    const surface = new Surface(this.#client, object, this.#sizes, this.#heldFrames);
    this.#surfaces.set(object, surface);
    this.#byId.set(object.clientId, surface);
    this.#events?.created(surface);
  }

  destroy(object: WlObject<"wl_surface">): void {
    const surface = this.#surfaces.get(object);
    if (surface !== undefined) this.#events?.destroyed(surface);
    surface?.close();
    this.#surfaces.delete(object);
    if (this.#byId.get(object.clientId) === surface) this.#byId.delete(object.clientId);
  }

  attach(message: HookedRequest<"wl_surface", "attach">): void {
    const surface = this.#surfaces.get(message.object);
    surface?.attach(message);
    const { buffer } = message.args;
    if (!message.isHeldBack || buffer === null || surface === undefined) return;
    this.#keepers.set(buffer, (this.#keepers.get(buffer) ?? new Set()).add(surface));
  }

  /** Xwayland destroys a buffer. */
  forgetBuffer(buffer: WlObject<"wl_buffer">): void {
    for (const surface of this.#keepers.get(buffer) ?? []) surface.forget(buffer);
  }

  /** Serves xwayland_shell_v1. */
  serveShell(shell: WlObject<"xwayland_shell_v1">): void {
    onRequests(shell, {
      get_xwayland_surface: ({ id, surface: object }) => {
        const surface = this.#surfaces.get(object);
        if (surface?.use !== "unknown") {
          throw new ProtocolError("the surface has a role already", XwaylandShellV1Error.role, shell.clientId);
        }
        surface.showWindow();
        this.#serveXwaylandSurface(id, surface);
      },
    });
  }

  #serveXwaylandSurface(object: WlObject<"xwayland_surface_v1">, surface: Surface): void {
    onRequests(object, {
      set_serial: ({ serial_lo, serial_hi }) => {
        const serial = serial_hi * 2 ** 32 + serial_lo;
        if (serial === 0)
          throw new ProtocolError("0 is no serial", XwaylandSurfaceV1Error.invalid_serial, object.clientId);
        if (surface.serial !== 0) {
          throw new ProtocolError(
            "the surface has a serial already",
            XwaylandSurfaceV1Error.already_associated,
            object.clientId,
          );
        }
        surface.serial = serial;
        this.#events?.identified(surface);
      },
    });
  }
}

/** The hooks for those of Xwayland's messages that are always looked at. */
export function surfaceHooks(of: (client: Client) => Surfaces): Hooks {
  const makePlain = ({ client, args }: { client: Client; args: { surface: WlObject<"wl_surface"> | null } }): void => {
    of(client).get(args.surface)?.makePlain();
  };
  return {
    stage: "offers",
    requests: {
      wl_compositor: {
        create_surface(message) {
          const { client, args } = message;
          // Only then can the host learn of it.
          message.after(() => of(client).create(args.id));
        },
      },
      wl_surface: {
        attach: (message) => of(message.client).attach(message),
        destroy: ({ client, object }) => of(client).destroy(object),
      },
      wl_buffer: { destroy: ({ client, object }) => of(client).forgetBuffer(object) },
      wl_pointer: { set_cursor: makePlain },
      zwp_tablet_tool_v2: { set_cursor: makePlain },
    },
  };
}

/** The hooks for the content of surfaces that is not just passed on: most of it is never looked at. */
export function contentHooks(of: (client: Client) => Surfaces): Hooks {
  return {
    stage: "offers",
    when: (client, object) => of(client).get(object as WlObject<"wl_surface">)?.isWatched ?? false,
    requests: {
      wl_surface: {
        damage: (message) => of(message.client).get(message.object)?.damage(message),
        damage_buffer: (message) => of(message.client).get(message.object)?.damage(message),
        frame: (message) => of(message.client).get(message.object)?.frame(message),
        commit: (message) => of(message.client).get(message.object)?.commit(message),
      },
    },
  };
}
