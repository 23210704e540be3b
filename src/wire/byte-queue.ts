// SPDX-License-Identifier: Apache-2.0

const EMPTY = Buffer.alloc(0);
const SMALLEST = 4096;

/**
 * Bytes that wait: growable, contiguous, and without any memory while empty, so that a flood leaves nothing behind.
 * The end stays aligned to words as long as whole words are appended, whatever is consumed from the front.
 */
export class ByteQueue {
  #buffer: Buffer = EMPTY;
  #head = 0;
  #tail = 0;

  get length(): number {
    return this.#tail - this.#head;
  }

  /** The memory that holds the queue; valid until the next append, and used together with `offset`. */
  get bytes(): Buffer {
    return this.#buffer;
  }

  /** The index in `bytes` at which the queue begins. */
  get offset(): number {
    return this.#head;
  }

  append(source: Buffer, start: number, end: number): void {
    if (start === end) return;
    // What is left of a message that was cut inside a word keeps its place in that word.
    if (this.#tail === 0) this.#head = this.#tail = start & 3;
    this.#reserve(end - start);
    source.copy(this.#buffer, this.#tail, start, end);
    this.#tail += end - start;
  }

  /** Drops bytes from the front. */
  consume(count: number): void {
    this.#head += count;
    if (this.#head === this.#tail) this.clear();
  }

  /** Takes back the last `count` bytes that were consumed; nothing may have been appended since. */
  unconsume(count: number): void {
    this.#head -= count;
  }

  /** Drops bytes from the end. */
  truncate(count: number): void {
    this.#tail -= count;
    if (this.#head === this.#tail) this.clear();
  }

  clear(): void {
    this.#buffer = EMPTY;
    this.#head = 0;
    this.#tail = 0;
  }

  #reserve(count: number): void {
    if (this.#tail + count <= this.#buffer.length) return;
    const length = this.length;
    // Keep the alignment of what is queued, since messages in it are rewritten as words.
    const start = this.#head & 3;
    const needed = start + length + count;
    let size = Math.max(SMALLEST, this.#buffer.length);
    while (size < needed || size - length < size / 4) size *= 2;
    const target = size === this.#buffer.length ? this.#buffer : Buffer.allocUnsafeSlow(size);
    if (length > 0) this.#buffer.copy(target, start, this.#head, this.#tail);
    this.#buffer = target;
    this.#head = start;
    this.#tail = start + length;
  }
}
