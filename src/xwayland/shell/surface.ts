// SPDX-License-Identifier: Apache-2.0
import type { Client } from "../../relay/client.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { BufferSizes } from "../base/buffer-sizes.ts";
import { EVERYTHING, type Size } from "../base/geometry.ts";
import type { XWindow } from "../base/window.ts";
import type { HeldFrames } from "./held-frames.ts";

/** The first version of wl_surface with damage_buffer. */
const DAMAGE_BUFFER_SINCE = 4;
/** The first one in which a surface is moved by an offset of its own, and not by that of a buffer. */
const OFFSET_SINCE = 5;

/** What a surface of Xwayland's is for, and with that whether the host gets its content. */
export type SurfaceState =
  /** Xwayland has not said what it is for. */
  | "unknown"
  /** It shows an X window, which has no role on the host yet. */
  | "window"
  /** Its window has a role, and the host has not yet said how the window is to be. */
  | "unconfigured"
  /** The host gets its content. */
  | "shown"
  /** Its role is gone, ended by the host or by us. No surface gets a second one. */
  | "ended"
  /** It is a cursor or an icon that is dragged: it needs nothing more from us, and the host gets its content. */
  | "plain";

/** Which state can follow which. */
const transitions: Readonly<Record<SurfaceState, readonly SurfaceState[]>> = {
  unknown: ["window", "plain"],
  window: ["unconfigured", "plain"],
  unconfigured: ["shown", "ended"],
  shown: ["ended"],
  ended: [],
  plain: [],
};

interface Attachment {
  readonly buffer: WlObject<"wl_buffer">;
  readonly x: number;
  readonly y: number;
}

/** A surface of Xwayland's. Its content is kept back unless its state says that the host gets it; only the latest is kept. */
export class Surface {
  readonly object: WlObject<"wl_surface">;
  /** What pairs it with its X window (xwayland_surface_v1.set_serial); 0 for none yet. */
  serial = 0;
  /** Whose content it shows. */
  window: XWindow | null = null;
  /** Called before each commit goes to the host, or would if it were not kept back. */
  committing: (() => void) | null = null;
  readonly #client: Client;
  readonly #sizes: BufferSizes;
  readonly #heldFrames: HeldFrames;
  #state: SurfaceState = "unknown";
  #size: Size | null = null;
  #attached: Attachment | null = null;
  #committed = false;
  /** The wl_callbacks for the next commit, if they were asked for while that would have been kept back. */
  #frames: WlObject<"wl_callback">[] = [];

  constructor(client: Client, object: WlObject<"wl_surface">, sizes: BufferSizes, heldFrames: HeldFrames) {
    this.#client = client;
    this.object = object;
    this.#sizes = sizes;
    this.#heldFrames = heldFrames;
  }

  get state(): SurfaceState {
    return this.#state;
  }

  /** Whether its content is kept back. */
  get keptBack(): boolean {
    return this.#state !== "shown" && this.#state !== "plain";
  }

  /** Whether it has, or had, a role on the host. */
  get hadRole(): boolean {
    return this.#state !== "unknown" && this.#state !== "window";
  }

  /** How large what Xwayland attached last is, in X pixels; null for nothing. */
  get size(): Size | null {
    return this.#size;
  }

  /** wl_surface.attach. @returns whether it is kept back */
  attach(buffer: WlObject<"wl_buffer"> | null, x: number, y: number): boolean {
    if (this.#state === "plain") return false;
    this.#size = this.#sizes.of(buffer);
    if (!this.keptBack) return false;
    const replaced = this.#attached;
    this.#attached = buffer === null ? null : { buffer, x, y };
    if (replaced !== null && replaced.buffer !== buffer) this.#giveBack(replaced.buffer);
    return true;
  }

  /** wl_surface.frame. @returns whether it is answered here, since the content that it belongs to is kept back */
  frame(callback: WlObject<"wl_callback">): boolean {
    if (!this.keptBack) return false;
    this.#frames.push(callback);
    return true;
  }

  /** wl_surface.commit. @returns whether it is kept back, or has been sent already */
  commit(): boolean {
    if (this.#state === "plain") return false;
    this.#heldFrames.answerSoon(this.#frames.splice(0));
    const { keptBack } = this;
    if (keptBack) this.#committed ||= this.#attached !== null;
    this.committing?.();
    return keptBack;
  }

  /** Xwayland destroys a buffer. */
  forget(buffer: WlObject<"wl_buffer">): void {
    if (this.#attached?.buffer === buffer) this.#attached = null;
  }

  /** Xwayland destroys the surface. */
  close(): void {
    this.#heldFrames.answerSoon(this.#frames.splice(0));
    if (this.#attached !== null) this.#giveBack(this.#attached.buffer);
    this.#attached = null;
  }

  /** It shows an X window. */
  makeWindow(): void {
    this.#enter("window");
  }

  /** It is a cursor or the like. */
  makePlain(): void {
    if (this.#enter("plain")) this.#release();
  }

  /** It shows what is dragged. @param x from the pointer, in the host's pixels */
  makeIcon(x: number, y: number): void {
    if (!this.#enter("plain")) return;
    if (this.object.version >= OFFSET_SINCE) {
      this.#client.sendRequest(this.object, "offset", { x, y });
    } else if (this.#attached !== null) {
      this.#attached = { ...this.#attached, x, y };
    }
    this.#release();
  }

  /** Its window has a role, for which the host is to say first how it is to be. */
  giveRole(): void {
    this.#enter("unconfigured");
  }

  /** The host has been told that its window is as it is to be: from now on it gets the content. */
  show(): void {
    this.window?.advance("show");
    if (this.#enter("shown")) this.#release();
  }

  /** Its role is gone: from now on content is kept back again. */
  end(): void {
    this.#enter("ended");
  }

  /** @returns whether it is in that state now, and was not before */
  #enter(state: SurfaceState): boolean {
    const isLegal = transitions[this.#state].includes(state);
    if (isLegal) this.#state = state;
    return isLegal;
  }

  #release(): void {
    const { object } = this;
    if (this.#attached !== null) {
      this.#client.injectRequest(object, "attach", this.#attached);
      const damage = object.version >= DAMAGE_BUFFER_SINCE ? "damage_buffer" : "damage";
      this.#client.injectRequest(object, damage, EVERYTHING);
    }
    if (this.#committed) this.#client.injectRequest(object, "commit", {});
    this.#attached = null;
    this.#committed = false;
  }

  /** The host never got it, so nobody else gives it back. */
  #giveBack(buffer: WlObject<"wl_buffer">): void {
    this.#client.sendEvent(buffer, "release", {});
  }
}
