// SPDX-License-Identifier: Apache-2.0
import type { Session } from "../../relay/session.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import type { BufferSizes, Size } from "../base/buffer-sizes.ts";
import type { Geometry, XWindow } from "../base/window.ts";

/** Damage of all that there may be. */
export const EVERYTHING: Geometry = { x: 0, y: 0, width: 0x7fff_ffff, height: 0x7fff_ffff };

/** The first version of wl_surface with damage_buffer. */
const DAMAGE_BUFFER_SINCE = 4;
/** The first one in which a surface is moved by an offset of its own, and not by that of a buffer. */
const OFFSET_SINCE = 5;

interface Attachment {
  readonly buffer: WlObject;
  readonly x: number;
  readonly y: number;
}

/**
 * A surface of Xwayland's. What it shows is kept back until it may be shown: a window has to have a role first, and the
 * host's word on its size. Only the latest content is kept.
 */
export class Surface {
  readonly object: WlObject;
  /** A "window" has a role that we give it; what is "plain" has one already, as a cursor has. */
  kind: "unknown" | "window" | "plain" = "unknown";
  /** What pairs it with its X window (xwayland_surface_v1.set_serial); 0 for none yet. */
  serial = 0;
  /** Whose content it shows. */
  window: XWindow | null = null;
  /** Whether it had a role of ours, which no surface gets twice. */
  hadRole = false;
  /** Called before each commit goes to the host, or would if it were not kept back. */
  committing: (() => void) | null = null;
  readonly #session: Session;
  readonly #sizes: BufferSizes;
  #size: Size | null = null;
  #shown = false;
  #attached: Attachment | null = null;
  #committed = false;

  constructor(session: Session, object: WlObject, sizes: BufferSizes) {
    this.#session = session;
    this.object = object;
    this.#sizes = sizes;
  }

  /** Whether its content is kept back. */
  get keptBack(): boolean {
    return this.kind !== "plain" && !this.#shown;
  }

  /** How large what Xwayland attached last is, in X pixels; null for nothing. */
  get size(): Size | null {
    return this.#size;
  }

  /** wl_surface.attach. @returns whether it is kept back */
  attach(buffer: WlObject | null, x: number, y: number): boolean {
    if (this.kind === "plain") return false;
    this.#size = this.#sizes.of(buffer);
    if (this.#shown) return false;
    const replaced = this.#attached;
    this.#attached = buffer === null ? null : { buffer, x, y };
    // The host never got it, so nobody else will give it back.
    if (replaced !== null && replaced.buffer !== buffer) {
      this.#session.sendEvent(replaced.buffer, "wl_buffer", "release", {});
    }
    return true;
  }

  /** wl_surface.commit. @returns whether it is kept back, or has been sent already */
  commit(): boolean {
    if (this.kind === "plain") return false;
    const keptBack = !this.#shown;
    if (keptBack) this.#committed ||= this.#attached !== null;
    this.committing?.();
    return keptBack;
  }

  /** Xwayland destroys a buffer. */
  forget(buffer: WlObject): void {
    if (this.#attached?.buffer === buffer) this.#attached = null;
  }

  /** It is a cursor or the like. */
  makePlain(): void {
    this.kind = "plain";
    this.#release();
  }

  /** It shows what is dragged. @param x from the pointer, in the host's pixels */
  makeIcon(x: number, y: number): void {
    this.kind = "plain";
    this.hadRole = true;
    if (this.object.version >= OFFSET_SINCE) {
      this.#session.sendRequest(this.object, "wl_surface", "offset", { x, y });
    } else if (this.#attached !== null) {
      this.#attached = { ...this.#attached, x, y };
    }
    this.#release();
  }

  /** From now on content goes to the host. */
  show(): void {
    this.#shown = true;
    this.#release();
  }

  /** Its role is gone: from now on content is kept back again. */
  hide(): void {
    this.#shown = false;
    this.hadRole = true;
  }

  #release(): void {
    const { object } = this;
    if (this.#attached !== null) {
      this.#session.injectRequest(object, "wl_surface", "attach", this.#attached);
      const damage = object.version >= DAMAGE_BUFFER_SINCE ? "damage_buffer" : "damage";
      this.#session.injectRequest(object, "wl_surface", damage, EVERYTHING);
    }
    if (this.#committed) this.#session.injectRequest(object, "wl_surface", "commit", {});
    this.#attached = null;
    this.#committed = false;
  }
}
