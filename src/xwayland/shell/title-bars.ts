// SPDX-License-Identifier: Apache-2.0
import type { BarStyle } from "../../title-bars/bar-style.ts";
import { bindPaintingTools, type PaintingTools } from "../../title-bars/painted-surface.ts";
import { BAR_HEIGHT } from "../../title-bars/parts.ts";
import { PointerShapes, type ThemeCursor } from "../../title-bars/pointer-shapes.ts";
import { TitleBar, type TitleBarKit } from "../../title-bars/title-bar.ts";
import type { XWindow } from "../base/window.ts";
import { isVisible } from "../base/window-state.ts";
import type { WmContext } from "../base/wm-context.ts";
import { OutsidePress } from "../input/outside-press.ts";
import { type BarOwnerContext, XBarOwner } from "./bar-owner.ts";
import type { Surface } from "./surface.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
export type TitleBarsContext = BarOwnerContext &
  Pick<WmContext, "images" | "log" | "ownSurfaces" | "globals" | "appearance" | "x" | "input" | "pingBarrier">;

/** Title bars at once. Each takes some descriptors and memory, and clients can make as many windows as they like. */
const MAX_BARS = 100;

/** What has a title bar. */
interface Barred {
  readonly bar: TitleBar;
  readonly role: Toplevel;
  readonly surface: Surface;
}

/** The title bars of all windows that have one of ours. */
export class TitleBars {
  readonly #context: TitleBarsContext;
  readonly #kit: TitleBarKit;
  readonly #outside: OutsidePress;
  readonly #bars = new Map<XWindow, Barred>();
  readonly #stopListening: (() => void)[];
  #style: BarStyle = { painter: null, isDark: false };
  #isStyled = false;

  /** Null where windows are to have none, or the host lacks what they are painted with. */
  static open(context: TitleBarsContext): TitleBars | null {
    const tools = context.titleBars === null ? null : bindPaintingTools(context.globals);
    return tools === null ? null : new TitleBars(context, tools);
  }

  private constructor(context: TitleBarsContext, tools: PaintingTools) {
    const { client, images, log, ownSurfaces } = context;
    this.#context = context;
    const shapes = new PointerShapes(context, tools, ownSurfaces, (name) => this.#cursor(name));
    this.#kit = { client, images, log, tools, ownSurfaces, shapes, style: () => this.#style };
    this.#outside = new OutsidePress(context);
    const updateAll = (): void => this.#updateAll();
    this.#stopListening = [
      context.scale.onChange(updateAll),
      context.outputs.listen({ changed: updateAll, moved: updateAll }),
    ];
  }

  has(window: XWindow): boolean {
    return this.#bars.has(window);
  }

  /** Gives a window a title bar, or takes it away. */
  set(window: XWindow, hasBar: boolean): void {
    const { role, surface } = window;
    if (!(role instanceof Toplevel) || surface === null || hasBar === this.#bars.has(window)) return;
    if (hasBar) {
      if (this.#bars.size >= MAX_BARS) return;
      role.bar = BAR_HEIGHT;
      const bar = new TitleBar(this.#kit, new XBarOwner(this.#context, this.#outside, window, role, surface));
      surface.resizing = () => {
        if (surface.size !== null) bar.layOut();
      };
      this.#bars.set(window, { bar, role, surface });
      this.#watchStyle();
    } else {
      this.take(window);
      // A geometry that was set once holds for good (xdg_surface.set_window_geometry).
      surface.resizing = () => {
        if (window.role === role && surface.size !== null) role.setGeometry(surface.size.width, surface.size.height);
      };
    }
    role.fitAgain();
    if (!isVisible(window.state)) return;
    // Xwayland has no reason for a commit, without which nothing of that counts.
    surface.expectResize();
    this.#context.client.injectRequest(surface.object, "commit", {});
  }

  update(window: XWindow): void {
    this.#bars.get(window)?.bar.update();
  }

  /** The window's role goes, and its bar with it. */
  take(window: XWindow): void {
    const barred = this.#bars.get(window);
    if (barred === undefined) return;
    this.#bars.delete(window);
    barred.surface.resizing = null;
    barred.role.bar = 0;
    barred.bar.destroy();
  }

  close(): void {
    for (const stop of this.#stopListening) stop();
    for (const { bar } of this.#bars.values()) bar.close();
    this.#bars.clear();
    this.#kit.shapes.close();
  }

  #cursor(name: string): ThemeCursor | null {
    const { appearance, scale } = this.#context;
    const image = appearance.cursor(name);
    if (image === null) return null;
    const size = { width: scale.sizeToHost(image.width), height: scale.sizeToHost(image.height) };
    return { image, ...size, hotX: scale.toHost(image.hotX), hotY: scale.toHost(image.hotY) };
  }

  /** Looks for the style once there is a bar. */
  #watchStyle(): void {
    const { titleBars, log } = this.#context;
    if (this.#isStyled || titleBars === null) return;
    this.#isStyled = true;
    const stop = titleBars.watchStyle(log, (style) => {
      this.#style = style;
      this.#updateAll();
    });
    this.#stopListening.push(stop);
  }

  #updateAll(): void {
    for (const { bar } of this.#bars.values()) bar.update();
  }
}
