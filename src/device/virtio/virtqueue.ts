// SPDX-License-Identifier: Apache-2.0
import { fullFence, loadAcquire16, storeRelease16 } from "../../native/ring.ts";
import { MAX_QUEUE_SIZE, MAX_REQUEST_SIZE } from "../limits.ts";
import { Chain, RingError } from "./descriptor-chain.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** The places of the three parts of a split virtqueue (virtio 1.2, section 2.7), as guest addresses from the driver. */
export interface RingLayout {
  /** Descriptors; a power of two. */
  readonly size: number;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
}

/** The driver's wish not to be interrupted (VIRTQ_AVAIL_F_NO_INTERRUPT). */
const NO_INTERRUPT = 1;

/** Both rings begin with flags and an index. */
const INDEX = 2;
const HEAD_SIZE = 4;

/** The size of the buffer for requests at first; nearly all are smaller than a page. */
const FIRST_REQUEST_SIZE = 65_536;

/** The parts of the rings, for as long as the memory table stays the same. */
interface Views {
  readonly generation: number;
  readonly descriptors: Uint32Array;
  readonly available: Uint8Array;
  readonly heads: Uint16Array;
  readonly used: Uint8Array;
  readonly elements: Uint32Array;
}

/**
 * A split virtqueue, seen from the device. It survives that the VM is paused: what is published meanwhile reaches the
 * driver afterwards. A driver that starts anew gets a new one.
 */
export class Virtqueue {
  /** The buffer that `next` found. */
  chain: Chain = new Chain();
  /**
   * The request that the driver wrote, in the first `chain.readable` bytes, unless that is more than MAX_REQUEST_SIZE.
   */
  request: Buffer = Buffer.alloc(FIRST_REQUEST_SIZE);
  readonly #memory: GuestMemory;
  readonly #interrupt: () => void;
  #layout: RingLayout | null = null;
  #views: Views | null = null;
  /** For each buffer how many descriptors it takes, if the driver has given it to the device and not got it back; else 0. */
  readonly #taken = new Uint16Array(MAX_QUEUE_SIZE);
  /** The sum of these. */
  #held = 0;
  #lastAvailable = 0;
  #usedIndex = 0;
  /** Descriptors of the buffers that were published and of which the driver was not told. */
  #unannounced = 0;
  #running = false;
  #forgotten = false;
  /** Whether the driver is to be told at the end of the turn. */
  #due = false;
  #inTurn = false;
  /** The events of the time in which the VM was paused, to be reported when it goes on. */
  readonly #late: (() => void)[] = [];

  /** @param interrupt makes the driver look */
  constructor(memory: GuestMemory, interrupt: () => void) {
    this.#memory = memory;
    this.#interrupt = interrupt;
  }

  get running(): boolean {
    return this.#running;
  }

  /** How many buffers the driver can have in it. */
  get size(): number {
    return this.#layout?.size ?? 0;
  }

  /** Whether a start at this place would go on where `stop` stopped. */
  continuesAt(layout: RingLayout, base: number): boolean {
    const old = this.#layout;
    return (
      old !== null &&
      base === this.#lastAvailable &&
      old.size === layout.size &&
      old.descriptors === layout.descriptors &&
      old.available === layout.available &&
      old.used === layout.used
    );
  }

  /** Starts at index `base` of the available ring. Throws a RingError when the layout is impossible. */
  start(layout: RingLayout, base: number): void {
    this.#layout = layout;
    this.#lastAvailable = base;
    const views = this.#look();
    this.#usedIndex = loadAcquire16(views.used, INDEX);
    this.#unannounced = 0;
    this.#due = false;
    this.#running = true;
    for (const tell of this.#late.splice(0)) tell();
    // Nobody knows how much of what was published before this it has seen.
    this.#interrupt();
  }

  /** Stops touching the guest's memory. @returns the index to start from */
  stop(): number {
    this.#running = false;
    this.#views = null;
    return this.#lastAvailable;
  }

  /** Stops for good: the driver that knows its buffers is gone. */
  forget(): void {
    this.stop();
    this.#forgotten = true;
  }

  /** Looks for the rings anew after a change of the memory table. Throws a RingError when they are gone. */
  refresh(): void {
    if (this.#running) this.#look();
  }

  /** Begins a turn: until `endTurn`, the driver is not interrupted. */
  beginTurn(): void {
    this.#inTurn = true;
  }

  endTurn(): void {
    this.#inTurn = false;
    this.#announceIfDue();
  }

  /** Whether buffers were given back of which the driver was not told. */
  get hasUnannounced(): boolean {
    return this.#running && this.#unannounced > 0;
  }

  /** Tells the driver of all buffers that were given back, if it wants to know. */
  announce(): void {
    if (!this.hasUnannounced) return;
    this.#unannounced = 0;
    this.#due = false;
    // The driver writes its wish, then looks at the used index; we write the index, then look at its wish.
    fullFence();
    if ((loadAcquire16(this.#look().available, 0) & NO_INTERRUPT) === 0) this.#interrupt();
  }

  /**
   * Takes the next buffer into `chain` and `request`. Throws a RingError when the driver broke the rules.
   *
   * @returns false when there is none
   */
  next(): boolean {
    const views = this.#look();
    const layout = this.#layout as RingLayout;
    const waiting = (loadAcquire16(views.available, INDEX) - this.#lastAvailable) & 0xffff;
    if (waiting === 0) return false;
    if (waiting > layout.size) throw new RingError(`${waiting} buffers are said to wait in a queue of ${layout.size}`);
    const head = views.heads[this.#lastAvailable & (layout.size - 1)] as number;
    if (this.#taken[head]) throw new RingError(`buffer ${head} is offered again before the device has given it back`);
    this.chain.walk(this.#memory, views.descriptors, layout.size, head);
    this.#taken[head] = this.chain.slots;
    this.#held += this.chain.slots;
    this.#lastAvailable = (this.#lastAvailable + 1) & 0xffff;
    const length = this.chain.readable;
    if (length > MAX_REQUEST_SIZE) return true;
    if (length > this.request.length) this.request = Buffer.alloc(MAX_REQUEST_SIZE);
    this.chain.gather(this.#memory, this.request);
    return true;
  }

  /** Keeps `chain` for an answer that comes later. */
  detach(): Chain {
    const chain = this.chain;
    this.chain = new Chain();
    return chain;
  }

  /** Writes an answer of `length` bytes into `chain`, to be published later. @returns how many of them had room */
  prepare(bytes: Uint8Array, length: number): number {
    return this.chain.scatter(this.#memory, bytes, length);
  }

  /** Writes an answer of `length` bytes into a buffer, and gives it back to the driver as `publish` does. */
  answer(chain: Chain, bytes: Uint8Array, length: number, isAwaited = true): void {
    if (this.#forgotten) return;
    if (this.#running) this.publish(chain.head, chain.scatter(this.#memory, bytes, length), isAwaited);
    else this.#late.push(() => this.answer(chain, bytes, length));
  }

  /**
   * Gives a buffer back to the driver, with `written` bytes in it.
   *
   * @param isAwaited whether the driver is told at once. For one on which nothing waits it is told with the next of the
   * others, or when room gets scarce; the owner has it told of all after a while (`announce`).
   */
  publish(head: number, written: number, isAwaited = true): void {
    if (this.#forgotten) return;
    if (!this.#running) {
      this.#late.push(() => this.publish(head, written));
      return;
    }
    const views = this.#look();
    const slots = this.#taken[head] as number;
    this.#taken[head] = 0;
    this.#held -= slots;
    this.#unannounced += slots;
    const slot = (this.#usedIndex & (this.size - 1)) * 2;
    views.elements[slot] = head;
    views.elements[slot + 1] = written;
    this.#usedIndex = (this.#usedIndex + 1) & 0xffff;
    storeRelease16(views.used, INDEX, this.#usedIndex);
    if (isAwaited) this.#due = true;
    if (!this.#inTurn) this.#announceIfDue();
  }

  #announceIfDue(): void {
    // A driver that waits for room hears of it before half of what it can have is used up.
    if (this.#due || 2 * this.#unannounced >= this.size - this.#held) this.announce();
  }

  #look(): Views {
    const generation = this.#memory.generation;
    if (this.#views?.generation === generation) return this.#views;
    const { size, descriptors, available, used } = this.#layout as RingLayout;
    if (size < 1 || size > MAX_QUEUE_SIZE || (size & (size - 1)) !== 0) throw new RingError(`a queue of size ${size}`);
    const table = this.#part("descriptor table", descriptors, size * 16, 16);
    const heads = this.#part("available ring", available, HEAD_SIZE + size * 2, 2);
    const elements = this.#part("used ring", used, HEAD_SIZE + size * 8, 4);
    const views = {
      generation,
      descriptors: new Uint32Array(table.buffer, table.byteOffset, size * 4),
      available: heads,
      heads: new Uint16Array(heads.buffer, heads.byteOffset + HEAD_SIZE, size),
      used: elements,
      elements: new Uint32Array(elements.buffer, elements.byteOffset + HEAD_SIZE, size * 2),
    };
    this.#views = views;
    return views;
  }

  #part(name: string, address: number, length: number, alignment: number): Uint8Array {
    const view = this.#memory.view(address, length);
    if (view === null) throw new RingError(`the ${name} is not in RAM`);
    if (address % alignment !== 0 || view.byteOffset % alignment !== 0)
      throw new RingError(`the ${name} is not aligned`);
    return view;
  }
}
