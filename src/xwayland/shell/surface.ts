// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../../relay/client.ts";
import type { HookedRequest } from "../../relay/hooked-message.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { BufferSizes } from "../base/buffer-sizes.ts";
import { EVERYTHING, type Size } from "../base/geometry.ts";
import type { XWindow } from "../base/window.ts";
import { isConfigurable, isVisible } from "../base/window-state.ts";
import type { HeldFrames } from "./held-frames.ts";

type DamageRequest = HookedRequest<"wl_surface", "damage"> | HookedRequest<"wl_surface", "damage_buffer">;

/** The use of a surface of Xwayland's. */
export type SurfaceUse =
  /** Xwayland has not said it. */
  | "unknown"
  /** The surface shows an X window. */
  | "window"
  /** The surface is a cursor or an icon that is dragged: it needs nothing more from us. */
  | "plain";

/**
 * A surface of Xwayland's. Its content is kept back until the host may have it, which is up to the state of the window that
 * it shows. Only the latest is kept, and goes on its way with that state.
 */
export class Surface {
  readonly object: WlObject<"wl_surface">;
  /** The serial that pairs the surface with its X window (xwayland_surface_v1.set_serial); 0 for none yet. */
  serial = 0;
  /** Whose content it shows; see `XWindow.pair`. */
  window: XWindow | null = null;
  /** Whether the surface has, or had, a role on the host. No surface gets a second one. */
  hadRole = false;
  /** Called before each commit goes to the host, or would if it were not kept back. */
  committing: (() => void) | null = null;
  /** Called before the host gets content of another size than what it was called for last. */
  resizing: (() => void) | null = null;
  readonly #client: Client;
  readonly #sizes: BufferSizes;
  readonly #heldFrames: HeldFrames;
  #use: SurfaceUse = "unknown";
  #size: Size | null = null;
  #hasNewSize = false;
  /** Whether the next commit is the one by which the host is asked how a window is to be. */
  #isBeginning = false;
  /** The request that is kept back; null for none. */
  #attach: HookedRequest<"wl_surface", "attach"> | null = null;
  #damage: DamageRequest | null = null;
  #commit: HookedRequest<"wl_surface", "commit"> | null = null;
  /** The wl_callbacks for the next commit, if they were asked for while that would have been kept back. */
  #frames: WlObject<"wl_callback">[] = [];

  constructor(client: Client, object: WlObject<"wl_surface">, sizes: BufferSizes, heldFrames: HeldFrames) {
    this.#client = client;
    this.object = object;
    this.#sizes = sizes;
    this.#heldFrames = heldFrames;
  }

  get use(): SurfaceUse {
    return this.#use;
  }

  /** Whether its content is kept back. */
  get keptBack(): boolean {
    return this.#use !== "plain" && (this.window === null || !isVisible(this.window.state));
  }

  /** Whether more is to be done with its content than to pass it on. */
  get isWatched(): boolean {
    const isResizing = this.resizing !== null && this.#hasNewSize;
    return this.keptBack || isResizing || this.committing !== null || this.#frames.length > 0;
  }

  /** Whether the host may still say how its window is to be. */
  get isConfigurable(): boolean {
    return this.window !== null && isConfigurable(this.window.state);
  }

  /** The size of the buffer that Xwayland attached last, in X pixels; null for none. */
  get size(): Size | null {
    return this.#size;
  }

  /** Has `resizing` called before the next commit, whatever that shows. */
  expectResize(): void {
    this.#hasNewSize = true;
  }

  attach(message: HookedRequest<"wl_surface", "attach">): void {
    if (this.#use === "plain") return;
    const { buffer } = message.args;
    const before = this.#size;
    this.#size = this.#sizes.of(buffer);
    this.#hasNewSize ||= this.#size?.width !== before?.width || this.#size?.height !== before?.height;
    if (!this.keptBack) return;
    message.holdBack();
    const replaced = this.#buffer;
    this.#attach = buffer === null ? null : message;
    if (replaced !== null && replaced !== buffer) this.#giveBack(replaced);
  }

  damage(message: DamageRequest): void {
    if (!this.keptBack) return;
    message.holdBack();
    this.#damage = message;
  }

  frame(message: HookedRequest<"wl_surface", "frame">): void {
    if (!this.keptBack) return;
    // The host would never answer it, as it does not get the content that this belongs to.
    message.drop();
    this.#frames.push(message.args.callback);
  }

  /** Asks the host how the window is to be: the first commit of a surface with a role has no content (xdg-shell). */
  beginRole(): void {
    this.#isBeginning = true;
    this.#client.injectRequest(this.object, "commit", {});
  }

  commit(message: HookedRequest<"wl_surface", "commit">): void {
    if (this.#use === "plain") return;
    if (this.#isBeginning) {
      this.#isBeginning = false;
      return;
    }
    this.#answerFrames();
    if (this.keptBack) {
      message.holdBack();
      if (this.#attach !== null) this.#commit = message;
    }
    this.committing?.();
    if (!this.keptBack) this.#tellSize();
  }

  /** Xwayland destroys a buffer. */
  forget(buffer: WlObject<"wl_buffer">): void {
    if (this.#buffer === buffer) this.#attach = null;
  }

  /** Xwayland destroys the surface. */
  close(): void {
    this.#answerFrames();
    if (this.#buffer !== null) this.#giveBack(this.#buffer);
    this.#attach = null;
  }

  /** Notes that the surface shows an X window. */
  showWindow(): void {
    if (this.#use === "unknown") this.#use = "window";
  }

  /** Notes that the surface is a cursor or the like. */
  makePlain(): void {
    if (this.hadRole) return;
    this.hadRole = true;
    this.#use = "plain";
    this.#release();
  }

  /**
   * Makes the surface the icon of what is dragged.
   *
   * @param x the icon's place from the pointer, in the host's pixels
   */
  makeIcon(x: number, y: number): void {
    if (this.hadRole) return;
    // In older versions the offset is the buffer's.
    if (this.#client.hasRequest(this.object, "offset")) this.#client.sendRequest(this.object, "offset", { x, y });
    else this.#attach?.change({ x, y });
    this.makePlain();
  }

  /** The state of its window is another one. */
  windowChanged(): void {
    if (!this.keptBack) this.#release();
  }

  get #buffer(): WlObject<"wl_buffer"> | null {
    return this.#attach === null ? null : this.#attach.args.buffer;
  }

  /** Releases what was kept back. */
  #release(): void {
    const attach = this.#attach;
    const damage = this.#damage;
    const commit = this.#commit;
    this.#attach = null;
    this.#damage = null;
    this.#commit = null;
    this.#tellSize();
    if (attach !== null) {
      attach.goOn();
      // The host has none of what was damaged before either.
      damage?.change(EVERYTHING);
      damage?.goOn();
    }
    commit?.goOn();
  }

  #tellSize(): void {
    if (!this.#hasNewSize) return;
    this.#hasNewSize = false;
    this.resizing?.();
  }

  #answerFrames(): void {
    if (this.#frames.length > 0) this.#heldFrames.answerSoon(this.#frames.splice(0));
  }

  /** The host never got it, so nobody else gives it back. */
  #giveBack(buffer: WlObject<"wl_buffer">): void {
    this.#client.sendEvent(buffer, "release", {});
  }
}
