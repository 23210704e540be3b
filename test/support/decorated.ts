// SPDX-License-Identifier: Apache-2.0
import { type DecorationOptions, decorationHooks } from "../../src/decorations/decoration-hooks.ts";
import { silent } from "../../src/log/logger.ts";
import { memfd } from "../../src/native/memory.ts";
import { GlobalPolicy } from "../../src/protocol/global-policy.ts";
import type { Hooks } from "../../src/relay/hooks.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Received } from "./inbox.ts";
import { proxied, type Scope, type Stage } from "./proxied.ts";

/** The modes of zxdg_toplevel_decoration_v1. */
export const CLIENT_SIDE = 1;
export const SERVER_SIDE = 2;
/** The height of title bars. */
export const BAR = 32;

const MANAGER = "zxdg_decoration_manager_v1";
/** wl_shm.format argb8888. */
const ARGB = 0;

const globals = [
  "wl_compositor 6",
  "wl_subcompositor",
  "wl_shm 1",
  "wl_seat 5",
  "xdg_wm_base 6",
  "wp_viewporter",
  "wp_cursor_shape_manager_v1",
];

/** How a stage is to be. */
interface Wishes extends Partial<DecorationOptions> {
  readonly without?: readonly string[];
  /** What the host has besides. */
  readonly globals?: readonly string[];
  /** Hooks beside those of title bars. */
  readonly hooks?: readonly Hooks[];
}

/** What a window consists of, on one side. */
export interface WindowObjects {
  readonly surface: FakeObject;
  readonly xdgSurface: FakeObject;
  readonly toplevel: FakeObject;
}

/** A client that knows of decorations, on a host that does not, and its only window. */
export class Decorated {
  readonly stage: Stage;
  readonly ours: WindowObjects;
  readonly theirs: WindowObjects;
  readonly #manager: FakeObject | null;
  readonly #compositor: FakeObject;
  readonly #pool: FakeObject;
  #serial = 100;

  private constructor(
    stage: Stage,
    bound: Readonly<Record<string, FakeObject>>,
    ours: WindowObjects,
    theirs: WindowObjects,
  ) {
    this.stage = stage;
    this.ours = ours;
    this.theirs = theirs;
    this.#manager = bound[MANAGER] ?? null;
    this.#compositor = bound["wl_compositor"] as FakeObject;
    this.#pool = (bound["wl_shm"] as FakeObject).create("create_pool", memfd("wayland-proxy-fd-pool", 4096), 4096);
  }

  static async begin(t: Scope, wishes: Wishes = {}): Promise<Decorated> {
    const { without = [], globals: more = [], hooks = [], ...options } = wishes;
    const stage = await proxied(t, {
      globals: [...globals, ...more].filter((text) => !without.includes(text.split(" ")[0] as string)),
      hooks: [...hooks, ...titleBars(options)],
    });
    const { client, host } = stage;
    const bound: Record<string, FakeObject> = {};
    for (const name of ["wl_compositor", "wl_shm", "xdg_wm_base"]) bound[name] = await client.bind(name);
    if (client.offered(MANAGER).length > 0) bound[MANAGER] = await client.bind(MANAGER);
    const surface = (bound["wl_compositor"] as FakeObject).create("create_surface");
    const xdgSurface = (bound["xdg_wm_base"] as FakeObject).create("get_xdg_surface", surface);
    const toplevel = xdgSurface.create("get_toplevel");
    const theirs = {
      surface: (await host.expect("wl_compositor.create_surface")).objectArg("id"),
      xdgSurface: (await host.expect("xdg_wm_base.get_xdg_surface")).objectArg("id"),
      toplevel: (await host.expect("xdg_surface.get_toplevel")).objectArg("id"),
    };
    return new Decorated(stage, bound, { surface, xdgSurface, toplevel }, theirs);
  }

  /** Makes an object for the window's decoration, and says who is to draw it; null says nothing. */
  decorate(mode: number | null = SERVER_SIDE): FakeObject {
    if (this.#manager === null) throw new Error(`no ${MANAGER} is offered`);
    const decoration = this.#manager.create("get_toplevel_decoration", this.ours.toplevel);
    if (mode !== null) decoration.send("set_mode", mode);
    return decoration;
  }

  /** Commits the window for the first time. The host may say how it is to be. */
  async begin(): Promise<void> {
    this.ours.surface.send("commit");
    await this.stage.client.roundtrip();
  }

  /** The host configures the window. @returns the serial */
  configure(width: number, height: number, ...states: number[]): number {
    const serial = ++this.#serial;
    this.theirs.toplevel.send("configure", width, height, new Uint8Array(Uint32Array.from(states).buffer));
    this.theirs.xdgSurface.send("configure", serial);
    return serial;
  }

  /** What the client is told next of how its window is to be. */
  async configured(): Promise<{ width: number; height: number; serial: number }> {
    const { args } = await this.stage.client.expect("xdg_toplevel.configure");
    const { args: last } = await this.stage.client.expect("xdg_surface.configure");
    return { width: args["width"] as number, height: args["height"] as number, serial: last["serial"] as number };
  }

  /** The mode that the client was told last; undefined for none. */
  get mode(): unknown {
    const told = this.stage.client.inbox.all.filter(({ name }) => name === "zxdg_toplevel_decoration_v1.configure");
    return told.at(-1)?.args["mode"];
  }

  acknowledge(serial: number): void {
    this.ours.xdgSurface.send("ack_configure", serial);
  }

  buffer(width: number, height: number): FakeObject {
    return this.#pool.create("create_buffer", 0, width, height, 4 * width, ARGB);
  }

  surface(): FakeObject {
    return this.#compositor.create("create_surface");
  }

  /** Shows a picture of some size in the window. */
  show(width: number, height: number): void {
    this.ours.surface.send("attach", this.buffer(width, height), 0, 0);
    this.ours.surface.send("commit");
  }

  /** Shows the window, which has a decoration by then, as clients do. */
  async open(width: number, height: number, ...states: number[]): Promise<void> {
    await this.begin();
    this.configure(0, 0, ...states);
    this.acknowledge((await this.configured()).serial);
    this.show(width, height);
    await this.stage.client.roundtrip();
  }

  /** The last message of a name that the host got, for any object or for one. */
  last(name: string, object?: FakeObject): Received | undefined {
    return this.stage.host.inbox.all
      .filter((message) => message.name === name && (object === undefined || message.object === object))
      .at(-1);
  }

  /** What the host takes for the window, once it has got all that was said; undefined for whatever it finds there. */
  async geometry(): Promise<string | undefined> {
    await this.stage.client.roundtrip();
    const told = this.last("xdg_surface.set_window_geometry", this.theirs.xdgSurface)?.args;
    return told && `${told["x"]},${told["y"]} ${told["width"]}x${told["height"]}`;
  }

  /** The surfaces of ours around the content: the top, left, right and bottom one. */
  get sides(): readonly FakeObject[] {
    return this.stage.host.inbox.all
      .filter(({ name, args }) => name === "wl_subcompositor.get_subsurface" && args["parent"] === this.theirs.surface)
      .map((message) => message.objectArg("surface"))
      .filter(({ alive }) => alive);
  }

  /** Whether a surface of ours shows something. */
  shows(surface: FakeObject): boolean {
    return this.last("wl_surface.attach", surface)?.args["buffer"] != null;
  }
}

/** The hooks of title bars that are painted without a font. */
export function titleBars(options: Partial<DecorationOptions>): readonly Hooks[] {
  return decorationHooks({
    policy: new GlobalPolicy(),
    watchStyle: () => () => {},
    findCursor: () => null,
    log: silent,
    tag: "",
    isFramed: false,
    isForced: false,
    ...options,
  });
}
