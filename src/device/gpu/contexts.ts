// SPDX-License-Identifier: Apache-2.0

import { MAX_CONTEXTS, QUEUE_RESERVE } from "../limits.ts";
import type { Virtqueue } from "../virtio/virtqueue.ts";
import { type Budgets, LimitError, type Shares } from "./budget.ts";
import type { ContextType, Fence, GpuContext, Resource } from "./context.ts";

/** A live context with what the device keeps for it. */
export interface LiveContext {
  readonly id: number;
  readonly context: GpuContext;
  readonly attached: Map<number, Resource>;
  readonly fences: Set<HeldFence>;
  readonly shares: Shares;
}

/** A command whose answer is written, but not given to the driver yet. */
class HeldFence implements Fence {
  readonly #owner: Contexts;
  readonly #live: LiveContext;
  readonly #queue: Virtqueue;
  readonly #head: number;
  readonly #written: number;

  constructor(owner: Contexts, live: LiveContext, queue: Virtqueue, head: number, written: number) {
    this.#owner = owner;
    this.#live = live;
    this.#queue = queue;
    this.#head = head;
    this.#written = written;
  }

  complete(): void {
    if (!this.#live.fences.delete(this)) return;
    this.#owner.held--;
    this.#queue.publish(this.#head, this.#written);
  }
}

/** All contexts of one guest. */
export class Contexts {
  /** Fences that contexts hold. */
  held = 0;
  readonly #type: ContextType;
  readonly #budgets: Budgets;
  readonly #failed: (error: unknown) => void;
  readonly #byId = new Map<number, LiveContext>();

  /** @param failed called with what a context throws where nobody can be answered */
  constructor(type: ContextType, budgets: Budgets, failed: (error: unknown) => void) {
    this.#type = type;
    this.#budgets = budgets;
    this.#failed = failed;
  }

  get count(): number {
    return this.#byId.size;
  }

  get(id: number): LiveContext | undefined {
    return this.#byId.get(id);
  }

  /** Throws a LimitError, or what the type throws. */
  create(id: number, name: string): void {
    if (this.#byId.size >= MAX_CONTEXTS) throw new LimitError("too many contexts");
    const attached = new Map<number, Resource>();
    const shares = this.#budgets.sharesOf(`context ${id} (${name})`);
    const { descriptors, images } = shares;
    const context = this.#type.create({ id, name, attached, descriptors, images });
    this.#byId.set(id, { id, context, attached, fences: new Set(), shares });
  }

  /** Ends a context; the commands that it holds are done. */
  destroy(live: LiveContext): void {
    this.#remove(live);
    for (const fence of live.fences) fence.complete();
  }

  /** Throws a LimitError. */
  attach(live: LiveContext, resource: Resource): void {
    if (live.attached.has(resource.id)) return;
    live.shares.attachments.take(1);
    live.attached.set(resource.id, resource);
  }

  detach(live: LiveContext, id: number): void {
    if (live.attached.delete(id)) live.shares.attachments.giveBack(1);
  }

  /** A resource is gone. */
  detachFromAll(id: number): void {
    for (const live of this.#byId.values()) this.detach(live, id);
  }

  /**
   * Whether a context may hold one more fence. It may hold as many as it leaves free: other commands need slots of the
   * queue, too, and so do the events of others.
   */
  mayHold(live: LiveContext, queue: Virtqueue): boolean {
    const free = queue.size - QUEUE_RESERVE - this.held;
    return live.fences.size + 1 <= free - 1;
  }

  /**
   * Lets a context hold the command in `queue.chain`, whose answer has `written` bytes.
   *
   * @returns false when there is no such ring. Throws a LimitError
   */
  hold(live: LiveContext, ring: number, queue: Virtqueue, written: number): boolean {
    if (!this.mayHold(live, queue)) throw new LimitError(`${live.fences.size} of ${this.held} fences are held by it`);
    const fence = new HeldFence(this, live, queue, queue.chain.head, written);
    live.fences.add(fence);
    this.held++;
    let taken = false;
    try {
      taken = live.context.hold(ring, fence);
    } catch (error) {
      if (this.#drop(live, fence)) throw error;
      // It is complete already, so the command has been answered: nobody is left to be notified.
      this.#failed(error);
    }
    return taken || !this.#drop(live, fence);
  }

  /** Ends all contexts; nobody waits for what they hold. */
  reset(): void {
    for (const live of this.#byId.values()) {
      this.held -= live.fences.size;
      live.fences.clear();
      this.#remove(live);
    }
  }

  /** Forgets a fence. @returns false when it is complete already */
  #drop(live: LiveContext, fence: HeldFence): boolean {
    if (!live.fences.delete(fence)) return false;
    this.held--;
    return true;
  }

  #remove(live: LiveContext): void {
    this.#byId.delete(live.id);
    live.shares.attachments.giveBack(live.attached.size);
    try {
      live.context.close();
    } catch (error) {
      this.#failed(error);
    }
    live.attached.clear();
  }
}
