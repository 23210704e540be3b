// SPDX-License-Identifier: Apache-2.0
import { type ButtonEvent, LEFT, type OwnDevice, type OwnPointer, RIGHT } from "../../frame/own-surfaces.ts";
import { pixelsOf, SCALE_1 } from "../../frame/picture.ts";
import {
  actionAt,
  BAR_HEIGHT,
  type ButtonName,
  type DecoratedWindow,
  type PartAction,
  partsOf,
} from "../../frame/title-bar.ts";
import { paintSide, placeOf, type Side, type TitleBarLook } from "../../frame/title-bar-picture.ts";
import { tagTitle } from "../../hooks/title-text.ts";
import type { PaintingTools } from "../base/painted-surface.ts";
import type { XWindow } from "../base/window.ts";
import { isVisible } from "../base/window-state.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { OutsidePress } from "../input/outside-press.ts";
import { factorOf } from "../outputs/output-layout.ts";
import type { BarStyle } from "../settings/bar-style.ts";
import { Canvas } from "./canvas.ts";
import { ARROW, type PointerShapes, resizeShapes } from "./pointer-shapes.ts";
import type { Surface } from "./surface.ts";
import type { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
export type TitleBarContext = Pick<
  WmContext,
  "client" | "images" | "log" | "windows" | "ownSurfaces" | "isFramed" | "outputs" | "scale" | "titleBars"
>;

/** Milliseconds and units of a surface within which two presses are a double click. */
const DOUBLE_CLICK_MS = 400;
const DOUBLE_CLICK_REACH = 5;
/** How far the pointer moves from where it was pressed until the window moves. */
const DRAG_DISTANCE = 4;

const sides: readonly Side[] = ["top", "left", "right", "bottom"];

/** What title bars have in common. */
export interface TitleBarKit {
  readonly tools: PaintingTools;
  readonly shapes: PointerShapes;
  readonly outside: OutsidePress;
  readonly style: () => BarStyle;
}

/** A place on a title bar, from the corner of the content. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** A press of the left button on the bar. */
interface Press extends Point {
  readonly serial: number;
  readonly time: number;
}

/** The title bar of a toplevel, with its buttons and what resizes the window: sub-surfaces around the content. */
export class TitleBar {
  readonly #context: TitleBarContext;
  readonly #kit: TitleBarKit;
  readonly #window: XWindow;
  readonly #toplevel: Toplevel;
  readonly #surface: Surface;
  readonly #canvases: ReadonlyMap<Side, Canvas>;
  /** The window as it was laid out last; null while it has no bar, as in fullscreen. */
  #shown: DecoratedWindow | null = null;
  /** What each side shows, in a word. */
  readonly #painted = new Map<Side, string>();
  #hovered: ButtonName | null = null;
  #pressed: ButtonName | null = null;
  /** The press that is held, and moves the window when the pointer moves. */
  #held: Press | null = null;
  #isCommitting = false;
  #isClosed = false;
  /** The last press, which may be half of a double click. */
  #lastPress: Press | null = null;
  /** Where the pointer is. */
  #point: Point = { x: 0, y: 0 };

  constructor(context: TitleBarContext, kit: TitleBarKit, window: XWindow, toplevel: Toplevel, surface: Surface) {
    this.#context = context;
    this.#kit = kit;
    this.#window = window;
    this.#toplevel = toplevel;
    this.#surface = surface;
    toplevel.bar = BAR_HEIGHT;
    this.#canvases = new Map(sides.map((side) => [side, this.#canvas(side)]));
    surface.resizing = () => this.#layOut();
  }

  /** The window, or what it looks like, may be different. */
  update(): void {
    const now = this.#decorated();
    const shown = this.#shown;
    if (now?.hasMargin !== shown?.hasMargin || now?.isResizable !== shown?.isResizable) this.#surface.expectResize();
    // Of the edges that resize it, Xwayland knows nothing.
    if (now !== null && shown !== null && now.isResizable !== shown.isResizable) this.#commitSoon();
    this.#paint();
  }

  /** Takes it away. The window's next commit applies that. */
  destroy(): void {
    this.#isClosed = true;
    this.#surface.resizing = null;
    this.#toplevel.bar = 0;
    // What the user does until the host knows is not to reach a toplevel that may be gone.
    this.#shown = null;
    this.#pointerLeft();
    for (const canvas of this.#canvases.values()) {
      this.#context.ownSurfaces.delete(canvas.surface);
      canvas.destroy();
    }
  }

  /** The session has ended. */
  close(): void {
    this.#isClosed = true;
    for (const canvas of this.#canvases.values()) canvas.close();
  }

  #canvas(side: Side): Canvas {
    const { ownSurfaces } = this.#context;
    const canvas = new Canvas(this.#context, this.#kit.tools, this.#surface.object, () => this.#commitSoon());
    const at = (x: number, y: number): Point => {
      const place = this.#shown === null ? { x: 0, y: 0 } : placeOf(side, this.#shown);
      return { x: place.x + x, y: place.y + y };
    };
    ownSurfaces.add(canvas.surface, {
      window: this.#surface.object,
      pointerMoved: (pointer) => this.#pointerMoved(pointer, at(pointer.x, pointer.y)),
      left: () => this.#pointerLeft(),
      pointerButton: (pointer, event) => this.#button(pointer, event),
      touched: (touch, serial, x, y) => this.#touched(touch, serial, at(x, y)),
      touchMoved: (x, y) => {
        this.#point = at(x, y);
      },
      touchEnded: () => this.#released(),
    });
    return canvas;
  }

  /**
   * Commits the window, for which Xwayland may have no reason: weston shows a sub-surface that has got its first content
   * with its parent's next commit.
   */
  #commitSoon(): void {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    queueMicrotask(() => {
      this.#isCommitting = false;
      if (this.#isClosed || !isVisible(this.#window.state)) return;
      this.#context.client.injectRequest(this.#surface.object, "commit", {});
    });
  }

  /** The window with the content that its surface has; null if it is to have no bar, or has no content. */
  #decorated(): DecoratedWindow | null {
    const { size } = this.#surface;
    const { states, canMinimize, canMaximize } = this.#toplevel;
    if (size === null || states.fullscreen) return null;
    const { scale } = this.#context;
    const { properties, transientOf } = this.#window;
    const isResizable = properties === null || !hasOneSize(properties.sizes);
    const buttons: ButtonName[] = [];
    if (canMinimize !== false && transientOf === null) buttons.push("minimize");
    if (canMaximize !== false && isResizable) buttons.push("maximize");
    buttons.push("close");
    return {
      width: scale.sizeToHost(size.width),
      height: scale.sizeToHost(size.height),
      buttons,
      isMaximized: states.maximized,
      // The edges of a frame resize the window, too.
      hasMargin: !states.maximized && !this.#context.isFramed,
      isResizable,
    };
  }

  /** Puts everything around the content that is about to be shown. */
  #layOut(): void {
    const { size } = this.#surface;
    if (size === null) return;
    const now = this.#decorated();
    this.#shown = now;
    this.#toplevel.setGeometry(size.width, size.height);
    for (const [side, canvas] of this.#canvases) {
      this.#painted.delete(side);
      const place = now === null ? null : placeOf(side, now);
      if (now === null || place === null || place.width === 0 || place.height === 0) {
        canvas.hide();
        continue;
      }
      const bar = { x: -place.x, y: place.height - BAR_HEIGHT, width: now.width, height: BAR_HEIGHT };
      const nowhere = { x: 0, y: 0, width: 0, height: 0 };
      const plain = side === "top" ? bar : nowhere;
      canvas.place(place, now.isResizable ? { x: 0, y: 0, width: place.width, height: place.height } : plain);
    }
    this.#paint();
  }

  /** Paints what does not look as it should. */
  #paint(): void {
    const shown = this.#shown;
    if (shown === null) return;
    const { painter, isDark } = this.#kit.style();
    const now = this.#decorated() ?? shown;
    const look: TitleBarLook = {
      ...shown,
      buttons: now.buttons,
      title: this.#title,
      isActive: this.#toplevel.states.activated,
      isDark,
      hovered: this.#hovered,
      pressed: this.#pressed,
    };
    this.#shown = { ...shown, buttons: now.buttons };
    const scale = this.#scale;
    for (const [side, canvas] of this.#canvases) {
      const place = placeOf(side, shown);
      if (place.width === 0 || place.height === 0) continue;
      // The sides without a bar show nothing but a shadow.
      const key = side === "top" ? JSON.stringify([look, scale, painter !== null]) : `${look.isActive} ${scale}`;
      if (this.#painted.get(side) === key) continue;
      this.#painted.set(side, key);
      const size = { width: pixelsOf(place.width, scale), height: pixelsOf(place.height, scale) };
      canvas.show({ ...size, paint: () => paintSide(side, look, scale, painter) });
    }
  }

  get #title(): string {
    const title = this.#window.properties?.title ?? "";
    const tag = this.#context.titleBars?.tag ?? "";
    return tag === "" ? title : tagTitle(tag, title);
  }

  /** The pixels of the screen that the window is on, in 120ths of those of its surface. */
  get #scale(): number {
    const { outputs } = this.#context;
    const own = outputs.of(this.#surface.object);
    const factors = (own === undefined ? [...outputs] : [own]).map(({ facts }) => factorOf(facts));
    return Math.round(SCALE_1 * Math.min(Math.max(1, ...factors), 4));
  }

  #pointerMoved(pointer: OwnPointer, point: Point): void {
    this.#point = point;
    const action = this.#actionAt(point);
    const shape = action?.kind === "resize" ? resizeShapes[action.edge] : undefined;
    this.#kit.shapes.set(pointer, shape ?? ARROW);
    this.#hovered = action?.kind === "button" ? action.button : null;
    this.#paint();
    const held = this.#held;
    if (held === null || distance(held, point) < DRAG_DISTANCE) return;
    this.#held = null;
    this.#lastPress = null;
    if (pointer.seat !== null) this.#toplevel.move(pointer.seat, held.serial);
  }

  #pointerLeft(): void {
    this.#hovered = null;
    this.#pressed = null;
    this.#held = null;
    this.#paint();
  }

  #button(pointer: OwnPointer, { button, isPressed, serial, time }: ButtonEvent): void {
    const action = this.#actionAt(this.#point);
    if (isPressed && pointer.seat !== null) this.#kit.outside.press(pointer.seat, this.#window);
    if (button === RIGHT && isPressed && action?.kind === "move") return this.#showMenu(pointer, serial);
    if (button !== LEFT) return;
    if (!isPressed) return this.#released();
    if (action?.kind === "move") this.#pressedBar(serial, time);
    else this.#begin(action, pointer, serial);
  }

  #pressedBar(serial: number, time: number): void {
    const last = this.#lastPress;
    const press = { ...this.#point, serial, time };
    const isDouble =
      last !== null && press.time - last.time < DOUBLE_CLICK_MS && distance(last, press) < DOUBLE_CLICK_REACH;
    this.#held = isDouble ? null : press;
    this.#lastPress = this.#held;
    if (isDouble && this.#shown?.buttons.includes("maximize")) this.#toggleMaximized();
  }

  #touched(touch: OwnDevice, serial: number, point: Point): void {
    this.#point = point;
    const action = this.#actionAt(point);
    if (touch.seat !== null) this.#kit.outside.press(touch.seat, this.#window);
    if (action?.kind !== "move") this.#begin(action, touch, serial);
    else if (touch.seat !== null) this.#toplevel.move(touch.seat, serial);
  }

  #begin(action: PartAction | null, { seat }: OwnDevice, serial: number): void {
    if (action?.kind === "resize" && seat !== null) this.#toplevel.resize(seat, serial, action.edge);
    if (action?.kind !== "button") return;
    this.#pressed = action.button;
    this.#paint();
  }

  /** Does what a button is for, if it is released where it was pressed. */
  #released(): void {
    const pressed = this.#pressed;
    const action = this.#actionAt(this.#point);
    this.#pressed = null;
    this.#held = null;
    this.#paint();
    if (pressed === null || action?.kind !== "button" || action.button !== pressed) return;
    if (pressed === "close") this.#context.windows.tell("closing", this.#window);
    else if (pressed === "minimize") this.#toplevel.minimize();
    else this.#toggleMaximized();
  }

  #toggleMaximized(): void {
    this.#toplevel.setMaximized(!this.#toplevel.states.maximized);
  }

  #showMenu({ seat }: OwnPointer, serial: number): void {
    if (this.#toplevel.hasMenu === false || seat === null) return;
    const { x, y } = this.#point;
    this.#toplevel.showMenu(seat, serial, Math.round(x), Math.round(y) + BAR_HEIGHT);
  }

  #actionAt({ x, y }: Point): PartAction | null {
    return this.#shown === null ? null : actionAt(partsOf(this.#shown), x, y);
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function hasOneSize(sizes: {
  readonly minWidth: number;
  readonly minHeight: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
}): boolean {
  const { minWidth, minHeight, maxWidth, maxHeight } = sizes;
  return maxWidth > 0 && maxHeight > 0 && minWidth === maxWidth && minHeight === maxHeight;
}
