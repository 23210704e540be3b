// SPDX-License-Identifier: Apache-2.0
import { SCALE_1 } from "../../frame/picture.ts";
import { NO_OFFSET } from "../../frame/size.ts";
import { tagTitle } from "../../hooks/title-text.ts";
import type { BarOwner, BarWindow } from "../../title-bars/title-bar.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { XWindow } from "../base/window.ts";
import { isVisible } from "../base/window-state.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { OutsidePress } from "../input/outside-press.ts";
import { factorOf } from "../outputs/output-layout.ts";
import type { SizeHints } from "../window/size-hints.ts";
import type { Surface } from "./surface.ts";
import type { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
export type BarOwnerContext = Pick<WmContext, "client" | "windows" | "isFramed" | "outputs" | "scale" | "titleBars">;

/** An X window that has a title bar of ours. */
export class XBarOwner implements BarOwner {
  readonly #context: BarOwnerContext;
  readonly #outside: OutsidePress;
  readonly #window: XWindow;
  readonly #toplevel: Toplevel;
  readonly #surface: Surface;

  constructor(context: BarOwnerContext, outside: OutsidePress, window: XWindow, toplevel: Toplevel, surface: Surface) {
    this.#context = context;
    this.#outside = outside;
    this.#window = window;
    this.#toplevel = toplevel;
    this.#surface = surface;
  }

  get surface(): WlObject<"wl_surface"> {
    return this.#surface.object;
  }

  describe(): BarWindow | null {
    const { size } = this.#surface;
    const { states, canMinimize, canMaximize, hasMenu } = this.#toplevel;
    if (size === null || states.fullscreen) return null;
    const { scale, isFramed } = this.#context;
    const { properties, transientOf } = this.#window;
    return {
      content: { width: scale.sizeToHost(size.width), height: scale.sizeToHost(size.height) },
      origin: NO_OFFSET,
      title: this.#title,
      isActive: states.activated,
      isMaximized: states.maximized,
      // The edges of a frame resize the window, too.
      hasShadow: !states.maximized && !isFramed,
      isResizable: properties === null || !hasOneSize(properties.sizes),
      canMinimize: canMinimize !== false && transientOf === null,
      canMaximize: canMaximize !== false,
      hasMenu: hasMenu !== false,
      scale: this.#outputScale,
    };
  }

  placed(): void {
    const { size } = this.#surface;
    if (size !== null) this.#toplevel.setGeometry(size.width, size.height);
  }

  expectLayout(): void {
    this.#surface.expectResize();
  }

  commit(): void {
    if (isVisible(this.#window.state)) this.#context.client.injectRequest(this.#surface.object, "commit", {});
  }

  pressed(seat: WlObject<"wl_seat">): void {
    this.#outside.press(seat, this.#window);
  }

  move(seat: WlObject<"wl_seat">, serial: number): void {
    this.#toplevel.move(seat, serial);
  }

  resize(seat: WlObject<"wl_seat">, serial: number, edges: number): void {
    this.#toplevel.resize(seat, serial, edges);
  }

  showMenu(seat: WlObject<"wl_seat">, serial: number, x: number, y: number): void {
    this.#toplevel.showMenu(seat, serial, x, y);
  }

  setMaximized(maximized: boolean): void {
    this.#toplevel.setMaximized(maximized);
  }

  minimize(): void {
    this.#toplevel.minimize();
  }

  close(): void {
    this.#context.windows.tell("closing", this.#window);
  }

  get #title(): string {
    const title = this.#window.properties?.title ?? "";
    const tag = this.#context.titleBars?.tag ?? "";
    return tag === "" ? title : tagTitle(tag, title);
  }

  /** The pixels of the screen that the window is on, in 120ths of those of its surface. */
  get #outputScale(): number {
    const { outputs } = this.#context;
    const own = outputs.of(this.#surface.object);
    const factors = (own === undefined ? [...outputs] : [own]).map(({ facts }) => factorOf(facts));
    return Math.round(SCALE_1 * Math.min(Math.max(1, ...factors), 4));
  }
}

function hasOneSize({ minWidth, minHeight, maxWidth, maxHeight }: SizeHints): boolean {
  return maxWidth > 0 && maxHeight > 0 && minWidth === maxWidth && minHeight === maxHeight;
}
