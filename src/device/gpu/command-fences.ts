// SPDX-License-Identifier: Apache-2.0
import type { Fence } from "./context.ts";

/** A queue in which data of the guest's waits. */
export interface DataQueue {
  /** Whether the guest should send no more for now. */
  readonly full: boolean;
}

interface HeldFence {
  readonly fence: Fence;
  readonly queues: readonly DataQueue[];
}

/**
 * The fences of ring 0. They tell a guest that its commands are done, and it bounds with them how many are underway.
 * Data counts as done when it, or nearly all before it, has been passed on. So a guest that waits for its fences is
 * no faster than the compositor, or whoever reads its pipe. Only fences of commands with data are held. Others (for
 * an image, for mapped memory) must not wait for a compositor that may itself be waiting for the guest to take its
 * events.
 */
export class CommandFences {
  /** The queues that got data since the last fence. */
  readonly #touched = new Set<DataQueue>();
  #held: HeldFence[] = [];
  /** Whether the submission at hand has data. */
  #hasData = false;

  /** A submission begins. */
  begin(): void {
    this.#hasData = false;
  }

  /** Notes that a command of the submission has added data. */
  note(queue: DataQueue): void {
    this.#hasData = true;
    this.#touched.add(queue);
  }

  /** Takes the fence of that submission. */
  hold(fence: Fence): void {
    if (!this.#hasData) return fence.complete();
    const queues = [...this.#touched].filter(({ full }) => full);
    this.#touched.clear();
    if (queues.length === 0) fence.complete();
    else this.#held.push({ fence, queues });
  }

  /** Something has been passed on. */
  progressed(): void {
    if (this.#held.length === 0) return;
    this.#held = this.#held.filter(({ fence, queues }) => {
      if (queues.some(({ full }) => full)) return true;
      fence.complete();
      return false;
    });
  }

  /** Forgets all fences. */
  clear(): void {
    this.#touched.clear();
    this.#held = [];
  }
}
