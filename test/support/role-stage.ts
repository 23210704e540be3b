// SPDX-License-Identifier: Apache-2.0
/** The part of the window manager that gives X windows their roles, between a fake host, a fake Xwayland and a fake X. */
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import type { Hooks } from "../../src/relay/hooks.ts";
import type { Session } from "../../src/relay/session.ts";
import { BufferSizes, bufferHooks, type Size } from "../../src/xwayland/base/buffer-sizes.ts";
import { Scale } from "../../src/xwayland/base/scale.ts";
import type { Geometry } from "../../src/xwayland/base/window.ts";
import { XWindow } from "../../src/xwayland/base/window.ts";
import { Windows } from "../../src/xwayland/base/windows.ts";
import type { WmContext } from "../../src/xwayland/base/wm-context.ts";
import { HostGlobals } from "../../src/xwayland/host-globals.ts";
import { ConfigureRequests } from "../../src/xwayland/shell/configure-requests.ts";
import { Roles } from "../../src/xwayland/shell/roles.ts";
import { Surfaces, surfaceHooks } from "../../src/xwayland/shell/surfaces.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Received } from "./inbox.ts";
import { PositionerState } from "./positioner.ts";
import { proxied, type Scope, type Stage } from "./proxied.ts";
import { Painter, present } from "./shm.ts";
import { properties } from "./x-window.ts";

/** Xwayland's wl_surface of an X window, on both sides. */
export interface StagedWindow {
  readonly window: XWindow;
  /** As Xwayland has it. */
  readonly surface: FakeObject;
  /** As the host has it. */
  readonly theirs: FakeObject;
}

/** What the host has made of a window. */
export interface StagedRole {
  readonly xdgSurface: FakeObject;
  /** An xdg_toplevel or an xdg_popup. */
  readonly role: FakeObject;
}

/** An X11 request that the window manager has made. */
export interface XRequest {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly sequence: number;
}

type Handler = (event: object) => void;

/** A window manager with little more than roles and sizes. Xwayland is the stage's client, and the X server is the test. */
export class RoleStage {
  readonly stage: Stage;
  readonly windows: Windows;
  readonly scale: Scale = new Scale();
  /** What the X server was asked to do. */
  readonly requests: XRequest[] = [];
  #sequence = 0;
  #serial = 0;
  #ids = 0x40_0000;
  readonly #painter: Painter;
  readonly #surfaces: Surfaces;
  readonly #handlers = new Map<string, Handler[]>();

  private constructor(stage: Stage, painter: Painter, surfaces: Surfaces) {
    this.stage = stage;
    this.#painter = painter;
    this.#surfaces = surfaces;
    this.windows = new Windows(surfaces);
  }

  static async set(t: Scope): Promise<RoleStage> {
    let session: Session | undefined;
    let surfaces: Surfaces | undefined;
    const sizes = new BufferSizes();
    const surfacesOf = (of: Session): Surfaces => {
      session = of;
      surfaces ??= new Surfaces(of, sizes);
      return surfaces;
    };
    const hooks: Hooks[] = [surfaceHooks(surfacesOf), bufferHooks(() => sizes)];
    const stage = await proxied(t, { globals: ["wl_compositor 5", "wl_shm 1", "xdg_wm_base 5"], hooks });
    const painter = await Painter.start(t, stage);
    await painter.surface();
    if (session === undefined || surfaces === undefined) throw new Error("no hook has seen Xwayland");
    const wm = new RoleStage(stage, painter, surfaces);
    const globals = await HostGlobals.open(session, new GlobalPolicy());
    const context = wm.#context(session, globals) as unknown as WmContext;
    new ConfigureRequests(context);
    new Roles(context);
    return wm;
  }

  /** A window that is not mapped. */
  add(place: Geometry, overrideRedirect = false): XWindow {
    const window = new XWindow(++this.#ids, place, overrideRedirect);
    window.properties = properties();
    this.windows.add(window);
    return window;
  }

  /** A window that its client shows by itself, or that the window manager has been asked to show. */
  async map(place: Geometry, overrideRedirect = false): Promise<StagedWindow> {
    const window = this.add(place, overrideRedirect);
    const { surface, theirs } = await this.#painter.surface();
    // The surface is known by the id that Xwayland gave it.
    await this.stage.client.roundtrip();
    const ours = this.#surfaces.withId(surface.id);
    if (ours === undefined) throw new Error("the surface is not known");
    ours.makeWindow();
    ours.window = window;
    window.surface = ours;
    window.mapped = true;
    this.windows.tell("mapped", window);
    return { window, surface, theirs };
  }

  unmap({ window }: StagedWindow): void {
    window.mapped = false;
    this.windows.tell("surfaceDetached", window);
  }

  /** The role that the host was asked for next. */
  async roleGiven(kind: "toplevel" | "popup"): Promise<StagedRole> {
    const got = await this.stage.host.expect(`xdg_surface.get_${kind}`);
    return { xdgSurface: got.object, role: got.objectArg("id") };
  }

  /** The host configures a toplevel; @returns the serial. Resolves when that has been dealt with. */
  async configure({ xdgSurface, role }: StagedRole, size: Size, ...states: number[]): Promise<number> {
    role.send("configure", size.width, size.height, new Uint8Array(Uint32Array.from(states).buffer));
    return this.#configure(xdgSurface);
  }

  /** The host configures a popup. */
  async place({ xdgSurface, role }: StagedRole, { x, y, width, height }: Geometry): Promise<number> {
    role.send("configure", x, y, width, height);
    return this.#configure(xdgSurface);
  }

  async #configure(xdgSurface: FakeObject): Promise<number> {
    const serial = ++this.#serial;
    xdgSurface.send("configure", serial);
    await this.stage.client.roundtrip();
    return serial;
  }

  /** Xwayland draws content of that size; @returns its frame callback. */
  draw({ surface }: StagedWindow, { width, height }: Size): FakeObject {
    const callback = surface.create("frame");
    present(surface, this.#painter.pool(width * height * 4).buffer(width, height));
    return callback;
  }

  /** The X server tells of an event, which it has come to after all requests so far. */
  event(name: string, event: object): void {
    const all = { sequence: this.#sequence, ...event };
    for (const handler of this.#handlers.get(name) ?? []) handler(all);
  }

  /** What of that kind the host has got for an object. Only what comes from now on is missing. */
  got(object: FakeObject, name: string): Received[] {
    const { all } = this.stage.host.inbox;
    return all.filter((message) => message.object === object && message.name === `${object.interface.name}.${name}`);
  }

  /** How large the content is that the host shows on a surface; null for none. */
  shown({ theirs }: StagedWindow): Size | null {
    const { all } = this.stage.host.inbox;
    const committed = all.findLastIndex(({ object, name }) => object === theirs && name === "wl_surface.commit");
    const attached = all.slice(0, committed + 1).findLast(({ object, name }) => {
      return object === theirs && name === "wl_surface.attach";
    });
    const made = all.find(({ name, args }) => {
      return name === "wl_shm_pool.create_buffer" && args["id"] === attached?.args["buffer"];
    });
    return made === undefined ? null : { width: made.arg("width") as number, height: made.arg("height") as number };
  }

  /** What an xdg_positioner was told of. */
  positioner(object: FakeObject): PositionerState {
    const state = new PositionerState();
    for (const message of this.stage.host.inbox.all) if (message.object === object) state.take(message);
    return state;
  }

  /** The size that the window manager has last given to a window. */
  sizeOf(window: XWindow): Size | null {
    const { width, height } = (this.requests.findLast(({ name, args }) => {
      return name === "ConfigureWindow" && args["window"] === window.id && args["width"] !== undefined;
    })?.args ?? {}) as Partial<Size>;
    return width === undefined || height === undefined ? null : { width, height };
  }

  #context(session: Session, globals: HostGlobals): object {
    const wm = this;
    const send = (name: string, args: Record<string, unknown>): void => {
      this.requests.push({ name, args, sequence: ++this.#sequence });
    };
    return {
      session,
      globals,
      windows: this.windows,
      scale: this.scale,
      outputs: [],
      user: { pointed: null, focused: null },
      explain: null,
      x: {
        setup: { root: 1, idBase: 0x20_0000, idMask: 0x1f_ffff },
        get sequence() {
          return wm.#sequence;
        },
        send,
        sendEvent: (window: number, _mask: number, event: object) => send("SendEvent", { window, ...event }),
        supports: () => false,
      },
      events: {
        on: (name: string, handler: Handler) =>
          void this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]),
      },
    };
  }
}
