// SPDX-License-Identifier: Apache-2.0
import { bindPaintingTools, type PaintingTools } from "../base/painted-surface.ts";
import type { XWindow } from "../base/window.ts";
import { isVisible } from "../base/window-state.ts";
import type { WmContext } from "../base/wm-context.ts";
import { OutsidePress } from "../input/outside-press.ts";
import type { BarStyle } from "../settings/bar-style.ts";
import { PointerShapes } from "./pointer-shapes.ts";
import { TitleBar, type TitleBarContext } from "./title-bar.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = TitleBarContext & Pick<WmContext, "globals" | "appearance" | "x" | "input" | "pingBarrier">;

/** Title bars at once. Each takes some descriptors and memory, and clients can make as many windows as they like. */
const MAX_BARS = 100;

/** The title bars of all windows that have one of ours. */
export class TitleBars {
  readonly #context: Context;
  readonly #tools: PaintingTools;
  readonly #shapes: PointerShapes;
  readonly #outside: OutsidePress;
  readonly #bars = new Map<XWindow, TitleBar>();
  readonly #stopListening: (() => void)[];
  #style: BarStyle = { painter: null, isDark: false };
  #isStyled = false;

  /** Null where windows are to have none, or the host lacks what they are painted with. */
  static open(context: Context): TitleBars | null {
    const tools = context.titleBars === null ? null : bindPaintingTools(context.globals);
    return tools === null ? null : new TitleBars(context, tools);
  }

  private constructor(context: Context, tools: PaintingTools) {
    this.#context = context;
    this.#tools = tools;
    this.#shapes = new PointerShapes(context, tools);
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
      const kit = { tools: this.#tools, shapes: this.#shapes, outside: this.#outside, style: () => this.#style };
      this.#bars.set(window, new TitleBar(this.#context, kit, window, role, surface));
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
    this.#bars.get(window)?.update();
  }

  /** The window's role goes, and its bar with it. */
  take(window: XWindow): void {
    this.#bars.get(window)?.destroy();
    this.#bars.delete(window);
  }

  close(): void {
    for (const stop of this.#stopListening) stop();
    for (const bar of this.#bars.values()) bar.close();
    this.#bars.clear();
    this.#shapes.close();
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
    for (const bar of this.#bars.values()) bar.update();
  }
}
