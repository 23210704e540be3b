// SPDX-License-Identifier: Apache-2.0
import { softFdLimit } from "../../native/socket.ts";
import { MAX_ATTACHMENTS, MAX_BACKING_ENTRIES, MAX_GUEST_IMAGES, MAX_MAPS, MAX_RESOURCES } from "../limits.ts";

/** The guest asked for more than it gets. */
export class LimitError extends Error {}

/** Something of which all contexts of a guest together get only so much. */
class Budget {
  readonly name: string;
  readonly limit: number;
  used = 0;

  constructor(name: string, limit: number) {
    this.name = name;
    this.limit = limit;
  }
}

/**
 * The share that one context has of a budget. A context may have as much as it leaves free: half when it is alone, a
 * third each when two want all they can get. So whatever others have taken, the next one gets as much as any of them
 * can still take.
 */
export class Share {
  used = 0;
  readonly #budget: Budget;
  readonly #owner: string;

  constructor(budget: Budget, owner: string) {
    this.#budget = budget;
    this.#owner = owner;
  }

  /** Takes so much more; false when that would be too much. */
  tryTake(amount: number): boolean {
    const budget = this.#budget;
    if (this.used + amount > budget.limit - budget.used - amount) return false;
    this.used += amount;
    budget.used += amount;
    return true;
  }

  /** Takes so much more. Throws a LimitError when that would be too much. */
  take(amount: number): void {
    if (this.tryTake(amount)) return;
    const { name, limit, used } = this.#budget;
    throw new LimitError(`${this.#owner} gets no more ${name}: it has ${this.used}, all together ${used} of ${limit}`);
  }

  giveBack(amount: number): void {
    this.used -= amount;
    this.#budget.used -= amount;
  }
}

/** The shares of one context in every budget. Its resources may outlive it, and so may these. */
export interface Shares {
  readonly resources: Share;
  /** Stretches of guest memory. */
  readonly entries: Share;
  /** Bytes of the host's memory. */
  readonly bytes: Share;
  readonly maps: Share;
  readonly attachments: Share;
  /** File descriptors of this process. */
  readonly descriptors: Share;
  /** Kinds of images that the guest has asked about. */
  readonly images: Share;
}

/** All that a guest can use up. */
export class Budgets {
  readonly #all: Readonly<Record<keyof Shares, Budget>>;

  /** @param maxBytes how much memory of the host's the guest may have at once */
  constructor(maxBytes: number) {
    this.#all = {
      resources: new Budget("resources", MAX_RESOURCES),
      entries: new Budget("pieces of guest memory", MAX_BACKING_ENTRIES),
      bytes: new Budget("bytes of the host's memory", maxBytes),
      maps: new Budget("maps", MAX_MAPS),
      attachments: new Budget("attached resources", MAX_ATTACHMENTS),
      // The other half is for the sessions of its clients.
      descriptors: new Budget("descriptors", Math.floor(softFdLimit() / 2)),
      images: new Budget("kinds of images", MAX_GUEST_IMAGES),
    };
  }

  /** Bytes of the host's memory that the guest has. */
  get bytes(): number {
    return this.#all.bytes.used;
  }

  /** The shares of a context. @param owner what the log calls it */
  sharesOf(owner: string): Shares {
    const share = (name: keyof Shares): Share => new Share(this.#all[name], owner);
    return {
      resources: share("resources"),
      entries: share("entries"),
      bytes: share("bytes"),
      maps: share("maps"),
      attachments: share("attachments"),
      descriptors: share("descriptors"),
      images: share("images"),
    };
  }
}
