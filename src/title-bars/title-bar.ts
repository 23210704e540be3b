// SPDX-License-Identifier: Apache-2.0
import {
  type ButtonEvent,
  LEFT,
  type OwnDevice,
  type OwnPointer,
  type OwnSurfaces,
  RIGHT,
} from "../frame/own-surfaces.ts";
import { pixelsOf } from "../frame/picture.ts";
import { NO_OFFSET, type Offset, type Size } from "../frame/size.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { paintSide, placeOf, type Side, type TitleBarLook } from "./bar-picture.ts";
import type { BarStyle } from "./bar-style.ts";
import { Canvas } from "./canvas.ts";
import type { PaintingContext, PaintingTools } from "./painted-surface.ts";
import { actionAt, BAR_HEIGHT, type ButtonName, type DecoratedWindow, type PartAction, partsOf } from "./parts.ts";
import { ARROW, type PointerShapes, resizeShapes } from "./pointer-shapes.ts";

/** Milliseconds and units of a surface within which two presses are a double click. */
const DOUBLE_CLICK_MS = 400;
const DOUBLE_CLICK_REACH = 5;
/** How far the pointer moves from where it was pressed until the window moves. */
const DRAG_DISTANCE = 4;

const sides: readonly Side[] = ["top", "left", "right", "bottom"];

/** What the title bars of a client have in common. */
export interface TitleBarKit extends PaintingContext {
  readonly tools: PaintingTools;
  readonly ownSurfaces: OwnSurfaces;
  readonly shapes: PointerShapes;
  readonly style: () => BarStyle;
}

/** A window as its title bar shows it. Sizes and places are in units of its surface, as the host counts them. */
export interface BarWindow {
  /** The size of what is below the bar. */
  readonly content: Size;
  /** Where that begins in the window's surface. */
  readonly origin: Offset;
  readonly title: string;
  /** Whether it has the keyboard. */
  readonly isActive: boolean;
  readonly isMaximized: boolean;
  /** Whether it has a shadow by which it is resized, where the host does not decide on its size. */
  readonly hasShadow: boolean;
  readonly isResizable: boolean;
  readonly canMinimize: boolean;
  readonly canMaximize: boolean;
  /** Whether the host has a menu for it. */
  readonly hasMenu: boolean;
  /** The pixels of the screen in a unit, in 120ths. */
  readonly scale: number;
}

/** Whose title bar it is: a window, and what can be done with it. */
export interface BarOwner {
  readonly surface: WlObject<"wl_surface">;
  /** The window as it is at the moment; null if it is to have no bar, or shows nothing. */
  describe(): BarWindow | null;
  /** The sub-surfaces have new places, which count with the window's next commit. */
  placed(): void;
  /** Has `layOut` called before the next commit. */
  expectLayout(): void;
  /** Commits the window, which may have no reason for it. */
  commit(): void;
  /** Something was pressed on the bar, by a device of that seat. */
  pressed(seat: WlObject<"wl_seat">): void;
  move(seat: WlObject<"wl_seat">, serial: number): void;
  /** @param edges which are moved (xdg_toplevel.resize_edge) */
  resize(seat: WlObject<"wl_seat">, serial: number, edges: number): void;
  /** @param x from the left of the surface, as `y` from its top */
  showMenu(seat: WlObject<"wl_seat">, serial: number, x: number, y: number): void;
  setMaximized(maximized: boolean): void;
  minimize(): void;
  close(): void;
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
  readonly #kit: TitleBarKit;
  readonly #owner: BarOwner;
  readonly #canvases: ReadonlyMap<Side, Canvas>;
  /** The window as it was laid out last; null while it has no bar, as in fullscreen. */
  #shown: DecoratedWindow | null = null;
  /** Where its content began then. */
  #origin: Offset = NO_OFFSET;
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
  #point: Point = NO_OFFSET;

  constructor(kit: TitleBarKit, owner: BarOwner) {
    this.#kit = kit;
    this.#owner = owner;
    this.#canvases = new Map(sides.map((side) => [side, this.#canvas(side)]));
  }

  /** The surface of the bar itself. */
  get surface(): WlObject<"wl_surface"> {
    return (this.#canvases.get("top") as Canvas).surface;
  }

  /** The window, or what it looks like, may be different. */
  update(): void {
    const now = this.#decorated();
    const shown = this.#shown;
    if (now?.hasMargin !== shown?.hasMargin || now?.isResizable !== shown?.isResizable) this.#owner.expectLayout();
    // Of the edges that resize it, the client knows nothing.
    if (now !== null && shown !== null && now.isResizable !== shown.isResizable) this.#commitSoon();
    this.#paint();
  }

  /** Puts everything around the content that is about to be shown. */
  layOut(): void {
    const window = this.#owner.describe();
    const now = window && decorated(window);
    const origin = window?.origin ?? NO_OFFSET;
    this.#shown = now;
    this.#origin = origin;
    this.#owner.placed();
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
      const placed = { ...place, x: place.x + origin.x, y: place.y + origin.y };
      canvas.place(placed, now.isResizable ? { x: 0, y: 0, width: place.width, height: place.height } : plain);
    }
    this.#paint();
  }

  /** Resolves when all of it is painted, as far as there is memory for that. */
  async drawn(): Promise<void> {
    await Promise.all([...this.#canvases.values()].map((canvas) => canvas.drawn));
  }

  /** Takes it away. The window's next commit applies that. */
  destroy(): void {
    this.#isClosed = true;
    // What the user does until the host knows is not to reach a toplevel that may be gone.
    this.#shown = null;
    this.#pointerLeft();
    for (const canvas of this.#canvases.values()) {
      this.#kit.ownSurfaces.delete(canvas.surface);
      canvas.destroy();
    }
  }

  /** The session has ended. */
  close(): void {
    this.#isClosed = true;
    for (const canvas of this.#canvases.values()) {
      this.#kit.ownSurfaces.delete(canvas.surface);
      canvas.close();
    }
  }

  #canvas(side: Side): Canvas {
    const { tools, ownSurfaces } = this.#kit;
    const canvas = new Canvas(this.#kit, tools, this.#owner.surface, () => this.#commitSoon());
    const at = (x: number, y: number): Point => {
      const place = this.#shown === null ? { x: 0, y: 0 } : placeOf(side, this.#shown);
      return { x: place.x + x, y: place.y + y };
    };
    ownSurfaces.add(canvas.surface, {
      window: this.#owner.surface,
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

  /** Commits the window: weston shows a sub-surface that has got its first content with its parent's next commit. */
  #commitSoon(): void {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    queueMicrotask(() => {
      this.#isCommitting = false;
      if (!this.#isClosed) this.#owner.commit();
    });
  }

  #decorated(): DecoratedWindow | null {
    const window = this.#owner.describe();
    return window && decorated(window);
  }

  /** Paints what does not look as it should. */
  #paint(): void {
    const shown = this.#shown;
    if (shown === null) return;
    const { painter, isDark } = this.#kit.style();
    const window = this.#owner.describe();
    const { buttons } = window === null ? shown : decorated(window);
    this.#shown = { ...shown, buttons };
    if (window === null) return;
    const { title, isActive, scale } = window;
    const hovered = this.#hovered;
    const look: TitleBarLook = { ...shown, buttons, title, isActive, isDark, hovered, pressed: this.#pressed };
    for (const [side, canvas] of this.#canvases) {
      const place = placeOf(side, shown);
      if (place.width === 0 || place.height === 0) continue;
      // The sides without a bar show nothing but a shadow.
      const key = side === "top" ? JSON.stringify([look, scale, painter !== null]) : `${isActive} ${scale}`;
      if (this.#painted.get(side) === key) continue;
      this.#painted.set(side, key);
      const size = { width: pixelsOf(place.width, scale), height: pixelsOf(place.height, scale) };
      canvas.show({ ...size, paint: () => paintSide(side, look, scale, painter) });
    }
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
    if (pointer.seat !== null) this.#owner.move(pointer.seat, held.serial);
  }

  #pointerLeft(): void {
    this.#hovered = null;
    this.#pressed = null;
    this.#held = null;
    this.#paint();
  }

  #button(pointer: OwnPointer, { button, isPressed, serial, time }: ButtonEvent): void {
    const action = this.#actionAt(this.#point);
    if (isPressed && pointer.seat !== null) this.#owner.pressed(pointer.seat);
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
    if (touch.seat !== null) this.#owner.pressed(touch.seat);
    if (action?.kind !== "move") this.#begin(action, touch, serial);
    else if (touch.seat !== null) this.#owner.move(touch.seat, serial);
  }

  #begin(action: PartAction | null, { seat }: OwnDevice, serial: number): void {
    if (action?.kind === "resize" && seat !== null) this.#owner.resize(seat, serial, action.edge);
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
    if (pressed === "close") this.#owner.close();
    else if (pressed === "minimize") this.#owner.minimize();
    else this.#toggleMaximized();
  }

  #toggleMaximized(): void {
    const window = this.#owner.describe();
    if (window !== null) this.#owner.setMaximized(!window.isMaximized);
  }

  #showMenu({ seat }: OwnPointer, serial: number): void {
    if (seat === null || this.#owner.describe()?.hasMenu !== true) return;
    const { x, y } = this.#point;
    this.#owner.showMenu(seat, serial, Math.round(x) + this.#origin.x, Math.round(y) + this.#origin.y);
  }

  #actionAt({ x, y }: Point): PartAction | null {
    return this.#shown === null ? null : actionAt(partsOf(this.#shown), x, y);
  }
}

/** The parts that a window's decoration is to have. */
function decorated(window: BarWindow): DecoratedWindow {
  const { content, isMaximized, hasShadow, isResizable, canMinimize, canMaximize } = window;
  const buttons: ButtonName[] = [];
  if (canMinimize) buttons.push("minimize");
  if (canMaximize && isResizable) buttons.push("maximize");
  buttons.push("close");
  return { ...content, buttons, isMaximized, hasMargin: hasShadow, isResizable };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
