// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Font } from "../../src/frame/font.ts";
import { frameHooks } from "../../src/frame/frame-hooks.ts";
import { LABEL_HEIGHT } from "../../src/frame/label.ts";
import { loadTextLibraries } from "../../src/frame/load-libraries.ts";
import { type Insets, insetsOf } from "../../src/frame/size.ts";
import { TextPainter } from "../../src/frame/text-painter.ts";
import { memfd } from "../../src/native/memory.ts";
import type { PolicyGuard } from "../../src/policy/guard.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { FakeObject } from "./fake-object.ts";
import { guarding } from "./policy.ts";
import { proxied, type Scope, type Stage } from "./proxied.ts";
import { boxText, type Shown, ShownSurfaces } from "./shown-surfaces.ts";
import { testFont } from "./test-font.ts";

/** The size of the fake compositor's only output. */
export const SCREEN = { width: 800, height: 600 } as const;
/** The width of frames. */
export const FRAME = 4;

const globals = [
  "wl_subcompositor",
  "wl_shm 1",
  "wl_seat",
  "wl_output 4",
  "xdg_wm_base 6",
  "wp_viewporter",
  "wp_cursor_shape_manager_v1",
  "wp_fractional_scale_manager_v1",
];

/** How a stage with frames is to be. */
interface Wishes {
  readonly policy?: Partial<Policy>;
  /** The label of frames, in letters of the test's font. */
  readonly label?: string;
  readonly without?: readonly string[];
  /** What the host has besides. */
  readonly globals?: readonly string[];
  /** The version of wl_compositor. */
  readonly compositorVersion?: number;
  readonly waitsForParent?: boolean;
  readonly log?: string[];
}

/** Loads what paints text in the test's font. */
async function loadTestPainter(): Promise<TextPainter> {
  const font = Font.read(await loadTextLibraries(), testFont(), 0);
  assert.ok(font);
  return new TextPainter(font);
}

/** A client whose windows get frames, and what a compositor would show of it. */
export class Framed {
  readonly stage: Stage;
  readonly screen: ShownSurfaces;
  readonly guard: PolicyGuard;
  /** The frame of toplevels. */
  readonly insets: Insets;
  readonly compositor: FakeObject;
  readonly subcompositor: FakeObject;
  readonly base: FakeObject;
  readonly #pool: FakeObject;

  private constructor(
    stage: Stage,
    screen: ShownSurfaces,
    guard: PolicyGuard,
    insets: Insets,
    bound: Readonly<Record<string, FakeObject>>,
  ) {
    this.stage = stage;
    this.screen = screen;
    this.guard = guard;
    this.insets = insets;
    this.compositor = bound["wl_compositor"] as FakeObject;
    this.subcompositor = bound["wl_subcompositor"] as FakeObject;
    this.base = bound["xdg_wm_base"] as FakeObject;
    // Nobody looks at pixels here: all pictures lie in the same bytes.
    this.#pool = (bound["wl_shm"] as FakeObject).create("create_pool", memfd("wayland-proxy-fd-pool", 4096), 4096);
  }

  static async begin(
    t: Scope,
    {
      policy,
      label = "",
      without = [],
      globals: more = [],
      compositorVersion = 6,
      waitsForParent = true,
      log = [],
    }: Wishes = {},
  ): Promise<Framed> {
    const guard = guarding({ ...policy }, log);
    const painter = label === "" ? null : await loadTestPainter();
    const stage = await proxied(t, {
      globals: [`wl_compositor ${compositorVersion}`, ...globals, ...more].filter(
        (text) => !without.includes(text.split(" ")[0] as string),
      ),
      guard,
      hooks: frameHooks(guard, { color: "#cc3333", label, width: FRAME }, async () => painter),
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
    const insets = insetsOf(FRAME, label === "" ? FRAME : LABEL_HEIGHT);
    return new Framed(stage, screen, guard, insets, bound);
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

  /** The label of the only window; undefined if it shows none. */
  get label(): Shown | undefined {
    const [window] = this.screen.windows as [FakeObject];
    return this.screen.shown(window).find(({ isFrame, isEdge }) => isFrame && !isEdge);
  }

  /** The only window that the host has, with all that is shown of it. */
  async view(): Promise<View> {
    await this.stage.client.roundtrip();
    const { screen } = this;
    assert.equal(screen.windows.length, 1);
    const [window] = screen.windows as [FakeObject];
    assert.equal(screen.faultOf(window, this.insets), null);
    const geometry = screen.geometryOf(window);
    const content = screen.shown(window).filter(({ isFrame }) => !isFrame);
    return { content: content.map(boxText), geometry: geometry && boxText(geometry) };
  }
}

/** What is seen of a window, in the coordinates of its surface. */
export interface View {
  readonly content: readonly string[];
  readonly geometry: string | null;
}
