// SPDX-License-Identifier: Apache-2.0

interface Link<T> {
  readonly value: T;
  previous: Link<T> | null;
  next: Link<T> | null;
}

/** A set in an order of its owner's. Whatever its size, a value is added, moved and deleted in the same short time. */
export class LinkedSet<T> {
  readonly #links = new Map<T, Link<T>>();
  #first: Link<T> | null = null;
  #last: Link<T> | null = null;

  get size(): number {
    return this.#links.size;
  }

  has(value: T): boolean {
    return this.#links.has(value);
  }

  /** Puts a value at the end, also if the set has it already. */
  push(value: T): void {
    this.delete(value);
    this.#insert(value, this.#last);
  }

  /** Puts a value right behind another one, or at the beginning if the set does not have that. */
  putBehind(value: T, other: T): void {
    this.delete(value);
    this.#insert(value, this.#links.get(other) ?? null);
  }

  /** @returns whether the set had it */
  delete(value: T): boolean {
    const link = this.#links.get(value);
    if (link === undefined) return false;
    this.#links.delete(value);
    const { previous, next } = link;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    return true;
  }

  /** Iterates from the first to the last. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let link = this.#first; link !== null; link = link.next) yield link.value;
  }

  /** Iterates from the last to the first. */
  *backwards(): IterableIterator<T> {
    for (let link = this.#last; link !== null; link = link.previous) yield link.value;
  }

  /** The last values, at most so many, in their order. */
  latest(count: number): T[] {
    const values: T[] = [];
    for (const value of this.backwards()) if (values.push(value) >= count) break;
    return values.reverse();
  }

  #insert(value: T, previous: Link<T> | null): void {
    const next = previous === null ? this.#first : previous.next;
    const link = { value, previous, next };
    if (previous === null) this.#first = link;
    else previous.next = link;
    if (next === null) this.#last = link;
    else next.previous = link;
    this.#links.set(value, link);
  }
}
