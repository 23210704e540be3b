// SPDX-License-Identifier: Apache-2.0
import type { Rect } from "../hooks/damage.ts";
import type { PolicyGuard } from "../policy/guard.ts";
import type { FramePolicy } from "../policy/policy.ts";
import type { Client } from "../relay/client.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { Clips } from "./clips.ts";
import { BLACK, type Color, parseColor } from "./color.ts";
import { ContentCrop } from "./content-crop.ts";
import type { EdgeInput } from "./edge-input.ts";
import { Edges } from "./edges.ts";
import { type FramedWindow, isSameBox, type Layout } from "./framed-window.ts";
import { HostTools, type SurfaceMakers } from "./host-tools.ts";
import { LABEL_HEIGHT, type Label } from "./label.ts";
import { LabelSurface } from "./label-surface.ts";
import type { LoadTextPainter } from "./load-text.ts";
import { growthBy, type Insets, insetsOf, NO_INSETS, NO_OFFSET, type Offset, type Size } from "./size.ts";
import { type Crop, Surface } from "./surface.ts";
import type { TextPainter } from "./text-painter.ts";

/** The frame of a popup is thinner: it lies close to what it belongs to. */
const MAX_POPUP_WIDTH = 2;

/**
 * Frames windows. The host is told that a window is as much larger as its frame is wide, and the client does not learn of it.
 * The frame encloses what the client calls its window; of the window's own surface nothing else is shown. Sub-surfaces
 * that reach out of it are cut, or hidden where that cannot be. So nothing of the client's is ever outside of the frame or over it, whatever lies
 * above what. A window that cannot be framed is not shown.
 */
export class Framing {
  /** The frames of toplevels and of popups. */
  readonly frame: Insets;
  readonly popupFrame: Insets;
  readonly #guard: PolicyGuard;
  readonly #color: Color;
  readonly #label: Label | null;
  readonly #input: EdgeInput;
  readonly #loadPainter: LoadTextPainter;
  /** Null while it is loaded, and where there is no font. */
  #painter: TextPainter | null = null;
  readonly #surfaces = new WeakMap<WlObject, Surface>();
  readonly #tools = new WeakMap<Client, HostTools>();
  readonly #clips = new Clips();
  /** Windows that are not shown since no output is large enough. */
  readonly #tooLarge = new WeakMap<Client, Set<FramedWindow>>();
  /** Clients of which the log has told that a part of a window is not shown. */
  readonly #told = new WeakSet<Client>();

  constructor(guard: PolicyGuard, policy: FramePolicy, input: EdgeInput, loadPainter: LoadTextPainter) {
    const { label, width } = policy;
    this.#guard = guard;
    // Who reads policies lets nothing else in.
    this.#color = parseColor(policy.color) ?? BLACK;
    this.#label = label === "" ? null : { text: label, color: this.#color };
    this.#input = input;
    this.#loadPainter = loadPainter;
    this.frame = insetsOf(width, label === "" ? width : Math.max(width, LABEL_HEIGHT));
    this.popupFrame = insetsOf(Math.min(width, MAX_POPUP_WIDTH));
  }

  /** A client has come. */
  prepare({ log }: Client): void {
    if (this.#label === null || this.#painter !== null) return;
    void this.#loadPainter(log).then((painter) => {
      this.#painter = painter;
    });
  }

  toolsOf(client: Client): HostTools {
    let known = this.#tools.get(client);
    if (known === undefined) {
      known = new HostTools(client);
      known.onOutput = () => this.#tryAgain(client);
      this.#tools.set(client, known);
    }
    return known;
  }

  surfaceFor(object: WlObject<"wl_surface">): Surface {
    let surface = this.#surfaces.get(object);
    if (surface === undefined) {
      surface = new Surface(object);
      this.#surfaces.set(object, surface);
    }
    return surface;
  }

  /** The place from which the host counts on a surface, in the client's coordinates. */
  originOf(surface: WlObject): Offset {
    return this.#surfaces.get(surface)?.origin ?? NO_OFFSET;
  }

  /** What lets the host show no more than a part of a surface; undefined where it shows all. */
  cropOf(surface: Surface): Crop | undefined {
    return surface.window?.crop ?? this.#clips.cropOf(surface);
  }

  /**
   * Commits a window's surface.
   *
   * @param after calls back when the commit is on its way
   * @returns whether it may be shown
   */
  commitWindow(client: Client, window: FramedWindow, after: (callback: () => void) => void): boolean {
    const { surface } = window;
    const { nextSize } = surface;
    if (nextSize === null) window.box = null;
    else if (!this.#enclose(client, window, nextSize)) return false;
    surface.commit();
    if (window.box !== null) for (const child of surface.children) this.#arrange(client, child, window.box, after);
    return true;
  }

  #arrange(client: Client, surface: Surface, box: Rect, after: (callback: () => void) => void): void {
    const { makers } = this.toolsOf(client);
    const { subsurface } = surface;
    if (makers === null || subsurface === null || !this.#isCut(client, surface)) {
      surface.shownAt = surface.place;
      return this.#hideOutside(client, surface);
    }
    const tellSync = (): void => {
      if (surface.isSync) return;
      client.sendRequest(subsurface, "set_sync", {});
      after(() => client.sendRequest(subsurface, "set_desync", {}));
    };
    if (!this.#clips.arrange(client, makers, surface, box, tellSync)) this.#hide(client, surface);
  }

  /** Whether a sub-surface may be cut: one directly in a window, that has none of its own. */
  #isCut(client: Client, { parent, children, nextSize }: Surface): boolean {
    const { canCrop } = this.toolsOf(client);
    const isKnown = nextSize === null || Number.isFinite(nextSize.width);
    return canCrop && isKnown && children.size === 0 && parent?.window?.box != null;
  }

  /** Commits another surface. */
  commit(client: Client, surface: Surface): void {
    const { bounds } = surface;
    const { makers } = this.toolsOf(client);
    if (bounds !== null && makers !== null && this.#isCut(client, surface)) {
      const isLeft = this.#clips.cut(client, makers, surface, bounds);
      surface.commit();
      if (!isLeft) this.#hide(client, surface);
      return;
    }
    this.#clips.end(client, surface);
    surface.commit();
    if (bounds === null || surface.size === null || !(surface.isImmediate || surface.isSurplus)) return;
    if (surface.reachesOutOf(bounds)) this.#hide(client, surface);
  }

  /** A surface becomes a sub-surface. */
  join(client: Client, surface: Surface, parent: Surface, subsurface: WlObject<"wl_subsurface">): void {
    if (this.#clips.cropOf(parent) !== undefined) {
      this.#clips.end(client, parent);
      this.#hide(client, parent);
    }
    surface.join(parent, subsurface);
    this.#hideOutside(client, surface);
  }

  /** A surface is a sub-surface no more. */
  leave(client: Client, surface: Surface): void {
    this.#clips.end(client, surface);
    surface.leave();
  }

  /** A window has lost its role, or its surface. */
  endWindow(client: Client, window: FramedWindow): void {
    window.end();
    this.#tooLarge.get(client)?.delete(window);
  }

  /** A surface is gone. */
  end(client: Client, object: WlObject): void {
    const surface = this.#surfaces.get(object);
    if (surface === undefined) return;
    this.#clips.end(client, surface);
    surface.end();
  }

  /** A sub-surface shows at once what it has committed, and waits for its parent no more. */
  release(client: Client, surface: Surface): void {
    // What is cut fits already.
    if (surface.isImmediate && !this.#isCut(client, surface)) this.#hideOutside(client, surface);
  }

  /** Hides a sub-surface if it, or one within it, would be shown outside of the frame. */
  #hideOutside(client: Client, surface: Surface): void {
    const { bounds } = surface;
    if (surface.size !== null && bounds !== null && surface.reachesOutOf(bounds)) this.#hide(client, surface);
  }

  /** A surface becomes a cursor, or the icon of a drag. */
  becomePointed(client: Client, surface: Surface): void {
    surface.isPointed = true;
    for (const child of surface.children) if (child.size !== null) this.#hide(client, child);
  }

  /** Lets a surface show nothing, at the same time as what is committed next. */
  #hide(client: Client, surface: Surface): void {
    surface.hide();
    client.sendRequest(surface.object, "attach", { buffer: null, x: 0, y: 0 });
    client.sendRequest(surface.object, "commit", {});
    if (this.#told.has(client)) return;
    this.#told.add(client);
    client.log.info(`${client.name}: a part of a window that reaches out of its frame is not shown`);
  }

  #enclose(client: Client, window: FramedWindow, size: Size): boolean {
    const layout = this.#layoutOf(window);
    if (window.isSettled(size, layout)) return true;
    const box = window.boxFor(size, this.toolsOf(client).canCrop);
    const insets = layout === "framed" ? window.frame : NO_INSETS;
    const growth = growthBy(insets);
    const whole = { width: box.right - box.left + growth.width, height: box.bottom - box.top + growth.height };
    const shown = intersection(box, { left: 0, top: 0, right: size.width, bottom: size.height });
    if (!this.#hasRoom(client, window, whole) || !Number.isFinite(size.width)) {
      this.#tooLargeOf(client).add(window);
      this.#refuse(client, `a window of ${whole.width}x${whole.height}, whose frame would be off the screen,`);
      return false;
    }
    const inner = layout === "covered" ? within(box, window.frame) : box;
    if (shown === null || inner === null) {
      this.#refuse(client, "a window that is elsewhere than its content");
      return false;
    }
    const { makers } = this.toolsOf(client);
    if (makers === null) {
      this.#refuse(client, "a window on a compositor without wl_subcompositor and wp_viewporter");
      return false;
    }
    this.#tooLargeOf(client).delete(window);
    const { edges, crop } = this.#partsOf(client, window, makers);
    const { object, origin: before } = window.surface;
    if (object.clientGone) return false;
    crop.show(isSameBox(shown, { left: 0, top: 0, right: size.width, bottom: size.height }) ? null : shown, size);
    window.settle(size);
    const { origin } = window.surface;
    if (isSameBox(box, window.box) && layout === window.layout && before.x === origin.x && before.y === origin.y)
      return true;
    window.box = box;
    window.layout = layout;
    if (layout === "bare") edges.hide();
    else edges.place(from(inner, origin), window.frame);
    const { left, top } = from(box, origin);
    client.sendRequest(window.xdgSurface, "set_window_geometry", {
      x: left - insets.left,
      y: top - insets.top,
      ...whole,
    });
    return true;
  }

  #tooLargeOf(client: Client): Set<FramedWindow> {
    let windows = this.#tooLarge.get(client);
    if (windows === undefined) {
      windows = new Set();
      this.#tooLarge.set(client, windows);
    }
    return windows;
  }

  /** Commits again what was too large for the outputs that there were: its client may wait for an answer. */
  #tryAgain(client: Client): void {
    const windows = [...this.#tooLargeOf(client)];
    this.#tooLarge.delete(client);
    for (const { surface } of windows)
      if (!surface.object.clientGone) client.injectRequest(surface.object, "commit", {});
  }

  #refuse(client: Client, what: string): void {
    this.#guard.refuse(client, "frame", what);
  }

  #layoutOf({ bare: { phase } }: FramedWindow): Layout {
    if (phase === "none") return "framed";
    return phase === "bare" && this.#guard.policy.fullscreen === "without-frame" ? "bare" : "covered";
  }

  /** Whether a window of some size would have its frame on the screen. */
  #hasRoom(client: Client, { configured }: FramedWindow, { width, height }: Size): boolean {
    const { largest } = this.toolsOf(client);
    return width <= Math.max(largest.width, configured.width) && height <= Math.max(largest.height, configured.height);
  }

  /** What a window's frame is made of. */
  #partsOf(client: Client, window: FramedWindow, makers: SurfaceMakers): { edges: Edges; crop: ContentCrop } {
    window.crop ??= new ContentCrop(client, makers, window.surface);
    if (window.edges === null) {
      window.edges = this.#makeEdges(client, window, makers);
      window.box = null;
    }
    return { edges: window.edges, crop: window.crop };
  }

  #makeEdges(client: Client, { surface: { object }, toplevel }: FramedWindow, makers: SurfaceMakers): Edges {
    const host = this.toolsOf(client);
    const [label, painter] = [this.#label, this.#painter];
    const makeLabel =
      label !== null && painter !== null && toplevel !== null
        ? () => new LabelSurface(client, host, makers, object, label, painter)
        : null;
    const strips = host.strips(this.#color, this.frame.top);
    return new Edges(client, makers, object, strips, toplevel, this.#input, makeLabel);
  }
}

/** What is left of a box without a frame; null if that is nothing. */
function within(box: Rect, frame: Insets): Rect | null {
  return intersection(box, {
    left: box.left + frame.left,
    top: box.top + frame.top,
    right: box.right - frame.right,
    bottom: box.bottom - frame.bottom,
  });
}

/** What two boxes have in common; null if that is nothing. */
function intersection(one: Rect, other: Rect): Rect | null {
  const common = {
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
  };
  return common.left < common.right && common.top < common.bottom ? common : null;
}

/** A box, counted from another place. */
function from({ left, top, right, bottom }: Rect, { x, y }: Offset): Rect {
  return { left: left - x, top: top - y, right: right - x, bottom: bottom - y };
}
