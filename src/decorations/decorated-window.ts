// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import { type HostStates, noStates, readHostStates, wordsOf } from "../frame/host-states.ts";
import { SCALE_1 } from "../frame/picture.ts";
import { NO_OFFSET, type Offset, type Size } from "../frame/size.ts";
import type { Surface } from "../frame/surface.ts";
import {
  XdgToplevelWmCapabilities as Capability,
  ZxdgToplevelDecorationV1Error as DecorationError,
  ZxdgToplevelDecorationV1Mode as Mode,
} from "../protocol/generated/enums.ts";
import { onEvents } from "../relay/one-sided.ts";
import { BAR_HEIGHT } from "../title-bars/parts.ts";
import { type BarOwner, type BarWindow, TitleBar } from "../title-bars/title-bar.ts";
import { ProtocolError } from "../wire/errors.ts";
import type { WlObject } from "../wire/wl-object.ts";
import { Configurations } from "./configurations.ts";
import type { DecoratedClient } from "./decorated-client.ts";

/** Milliseconds for which a window waits for the first picture of its bar: in a VM there may be no memory for that now. */
const FIRST_PICTURE_MS = 250;

/**
 * Programs choose the sizes of their windows and the scales of their buffers, and painting takes time and memory. So a window
 * with a longer side has no bar, and a bar no more pixels along a side, nor in a unit (in 120ths).
 */
const MAX_SIDE = 16_384;
const MAX_SCALE = 4 * SCALE_1;

/** The part of a surface that is the window. */
type Box = Offset & Size;

const NO_SIZE: Size = { width: 0, height: 0 };

/** The sizes that a window may have; 0 for no limit. */
interface Limits {
  min: Size;
  max: Size;
}

/** A toplevel of a client that knows of decorations: whether it has a title bar, and what that changes. */
export class DecoratedWindow implements BarOwner {
  readonly toplevel: WlObject<"xdg_toplevel">;
  /** How far the content begins below the window's upper edge, for the host. */
  bar = 0;
  title = "";
  hasParent = false;
  /** What the client has called its window; null for nothing. */
  geometry: Box | null = null;
  /** Whether the client has shown something, or is about to. */
  hasContent = false;
  /** Whether the client has said something that counts with its next commit, as far as that must not be taken apart. */
  isDirty = false;
  /** Whether it is up to us to tell the host which part of the surface is the window. */
  tellsGeometry = false;
  readonly limits: Limits = { min: NO_SIZE, max: NO_SIZE };
  readonly configurations: Configurations = new Configurations();
  readonly #home: DecoratedClient;
  readonly #xdgSurface: WlObject<"xdg_surface">;
  readonly #surface: Surface;
  /** The object that the client has for it. */
  #decoration: WlObject<"zxdg_toplevel_decoration_v1"> | null = null;
  /** Whether the client wants a bar of ours. */
  #wantsBar = false;
  /** The mode that the client was told last. */
  #told: number | null = null;
  /** Whether the configuration that the host is about to finish has a bar. */
  #willHaveBar = false;
  /** The last configuration as the client was told it, but with the bar. */
  #configured: Size = NO_SIZE;
  #rawStates: Uint8Array = new Uint8Array(0);
  #states: HostStates = noStates;
  #capabilities: readonly number[] | null = null;
  #titleBar: TitleBar | null = null;
  #scaler: WlObject<"wp_fractional_scale_v1"> | null = null;
  /** In 120ths; null where the host does not say. */
  #scale: number | null = null;
  #mustLayOut = false;
  /** What was laid out last. */
  #content: Box | null = null;
  /** The geometry that the host was told last; null for none. */
  #toldGeometry: Box | null = null;

  constructor(
    home: DecoratedClient,
    surface: Surface,
    xdgSurface: WlObject<"xdg_surface">,
    toplevel: WlObject<"xdg_toplevel">,
  ) {
    this.#home = home;
    this.#surface = surface;
    this.#xdgSurface = xdgSurface;
    this.toplevel = toplevel;
  }

  get surface(): WlObject<"wl_surface"> {
    return this.#surface.object;
  }

  /** The client makes an object for its decoration. Throws a ProtocolError when it may not. */
  decorate(decoration: WlObject<"zxdg_toplevel_decoration_v1">): void {
    if (this.#decoration !== null)
      throw fault(decoration, "the toplevel has a decoration already", DecorationError.already_constructed);
    if (this.hasContent)
      throw fault(decoration, "the toplevel has content already", DecorationError.unconfigured_buffer);
    this.#decoration = decoration;
    this.tellsGeometry = true;
    this.#told = null;
    if (this.configurations.hasBegun) this.#configure();
  }

  /** The client says whether it wants a bar of ours. */
  requestBar(wantsBar: boolean): void {
    if (this.#decoration === null) return;
    this.#wantsBar = wantsBar && this.#home.canPaint;
    this.#told = null;
    if (this.configurations.hasBegun) this.#configure();
  }

  /**
   * The client has destroyed that object: it has no bar from its next commit on. Where the host decides on the size, the bar
   * goes with what the client commits for its new size: weston ends clients whose maximized windows have another one.
   */
  undecorate(): void {
    if (this.#decoration === null) return;
    const wantedBar = this.#wantsBar;
    this.#decoration = null;
    this.#wantsBar = this.#willHaveBar = false;
    const { maximized, tiled } = this.#states;
    if (!this.configurations.hasBegun || !(maximized || tiled)) this.configurations.dropBars();
    else if (wantedBar) this.#configure();
  }

  /** The host begins to say how the window is to be. */
  configured(states: Uint8Array): void {
    this.#states = readHostStates(states);
    this.#willHaveBar = this.#wantsBar && !this.#states.fullscreen;
    this.#titleBar?.update();
  }

  /**
   * All hooks have seen that, and the client is told what they have left of it, without the bar.
   *
   * @returns the height for the client
   */
  toldConfigured({ width, height }: Size, states: Uint8Array): number {
    this.#configured = { width, height };
    this.#rawStates = states;
    return this.#willHaveBar ? withoutBar(height) : height;
  }

  /** The height for the client of the largest window that the host likes. */
  boundedHeight(height: number): number {
    return this.#wantsBar ? withoutBar(height) : height;
  }

  /** The host can do so much with windows. */
  capable(capabilities: Uint8Array): void {
    this.#capabilities = [...wordsOf(capabilities)];
    this.#titleBar?.update();
  }

  /** The host has said all that belongs to a serial, which the client gets next. */
  sent(serial: number): void {
    this.#tellMode();
    this.configurations.sent(serial, this.#willHaveBar);
  }

  renamed(title: string): void {
    this.title = title;
    this.#titleBar?.update();
  }

  adopted(hasParent: boolean): void {
    this.hasParent = hasParent;
    this.#titleBar?.update();
  }

  /** The client may have other sizes. @returns the height that the host is to be told */
  limited(which: "min" | "max", { width, height }: Size): number {
    this.limits[which] = { width, height };
    this.#titleBar?.update();
    return withBar(height, this.bar);
  }

  /**
   * The client commits its surface; this is called before the host gets that.
   *
   * @returns what that has to wait for: mutter gives a window that has no picture of its bar yet a place without room for it
   */
  commits(): Promise<void> | undefined {
    this.isDirty = false;
    const content = this.#nextContent();
    if (content === null) {
      this.#unmap();
      return undefined;
    }
    if (!this.tellsGeometry) return undefined;
    const hasBar = this.configurations.hasBar && longerSideOf(content) <= MAX_SIDE;
    const bar = hasBar ? this.#makeBar() : 0;
    if (!this.#mustLayOut && bar === this.bar && this.#content !== null && isSameBox(content, this.#content))
      return undefined;
    this.#mustLayOut = false;
    this.#content = content;
    const isNew = bar !== this.bar;
    this.bar = bar;
    if (isNew) this.#tellLimits();
    const titleBar = this.#titleBar;
    if (titleBar === null) {
      this.placed();
      return undefined;
    }
    titleBar.layOut();
    if (bar === 0 && !this.#wantsBar) this.#takeBar();
    return isNew && bar > 0 ? untilDrawn(titleBar) : undefined;
  }

  describe(): BarWindow | null {
    const content = this.#content;
    if (content === null || this.bar === 0) return null;
    const { width, height, x, y } = content;
    const { min, max } = this.limits;
    const { maximized, activated } = this.#states;
    return {
      content: { width, height },
      origin: { x, y },
      title: this.#home.shownTitle(this.title),
      isActive: activated,
      isMaximized: maximized,
      // The edges of a frame resize the window, too.
      hasShadow: !maximized && !this.#home.isFramed,
      isResizable: min.width === 0 || min.height === 0 || min.width !== max.width || min.height !== max.height,
      canMinimize: this.#can(Capability.minimize) && !this.hasParent,
      canMaximize: this.#can(Capability.maximize),
      hasMenu: this.#can(Capability.window_menu),
      scale: Math.min(
        this.#scale ?? this.#surface.scale * SCALE_1,
        MAX_SCALE,
        Math.floor((MAX_SIDE * SCALE_1) / longerSideOf(content)),
      ),
    };
  }

  placed(): void {
    const content = this.#content;
    if (content === null || !Number.isFinite(content.width) || !Number.isFinite(content.height)) return;
    // Nobody has told the host anything yet, and what it supposes is right.
    if (this.geometry === null && this.bar === 0 && this.#toldGeometry === null) return;
    const { x, y, width, height } = content;
    const told = { x, y: y - this.bar, width, height: height + this.bar };
    if (this.#toldGeometry !== null && isSameBox(told, this.#toldGeometry)) return;
    this.#toldGeometry = told;
    this.#home.tell(() => this.#home.client.injectRequest(this.#xdgSurface, "set_window_geometry", told));
  }

  expectLayout(): void {
    this.#mustLayOut = true;
  }

  commit(): void {
    // What the client has said so far is not to count without the rest: its own commit comes soon.
    if (this.isDirty || !this.hasContent || this.surface.clientGone) return;
    this.#home.client.injectRequest(this.surface, "commit", {});
  }

  pressed(): void {}

  move(seat: WlObject<"wl_seat">, serial: number): void {
    this.#home.client.injectRequest(this.toplevel, "move", { seat, serial });
  }

  resize(seat: WlObject<"wl_seat">, serial: number, edges: number): void {
    this.#home.client.injectRequest(this.toplevel, "resize", { seat, serial, edges });
  }

  showMenu(seat: WlObject<"wl_seat">, serial: number, x: number, y: number): void {
    this.#home.client.injectRequest(this.toplevel, "show_window_menu", { seat, serial, x, y });
  }

  setMaximized(maximized: boolean): void {
    this.#home.client.injectRequest(this.toplevel, maximized ? "set_maximized" : "unset_maximized", {});
  }

  minimize(): void {
    this.#home.client.injectRequest(this.toplevel, "set_minimized", {});
  }

  close(): void {
    this.#home.client.sendEvent(this.toplevel, "close", {});
  }

  /** The look of title bars may be another one. */
  update(): void {
    this.#titleBar?.update();
  }

  /**
   * The toplevel is gone. The protocol calls it an error (orphaned) if its decoration is not, but several programs do that,
   * which work on hosts that do not know of decorations.
   */
  end(): void {
    this.#decoration = null;
    this.#takeBar();
  }

  /** The session has ended. */
  ended(): void {
    this.#titleBar?.close();
  }

  /** Says how the window is to be, as the host has said it, and who draws its bar. */
  #configure(): void {
    const { client } = this.#home;
    this.#willHaveBar = this.#wantsBar && !this.#states.fullscreen;
    const serial = this.configurations.make(this.#willHaveBar);
    if (serial === null) throw new ProtocolError("too many changes of a decoration are not acknowledged");
    const { width, height } = this.#sizeForClient();
    client.sendEvent(this.toplevel, "configure", { width, height, states: this.#rawStates });
    this.#tellMode();
    client.sendEvent(this.#xdgSurface, "configure", { serial });
  }

  /** The size of what the client draws, if there is a bar or none from now on. */
  #sizeForClient(): Size {
    const { maximized, fullscreen, tiled, resizing } = this.#states;
    const content = this.#content;
    // A window that chooses its size keeps it.
    if (!(maximized || fullscreen || tiled || resizing) && content !== null)
      return { width: content.width, height: content.height };
    const { width, height } = this.#configured;
    return { width, height: this.#willHaveBar ? withoutBar(height) : height };
  }

  #tellMode(): void {
    const mode = this.#wantsBar ? Mode.server_side : Mode.client_side;
    if (this.#decoration === null || this.#told === mode) return;
    this.#told = mode;
    this.#home.client.sendEvent(this.#decoration, "configure", { mode });
  }

  #tellLimits(): void {
    const { min, max } = this.limits;
    const { client } = this.#home;
    this.#home.tell(() => {
      for (const [name, size] of [
        ["set_min_size", min],
        ["set_max_size", max],
      ] as const) {
        if (size.height <= 0) continue;
        client.injectRequest(this.toplevel, name, { width: size.width, height: withBar(size.height, this.bar) });
      }
    });
  }

  #can(capability: number): boolean {
    return this.#capabilities?.includes(capability) ?? true;
  }

  /** What the window is with what the client has set last; null for nothing. */
  #nextContent(): Box | null {
    const size = this.#surface.nextSize;
    return size === null ? null : (this.geometry ?? { ...NO_OFFSET, width: size.width, height: size.height });
  }

  /** @returns the height of the bar, 0 where there can be none */
  #makeBar(): number {
    if (this.#titleBar !== null) return BAR_HEIGHT;
    const kit = this.#home.takePlace();
    if (kit === null) return 0;
    this.#titleBar = new TitleBar(kit, this);
    const { scaler, client } = this.#home;
    if (scaler === null) return BAR_HEIGHT;
    const id = client.createObject("wp_fractional_scale_v1", 1);
    client.sendRequest(scaler, "get_fractional_scale", { id, surface: this.#titleBar.surface });
    onEvents(id, {
      preferred_scale: ({ scale }) => {
        this.#scale = scale;
        this.#titleBar?.update();
      },
    });
    this.#scaler = id;
    return BAR_HEIGHT;
  }

  #takeBar(): void {
    if (this.#titleBar === null) return;
    if (this.#scaler !== null) this.#home.client.sendRequest(this.#scaler, "destroy", {});
    this.#scaler = null;
    this.#titleBar.destroy();
    this.#titleBar = null;
    this.#home.freePlace();
  }

  /** The client takes its content off the screen; the protocol has it begin anew. */
  #unmap(): void {
    if (!this.hasContent) return;
    this.#takeBar();
    this.configurations.reset();
    this.hasContent = false;
    this.bar = 0;
    this.geometry = this.#content = this.#toldGeometry = null;
    this.tellsGeometry = this.#decoration !== null;
  }
}

async function untilDrawn(titleBar: TitleBar): Promise<void> {
  await Promise.race([titleBar.drawn(), sleep(FIRST_PICTURE_MS, null, { ref: false })]);
}

function fault(decoration: WlObject, text: string, code: number): ProtocolError {
  return new ProtocolError(text, code, decoration.clientId);
}

/** A height without the bar; 0 stays "as you like". */
function withoutBar(height: number): number {
  return height === 0 ? 0 : Math.max(1, height - BAR_HEIGHT);
}

/** A limit with the bar; 0 stays none, and a negative one is for the host to refuse. */
function withBar(height: number, bar: number): number {
  return height > 0 ? Math.min(height + bar, 0x7fff_ffff) : height;
}

function longerSideOf({ width, height }: Size): number {
  return Math.max(width, height);
}

function isSameBox(a: Box, b: Box): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
