// SPDX-License-Identifier: Apache-2.0

import { type HostStates, noStates, readHostStates, wordsOf } from "../../frame/host-states.ts";
import { XdgToplevelWmCapabilities as Capability } from "../../protocol/generated/enums.ts";
import type { Client } from "../../relay/client.ts";
import { onHookedEvents } from "../../relay/one-sided.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { type Frame, isSameSize, noFrame, type Size } from "../base/geometry.ts";
import type { Scale } from "../base/scale.ts";
import { isVisible } from "../base/window-state.ts";
import { type Configuration, SizeChoice } from "./size-choice.ts";
import type { Surface } from "./surface.ts";
import { XdgSurface } from "./xdg-surface.ts";

/** The limit of a new xdg_toplevel's size. */
const noLimit: Size = { width: 0, height: 0 };

/** The effect on a window of a size that the host has given. */
export interface Resized {
  /** The size that the window will have, in X pixels. */
  readonly size: Size;
  /** Resolves when its client has drawn it, or is not waited for any longer; null for one that does not report it. */
  readonly drawn: Promise<void> | null;
}

/** The window of a toplevel, which deals with X pixels. */
export interface ToplevelOwner {
  /** The size that was asked for last. */
  readonly size: Size;
  /**
   * The host has configured it, whose `states` are known by now.
   *
   * @param size that it is to have
   * @param isOwn whether it had that size by its own choice
   */
  configured(size: Size, isOwn: boolean): Resized;
  /** The host wants it to be closed. */
  close(): void;
}

/** The description of a toplevel for the host, in X pixels. */
export interface Description {
  readonly title: string;
  readonly appId: string;
  readonly parent: Toplevel | null;
  /** 0 for no limit. */
  readonly minWidth: number;
  readonly minHeight: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
  /** The shadow on each side; null for none. */
  readonly frame: Frame | null;
}

/** A window of its own on the host's desktop. Its owner deals with X pixels. */
export class Toplevel {
  readonly object: WlObject<"xdg_toplevel">;
  readonly #client: Client;
  readonly #scale: Scale;
  readonly #xdgSurface: XdgSurface;
  readonly #surface: Surface;
  readonly #owner: ToplevelOwner;
  readonly #choice: SizeChoice;
  /** The host's last configuration. Its size is that of what is inside the frame. */
  #configuration: Configuration = { size: noLimit, rawStates: new Uint8Array(0), states: noStates };
  /** What the host can do with windows (xdg_toplevel.wm_capabilities); null if it does not say. */
  #capabilities: readonly number[] | null = null;
  /** The height of what is drawn above the content, in the host's pixels. */
  #bar = 0;
  /** Whether the host was asked to end a state in which it decides on the size, and not for another one since. */
  #isLeaving = false;
  /** The limits that the host knows, in its own pixels: they change with the scale, too. */
  #min: Size = noLimit;
  #max: Size = noLimit;
  /** The description that the host has. */
  #description: Description | null = null;

  constructor(client: Client, wmBase: WlObject<"xdg_wm_base">, surface: Surface, scale: Scale, owner: ToplevelOwner) {
    this.#client = client;
    this.#scale = scale;
    this.#surface = surface;
    this.#owner = owner;
    this.#choice = new SizeChoice(scale);
    this.#xdgSurface = new XdgSurface(client, wmBase, surface, (serial) => {
      const { size, drawn } = this.#fit();
      this.#xdgSurface.acknowledge(serial, size, this.#fillsScreen, drawn);
    });
    this.object = client.createObject("xdg_toplevel", wmBase.version);
    onHookedEvents(this.object, {
      configure: ({ width, height, states }) => {
        this.#configuration = { size: { width, height }, rawStates: states, states: readHostStates(states) };
      },
      wm_capabilities: ({ capabilities }) => {
        this.#capabilities = [...wordsOf(capabilities)];
      },
      close: () => owner.close(),
    });
    client.injectRequest(this.#xdgSurface.object, "get_toplevel", { id: this.object });
  }

  /** The states in which the host shows the toplevel. */
  get states(): HostStates {
    return this.#configuration.states;
  }

  /** Whether the host can minimize windows; null if it does not say. */
  get canMinimize(): boolean | null {
    return this.#can(Capability.minimize);
  }

  /** Likewise. */
  get canMaximize(): boolean | null {
    return this.#can(Capability.maximize);
  }

  /** Whether the host has a menu for windows; null if it does not say. */
  get hasMenu(): boolean | null {
    return this.#can(Capability.window_menu);
  }

  /** The height of the title bar that is drawn above the content, in the host's pixels: a part of the window for the host. */
  get bar(): number {
    return this.states.fullscreen ? 0 : this.#bar;
  }

  /** To be set before the window is shown, or followed by a call of `setGeometry`. */
  set bar(height: number) {
    this.#bar = height;
    if (this.#description !== null) this.#tellLimits(this.#description);
  }

  get xdgSurface(): WlObject<"xdg_surface"> {
    return this.#xdgSurface.object;
  }

  /** Tells the host of the window, before it is shown and when something changes. */
  describe(description: Description): void {
    const { object } = this;
    const { title, appId, parent, frame } = description;
    const before = this.#description;
    this.#description = description;
    // As if a client did it: the hook for titles puts the tag in front.
    if (title !== before?.title) this.#client.injectRequest(object, "set_title", { title });
    if (appId !== before?.appId) this.#client.injectRequest(object, "set_app_id", { app_id: appId });
    if (parent !== (before?.parent ?? null)) {
      this.#client.injectRequest(object, "set_parent", { parent: parent?.object ?? null });
    }
    this.#tellLimits(description);
    // Toolkits leave out their shadow when they hear that they fill the screen: then they need so much less for that.
    if (this.#fillsScreen && before !== null && !isSameFrame(frame, before.frame)) {
      this.#xdgSurface.expect(this.#fit().size);
    }
  }

  /** The client gets another size than it has, which it has asked for: that is the one to wait for and to keep. */
  resizedByClient(size: Size): void {
    this.#choice.requested(size, this.#shown);
    this.#xdgSurface.expect(size);
  }

  /** The client asks for a size while the host decides on it: that is for later, if the host was asked to end that. */
  requestedByClient(change: Partial<Size>): void {
    if (this.#isLeaving) this.#choice.requestedForLater(change);
  }

  /** The bar has come or gone: of a place that the host has given the window, the content gets what is left. */
  fitAgain(): void {
    if (this.#fillsScreen || this.states.tiled) this.#xdgSurface.expect(this.#fit().size);
  }

  /** Says which part of its surface is the window. To be called again when that changes; never needed without a frame or a bar. */
  setGeometry(width: number, height: number): void {
    const { left, top } = this.#frame;
    const inside = this.#inside({ width, height });
    const { size } = this.#configuration;
    this.#client.injectRequest(this.#xdgSurface.object, "set_window_geometry", {
      x: this.#scale.toHost(left),
      y: this.#scale.toHost(top) - this.bar,
      // For a strict host one that fills the screen is never any larger, whatever its shadow is at the moment.
      width: this.#fillsScreen ? Math.min(inside.width, size.width || inside.width) : inside.width,
      height: this.#fillsScreen ? Math.min(inside.height, size.height || inside.height) : inside.height,
    });
  }

  /** Asks the host for a state, or to end it. It says so by a configure event if it does as it is asked. */
  setMaximized(maximized: boolean): void {
    this.#isLeaving = !maximized;
    this.#client.injectRequest(this.object, maximized ? "set_maximized" : "unset_maximized", {});
  }

  /** Works as `setMaximized` does. The host decides on the output. */
  setFullscreen(fullscreen: boolean): void {
    this.#isLeaving = !fullscreen;
    if (fullscreen) this.#client.injectRequest(this.object, "set_fullscreen", { output: null });
    else this.#client.injectRequest(this.object, "unset_fullscreen", {});
  }

  /** Asks the host to minimize it. It never says whether it did, nor when the user has it back. */
  minimize(): void {
    this.#client.injectRequest(this.object, "set_minimized", {});
  }

  /** Lets the user move it. @param serial of the press that began it */
  move(seat: WlObject<"wl_seat">, serial: number): void {
    this.#client.injectRequest(this.object, "move", { seat, serial });
  }

  /** Lets the user change its size. @param edges which are moved (xdg_toplevel.resize_edge) */
  resize(seat: WlObject<"wl_seat">, serial: number, edges: number): void {
    this.#client.injectRequest(this.object, "resize", { seat, serial, edges });
  }

  /** Shows the host's menu for the window. @param x from the left of its surface, in the host's pixels */
  showMenu(seat: WlObject<"wl_seat">, serial: number, x: number, y: number): void {
    this.#client.injectRequest(this.object, "show_window_menu", { seat, serial, x, y });
  }

  /** Asks the host how it is to be. */
  begin(): void {
    this.#xdgSurface.begin();
  }

  destroy(): void {
    this.#client.injectRequest(this.object, "destroy", {});
    this.#xdgSurface.destroy();
  }

  #can(capability: number): boolean | null {
    return this.#capabilities?.includes(capability) ?? null;
  }

  #tellLimits({ minWidth, minHeight, maxWidth, maxHeight, frame }: Description): void {
    const limit = (pixels: number, sides: number): number =>
      pixels === 0 ? 0 : this.#scale.sizeToHost(Math.max(pixels - sides, 1));
    const limitHeight = (pixels: number, sides: number): number =>
      pixels === 0 ? 0 : limit(pixels, sides) + this.#bar;
    const { left, right, top, bottom } = frame ?? noFrame;
    const min = { width: limit(minWidth, left + right), height: limitHeight(minHeight, top + bottom) };
    const max = { width: limit(maxWidth, left + right), height: limitHeight(maxHeight, top + bottom) };
    if (!isSameSize(min, this.#min)) this.#client.injectRequest(this.object, "set_min_size", min);
    if (!isSameSize(max, this.#max)) this.#client.injectRequest(this.object, "set_max_size", max);
    this.#min = min;
    this.#max = max;
  }

  get #frame(): Frame {
    return this.#description?.frame ?? noFrame;
  }

  get #fillsScreen(): boolean {
    return this.states.maximized || this.states.fullscreen;
  }

  /** The size of the content that the host has, in its pixels; null for none. */
  get #shown(): Size | null {
    const { window, size } = this.#surface;
    return window !== null && isVisible(window.state) && size !== null ? this.#inside(size) : null;
  }

  /** The size for the host of a window of that size: what is inside its own frame, and the bar. */
  #inside({ width, height }: Size): Size {
    const { left, right, top, bottom } = this.#frame;
    return {
      width: this.#scale.sizeToHost(Math.max(width - left - right, 1)),
      height: this.#scale.sizeToHost(Math.max(height - top - bottom, 1)) + this.bar,
    };
  }

  /** Gives the window the size that it is to have now. */
  #fit(): Resized {
    const own = this.#owner.size;
    const current = { own, logical: this.#inside(own), shown: this.#shown };
    const chosen = this.#choice.configured(this.#configuration, current);
    if (chosen !== null) return this.#owner.configured(chosen, true);
    const { width, height } = this.#configuration.size;
    const { left, right, top, bottom } = this.#frame;
    // The host counts neither shadows nor what it draws around the window itself.
    const whole = {
      width: width === 0 ? own.width : this.#scale.toX(width) + left + right,
      height: height === 0 ? own.height : this.#scale.toX(Math.max(height - this.bar, 1)) + top + bottom,
    };
    return this.#owner.configured(whole, false);
  }
}

function isSameFrame(a: Frame | null, b: Frame | null): boolean {
  const [one, other] = [a ?? noFrame, b ?? noFrame];
  return one.left === other.left && one.right === other.right && one.top === other.top && one.bottom === other.bottom;
}
