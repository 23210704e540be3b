// SPDX-License-Identifier: Apache-2.0

import type { Client } from "../../relay/client.ts";
import type { HookedMessage } from "../../relay/hooked-message.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { clipped, isSameExtent, plainView, type Rect, Region, toBuffer, type View } from "../damage.ts";
import type { ShmBuffer } from "./buffer.ts";
import type { HostBuffer } from "./host-buffer.ts";
import type { HostBuffers } from "./host-buffers.ts";
import { type Shape, sameShape } from "./shape.ts";

/**
 * The most host buffers that the host may hold while the client still gets each buffer back as soon as it is copied. A
 * host that has one on the screen and one for the next frame holds two. A client that is further ahead waits like any
 * other.
 */
const MAX_BUSY = 2;

/** Idle host buffers that a surface keeps: for a client that draws small changes, each saves a copy of everything. */
const MAX_IDLE = 2;

/** The buffer that the next commit shows. */
interface Attachment {
  readonly buffer: ShmBuffer;
  readonly x: number;
  readonly y: number;
}

/**
 * A surface whose content may come from the memory of its client. The surface has host buffers of its own. Each
 * commit fills one that the host does not use, with what has changed since that was filled last, whatever buffers the
 * change was in. So a client's buffer is free as soon as it is copied. Several surfaces can show it, and it can be
 * destroyed at any time.
 */
export class Surface {
  readonly #client: Client;
  readonly #object: WlObject<"wl_surface">;
  readonly #home: HostBuffers;
  /**
   * The host buffers that the surface has given to the host or can give next. Those of another shape than `#shape` are
   * gone when they are idle.
   */
  readonly #hostBuffers: HostBuffer[] = [];
  /** The shape of what is shown; null when that is nothing, or nothing of the client's memory. */
  #shape: Shape | null = null;
  #view: View = plainView;
  /** Buffers that have been copied while the host held too much. */
  readonly #copied: ShmBuffer[] = [];
  /** Callbacks for the release of those. */
  readonly #callbacks: WlObject<"wl_callback">[] = [];
  // State that takes effect on the next commit:
  #attachment: Attachment | "other" | null = null;
  #nextView: View = plainView;
  readonly #nextCallbacks: WlObject<"wl_callback">[] = [];
  /** The region that a commit changes, in pixels of the buffer. */
  readonly #damage = new Region();
  readonly #surfaceDamage = new Region();
  readonly #bufferDamage = new Region();

  constructor(client: Client, object: WlObject<"wl_surface">, home: HostBuffers) {
    this.#client = client;
    this.#object = object;
    this.#home = home;
  }

  /** wl_surface.attach of a buffer in the client's memory. */
  attach(buffer: ShmBuffer, x: number, y: number): void {
    this.#detach();
    buffer.use();
    this.#attachment = { buffer, x, y };
  }

  /** wl_surface.attach of nothing, or of a buffer that the host has, too. */
  attachOther(): void {
    this.#detach();
    this.#attachment = "other";
  }

  /** wl_surface.get_release: a callback for the release of the buffer that the next commit shows. */
  addReleaseCallback(callback: WlObject<"wl_callback">): void {
    this.#nextCallbacks.push(callback);
  }

  damage(rect: Rect): void {
    this.#surfaceDamage.add(rect);
  }

  damageBuffer(rect: Rect): void {
    this.#bufferDamage.add(rect);
  }

  setView(change: Partial<View>): void {
    this.#nextView = { ...this.#nextView, ...change };
  }

  /** wl_surface.commit: gives the host what is attached now. Takes time only when no host buffer is idle, or it is large. */
  commit(message: HookedMessage<unknown>): void | Promise<void> {
    const attachment = this.#attachment;
    this.#attachment = null;
    if (attachment === "other") {
      this.#clear();
    } else {
      this.#age(attachment === null ? this.#shape : attachment.buffer.shape);
    }
    this.#view = this.#nextView;
    this.#surfaceDamage.clear();
    this.#bufferDamage.clear();
    if (attachment === null || attachment === "other") return this.#forwardCallbacks();
    const { shape } = attachment.buffer;
    this.#shape = shape;
    const hostBuffer = this.#takeIdle(shape) ?? this.#home.takeSpare(shape);
    if (hostBuffer !== undefined) return this.#show(attachment, hostBuffer, message);
    return this.#showLater(attachment, message);
  }

  /** Shows it once there is a host buffer for it. */
  async #showLater(attachment: Attachment, message: HookedMessage<unknown>): Promise<void> {
    const { shape } = attachment.buffer;
    let hostBuffer: HostBuffer | null | undefined;
    // A client that commits without waiting is ahead of the releases, and an image costs more than to await them.
    if (this.#busy >= MAX_BUSY) {
      await this.#home.roundTrip();
      hostBuffer = this.#takeIdle(shape) ?? this.#home.takeSpare(shape);
    }
    hostBuffer ??= await this.#home.allocate(shape);
    if (hostBuffer === null) attachment.buffer.unuse();
    else await this.#show(attachment, hostBuffer, message);
  }

  /** The surface is no more. */
  close(): void {
    this.#detach();
    for (const hostBuffer of this.#hostBuffers) this.#home.release(hostBuffer);
    this.#hostBuffers.length = 0;
    this.#clear();
  }

  /** Lets go of a buffer that no commit has shown. */
  #detach(): void {
    if (this.#attachment !== null && this.#attachment !== "other") this.#attachment.buffer.unuse();
    this.#attachment = null;
  }

  /** Nothing of the client's memory is shown any more. */
  #clear(): void {
    this.#shape = null;
    this.#giveBackIdle(0);
    this.#releaseCopied();
  }

  /** Notes in all host buffers what has changed, now that a buffer of this shape is shown. */
  #age(shape: Shape | null): void {
    const damage = this.#damageOf(shape);
    for (const hostBuffer of this.#hostBuffers) {
      if (damage !== null && shape !== null && hostBuffer.has(shape)) hostBuffer.stale.addAll(damage);
      else hostBuffer.damageAll();
    }
  }

  /**
   * Returns the damage in pixels of the buffer. Returns null when it says nothing of them. The damage describes how the
   * surface differs from before, and when that had its pixels elsewhere in the buffer, all of those may differ.
   */
  #damageOf(shape: Shape | null): Region | null {
    const view = this.#nextView;
    if (shape === null || this.#shape === null || !sameShape(shape, this.#shape) || !sameView(view, this.#view)) {
      return null;
    }
    const { width, height } = shape;
    const damage = this.#damage;
    damage.clear();
    for (const rect of this.#surfaceDamage.rects)
      damage.add(clipped(toBuffer(rect, view, width, height), width, height));
    for (const rect of this.#bufferDamage.rects) damage.add(clipped(rect, width, height));
    return damage;
  }

  /** The least stale of those that can be filled. */
  #takeIdle(shape: Shape): HostBuffer | undefined {
    this.#giveBackIdle(MAX_IDLE);
    let best: HostBuffer | undefined;
    for (const hostBuffer of this.#hostBuffers) {
      if (hostBuffer.busy || !hostBuffer.has(shape)) continue;
      if (best === undefined || hostBuffer.stale.area < best.stale.area) best = hostBuffer;
    }
    return best;
  }

  /** Copies an attached buffer, and gives the copy to the host. Takes time only when it is large. */
  #show(attachment: Attachment, hostBuffer: HostBuffer, message: HookedMessage<unknown>): void | Promise<void> {
    if (!this.#hostBuffers.includes(hostBuffer)) this.#hostBuffers.push(hostBuffer);
    hostBuffer.onReleased = this.#released;
    const shown = hostBuffer.fill(attachment.buffer);
    if (!(shown instanceof Promise)) return this.#give(attachment, shown, message);
    return shown.then((later) => this.#give(attachment, later, message));
  }

  /** The host has released a host buffer. */
  readonly #released = (): void => {
    this.#giveBackIdle(MAX_IDLE);
    if (this.#busy <= MAX_BUSY) this.#releaseCopied();
  };

  /** Gives the host a copy of what the client has attached, unless the session has ended meanwhile. */
  #give({ buffer, x, y }: Attachment, copy: WlObject<"wl_buffer"> | null, message: HookedMessage<unknown>): void {
    buffer.unuse();
    if (copy === null) return;
    this.#client.sendRequest(this.#object, "attach", { buffer: copy, x, y });
    this.#copied.push(buffer);
    if (this.#nextCallbacks.length > 0) this.#callbacks.push(...this.#nextCallbacks.splice(0));
    // Not before the commit itself is on its way, as from any host.
    if (this.#busy <= MAX_BUSY) message.after(this.#releaseCopied);
  }

  get #busy(): number {
    let count = 0;
    for (const { busy } of this.#hostBuffers) if (busy) count++;
    return count;
  }

  readonly #releaseCopied = (): void => {
    for (const buffer of this.#copied) buffer.release(this.#client);
    this.#copied.length = 0;
    for (const callback of this.#callbacks) {
      this.#client.sendEvent(callback, "done", { callback_data: 0 });
    }
    this.#callbacks.length = 0;
  };

  /** Leaves callbacks to the host, which has the buffer that they are for, or says that there is none. */
  #forwardCallbacks(): void {
    for (const callback of this.#nextCallbacks.splice(0)) {
      this.#client.sendRequest(this.#object, "get_release", { callback });
    }
  }

  /** Releases idle host buffers that cannot be used next, and more than so many of those that can. */
  #giveBackIdle(keep: number): void {
    const shape = this.#shape;
    let kept = 0;
    let count = 0;
    for (const hostBuffer of this.#hostBuffers) {
      if (!hostBuffer.open) continue;
      if (!hostBuffer.busy && !(shape !== null && hostBuffer.has(shape) && kept++ < keep))
        this.#home.release(hostBuffer);
      else this.#hostBuffers[count++] = hostBuffer;
    }
    this.#hostBuffers.length = count;
  }
}

function sameView(a: View, b: View): boolean {
  return a.scale === b.scale && a.transform === b.transform && isSameExtent(a, b);
}
