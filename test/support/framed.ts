// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { memfd } from "../../src/native/memory.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { FakeObject } from "./fake-object.ts";
import { guarding } from "./policy.ts";
import { proxied, type Scope, type Stage } from "./proxied.ts";
import { boxText, ShownSurfaces } from "./shown-surfaces.ts";

/** The size of the fake compositor's only output. */
export const SCREEN = { width: 800, height: 600 } as const;
/** The width of frames. */
export const FRAME = 4;

const globals = [
  "wl_compositor 6",
  "wl_subcompositor",
  "wl_shm 1",
  "wl_seat",
  "wl_output 4",
  "xdg_wm_base 6",
  "wp_viewporter",
  "wp_cursor_shape_manager_v1",
];

/** How a stage with frames is to be. */
interface Wishes {
  readonly policy?: Partial<Policy>;
  readonly without?: readonly string[];
  readonly waitsForParent?: boolean;
  readonly log?: string[];
}

/** A client whose windows get frames, and what a compositor would show of it. */
export class Framed {
  readonly stage: Stage;
  readonly screen: ShownSurfaces;
  readonly compositor: FakeObject;
  readonly subcompositor: FakeObject;
  readonly base: FakeObject;
  readonly #pool: FakeObject;

  private constructor(stage: Stage, screen: ShownSurfaces, bound: Readonly<Record<string, FakeObject>>) {
    this.stage = stage;
    this.screen = screen;
    this.compositor = bound["wl_compositor"] as FakeObject;
    this.subcompositor = bound["wl_subcompositor"] as FakeObject;
    this.base = bound["xdg_wm_base"] as FakeObject;
    // Nobody looks at pixels here: all pictures lie in the same bytes.
    this.#pool = (bound["wl_shm"] as FakeObject).create("create_pool", memfd("wayland-proxy-fd-pool", 4096), 4096);
  }

  static async begin(
    t: Scope,
    { policy, without = [], waitsForParent = true, log = [] }: Wishes = {},
  ): Promise<Framed> {
    const stage = await proxied(t, {
      globals: globals.filter((text) => !without.includes(text.split(" ")[0] as string)),
      guard: guarding({ frame: { color: "#cc3333", width: FRAME }, ...policy }, log),
    });
    const { client, compositor } = stage;
    const screen = new ShownSurfaces(compositor, waitsForParent);
    compositor.reactions.set("wl_registry.bind", ({ args: { id } }) => {
      const object = id as FakeObject;
      if (object.interface.name !== "wl_output") return;
      object.send("geometry", 0, 0, 0, 0, 0, "maker", "model", 0);
      object.send("mode", 1, SCREEN.width, SCREEN.height, 60_000);
      object.send("done");
    });
    const names = ["wl_compositor", "wl_subcompositor", "wl_shm", "xdg_wm_base"];
    const bound: Record<string, FakeObject> = {};
    for (const name of names) if (!without.includes(name)) bound[name] = await client.bind(name);
    await client.roundtrip();
    return new Framed(stage, screen, bound);
  }

  surface(): FakeObject {
    return this.compositor.create("create_surface");
  }

  buffer(width: number, height: number): FakeObject {
    return this.#pool.create("create_buffer", 0, width, height, 4 * width, 0);
  }

  /** Shows a picture of some size. */
  show(surface: FakeObject, width: number, height: number): void {
    surface.send("attach", this.buffer(width, height), 0, 0);
    surface.send("commit");
  }

  /** Makes a window, which is not shown yet. */
  window(): { surface: FakeObject; xdgSurface: FakeObject; toplevel: FakeObject } {
    const surface = this.surface();
    const xdgSurface = this.base.create("get_xdg_surface", surface);
    const toplevel = xdgSurface.create("get_toplevel");
    surface.send("commit");
    return { surface, xdgSurface, toplevel };
  }

  /** Makes a sub-surface. */
  part(parent: FakeObject, x: number, y: number): { surface: FakeObject; subsurface: FakeObject } {
    const surface = this.surface();
    const subsurface = this.subcompositor.create("get_subsurface", surface, parent);
    subsurface.send("set_position", x, y);
    return { surface, subsurface };
  }

  /** The only window that the host has, with all that is shown of it. */
  async view(): Promise<View> {
    await this.stage.client.roundtrip();
    const { screen } = this;
    assert.equal(screen.windows.length, 1);
    const [window] = screen.windows as [FakeObject];
    assert.equal(screen.faultOf(window, FRAME), null);
    const geometry = screen.geometryOf(window);
    return {
      content: screen
        .shown(window)
        .filter(({ isEdge }) => !isEdge)
        .map(boxText),
      geometry: geometry && boxText(geometry),
    };
  }
}

/** What is seen of a window, in the coordinates of its surface. */
export interface View {
  readonly content: readonly string[];
  readonly geometry: string | null;
}
