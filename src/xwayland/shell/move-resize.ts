// SPDX-License-Identifier: Apache-2.0
import { XdgToplevelResizeEdge as ResizeEdge } from "../../protocol/generated/enums.ts";
import type { EventOf } from "../../x11/codec/events.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import type { Press } from "../input/user-input.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "events" | "windows" | "input" | "explain">;

/** xdg_toplevel.resize_edge of each direction of _NET_WM_MOVERESIZE (EWMH): from the top left corner clockwise. */
const edges: readonly number[] = [
  ResizeEdge.top_left,
  ResizeEdge.top,
  ResizeEdge.top_right,
  ResizeEdge.right,
  ResizeEdge.bottom_right,
  ResizeEdge.bottom,
  ResizeEdge.bottom_left,
  ResizeEdge.left,
];
/** The direction that moves the window. */
const MOVE = 8;

/**
 * Starts moves and resizes by the host's user when a client asks for them, as by a title bar that it draws itself. A
 * client that wants one by the keyboard asks in vain, since the host has nothing for that. What has begun only the user
 * can end. Old clients do not ask but place their window where the pointer goes. That is left to the host, too, as only
 * it knows where they are.
 */
export class MoveResize {
  static readonly atoms: readonly string[] = ["_NET_WM_MOVERESIZE"];
  static readonly supported: readonly string[] = MoveResize.atoms;

  readonly #context: Context;
  /** The button that was pressed where a client has begun to place its window; the host does so until it is released. */
  #dragged: Press | null = null;

  constructor(context: Context) {
    this.#context = context;
    context.events.onMessage("_NET_WM_MOVERESIZE", (window, [, , direction = -1]) => this.#begin(window, direction));
    context.events.on("ConfigureRequest", (event) => this.#placed(event));
  }

  #placed({ window: id, x, y, width, height }: EventOf<"ConfigureRequest">): void {
    const { input, windows, explain } = this.#context;
    const window = windows.get(id);
    const press = input.held;
    if (window === undefined || press === null || press === this.#dragged) return;
    const { geometry, role, surface } = window;
    const isMove = width === geometry.width && height === geometry.height && (x !== geometry.x || y !== geometry.y);
    if (!isMove || !(role instanceof Toplevel) || surface?.object !== press.surface) return;
    explain?.(`${window} moves itself with the pointer, which the host does from now on`);
    this.#dragged = press;
    role.move(press.seat, press.serial);
  }

  #begin(window: XWindow, direction: number): void {
    const { input, explain } = this.#context;
    const edge = edges[direction];
    const { role, surface } = window;
    if (!(role instanceof Toplevel) || surface === null || (direction !== MOVE && edge === undefined)) return;
    // Whether it is still held the host knows better: what it has heard of a release may be on its way to us.
    const press = input.pressIn(surface.object);
    if (press === null) {
      explain?.(`${window} is not moved: nothing was pressed in it`);
      return;
    }
    if (edge === undefined) role.move(press.seat, press.serial);
    else role.resize(press.seat, press.serial, edge);
  }
}
