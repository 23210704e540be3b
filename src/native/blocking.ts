// SPDX-License-Identifier: Apache-2.0
/**
 * Makes calls on descriptors of a peer's that may never return, away from the event loop: on files of a server or of a
 * file system in user space, on terminals and devices. native/blocking.c says how they are made.
 */
import { constants } from "node:os";
import { type BlockingCallsHandle, Call, native } from "./binding.ts";
import { check, SystemError } from "./errors.ts";
import { READABLE, Watch } from "./watch.ts";

/** Calls that are made at the same time, in all and for one owner. Each has a process, of which little is its own. */
const MAX_RUNNING = 256;
const MAX_RUNNING_OF_OWNER = 8;

/** Milliseconds after which a call may be cut off, if others wait for its place. */
const STUCK_TIME = 10_000;

/** Milliseconds until a descriptor is closed for which there was no process, or no descriptor to report its end. */
const RETRY_TIME = 100;

/** Milliseconds that calls have at our end to get on their way. */
const EXIT_TIME = 100;

/** A call: one that `Call` names, on a descriptor. */
export interface BlockingCall {
  /** Whose it is. What one owner has is limited, so that its calls do not keep others waiting. */
  readonly owner: object;
  readonly operation: (typeof Call)[keyof typeof Call];
  /** Stays its owner's, but for `close`. */
  readonly fd: number;
  /** The bytes to write, or how many to read. */
  readonly data: Uint8Array | number;
  readonly offset: number;
}

/** The outcome of a call. */
export interface Outcome {
  /** >= 0, or -errno: -ECANCELED when it was cut off, -EINTR when that was for others' sake. */
  readonly result: number;
  /** S_IFMT bits, for `stat`. */
  readonly type: number;
  /** The size in bytes, for `stat`. */
  readonly size: number;
  /** The bytes that were read. */
  readonly data: Uint8Array;
}

/** A call that was asked for. */
export interface CallUnderway {
  /** The outcome; this never rejects. */
  readonly outcome: Promise<Outcome>;
  /**
   * Makes the call fail with -ECANCELED at once, although the kernel may not let it end yet. For `close` it does
   * nothing.
   */
  cancel(): void;
}

interface Pending extends BlockingCall {
  readonly done: (outcome: Outcome) => void;
  /** Null until it runs. */
  id: number | null;
  started: number;
}

/** The calls of one owner. */
interface Queue {
  readonly waiting: Set<Pending>;
  running: number;
}

const nothing = new Uint8Array(0);

/** All calls of this process, or worker thread. */
class BlockingCalls {
  /** Descriptors whose owner is to close them with a call of its own; see `#leave`. */
  readonly held = new Set<number>();
  readonly #handle: BlockingCallsHandle;
  readonly #running = new Map<number, Pending>();
  /** The queues of owners that have calls. */
  readonly #queues = new Map<object, Queue>();
  /** Reports calls that have ended; null while none runs. */
  #watch: Watch | null = null;
  #timer: NodeJS.Timeout | null = null;
  #nextId = 0;
  readonly #out = new Float64Array(4);

  constructor() {
    const handle = native.callsOpen();
    if (typeof handle === "number") throw new SystemError("malloc", -handle);
    this.#handle = handle;
    process.on("exit", () => this.#leave());
  }

  make(call: BlockingCall): CallUnderway {
    let done: (outcome: Outcome) => void = () => {};
    const outcome = new Promise<Outcome>((resolve) => {
      done = resolve;
    });
    const pending: Pending = { ...call, done, id: null, started: 0 };
    const queue = this.#queues.get(call.owner) ?? { waiting: new Set(), running: 0 };
    this.#queues.set(call.owner, queue);
    queue.waiting.add(pending);
    this.#startWaiting(call.owner, queue);
    return { outcome, cancel: () => this.#cancel(pending) };
  }

  #cancel(call: Pending): void {
    if (call.operation === Call.close) return;
    const queue = this.#queues.get(call.owner);
    if (call.id !== null) native.callsCancel(this.#handle, call.id);
    else queue?.waiting.delete(call);
    end(call, -constants.errno.ECANCELED);
    if (queue !== undefined) this.#forgetIdle(call.owner, queue);
  }

  /** Starts as many calls of an owner as the limits allow. */
  #startWaiting(owner: object, queue: Queue): void {
    for (const call of queue.waiting) {
      if (this.#isFull(queue) || !this.#start(call, queue)) break;
      queue.waiting.delete(call);
    }
    const delay = this.#isFull(queue) ? STUCK_TIME : RETRY_TIME;
    if (queue.waiting.size > 0) this.#timer ??= setTimeout(() => this.#cutOff(), delay).unref();
    this.#forgetIdle(owner, queue);
  }

  #isFull({ running }: Queue): boolean {
    return running >= MAX_RUNNING_OF_OWNER || this.#running.size >= MAX_RUNNING;
  }

  #forgetIdle(owner: object, { waiting, running }: Queue): void {
    if (waiting.size === 0 && running === 0) this.#queues.delete(owner);
    if (this.#running.size > 0) return;
    this.#watch?.close();
    this.#watch = null;
    native.callsRest(this.#handle);
  }

  /** @returns false when it is not begun, but has to be: a descriptor that nobody closes would be lost for good */
  #start(call: Pending, queue: Queue): boolean {
    const id = this.#nextId;
    this.#nextId = (id + 1) % 2 ** 31;
    try {
      if (this.#watch === null) {
        this.#watch = new Watch(check(native.callsEvent(this.#handle), "eventfd"), () => this.#take());
        this.#watch.set(READABLE);
      }
      check(native.callsStart(this.#handle, id, call.operation, call.fd, call.data, call.offset), "clone");
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (call.operation === Call.close) return false;
      end(call, -error.errno);
      return true;
    }
    call.id = id;
    call.started = performance.now();
    this.#running.set(id, call);
    queue.running++;
    return true;
  }

  #take(): void {
    const wasFull = this.#running.size >= MAX_RUNNING;
    const touched = new Map<object, Queue>();
    for (;;) {
      const data = native.callsTake(this.#handle, this.#out);
      if (typeof data === "number") break;
      const [id = 0, result = 0, type = 0, size = 0] = this.#out;
      const call = this.#running.get(id);
      const queue = call && this.#queues.get(call.owner);
      if (call === undefined || queue === undefined) continue;
      this.#running.delete(id);
      queue.running--;
      touched.set(call.owner, queue);
      call.done({ result, type, size, data: new Uint8Array(data) });
    }
    for (const [owner, queue] of wasFull ? [...this.#queues] : touched) this.#startWaiting(owner, queue);
  }

  /**
   * Ends calls that take long, so that those that wait can start: of the same owner, or of all if there are too many in
   * all.
   */
  #cutOff(): void {
    this.#timer = null;
    const isFull = this.#running.size >= MAX_RUNNING;
    const now = performance.now();
    for (const [id, { owner, started }] of this.#running) {
      const isInTheWay = isFull || (this.#queues.get(owner)?.waiting.size ?? 0) > 0;
      if (!isInTheWay || now - started < STUCK_TIME) continue;
      native.callsCancel(this.#handle, id);
    }
    for (const [owner, queue] of [...this.#queues]) this.#startWaiting(owner, queue);
  }

  /**
   * At our end: closes what may block then, and lets such calls get on their way. Whoever ends with such a descriptor
   * open may have to wait for the same, and cannot be killed meanwhile.
   */
  #leave(): void {
    for (const { waiting } of this.#queues.values()) {
      for (const { operation, fd } of waiting) if (operation === Call.close) this.held.add(fd);
    }
    if (this.held.size > 0) native.callsEvent(this.#handle);
    for (const fd of this.held) native.callsStart(this.#handle, 0, Call.close, fd, 0, 0);
    const deadline = performance.now() + EXIT_TIME;
    while (native.callsUnderway(this.#handle) > 0 && performance.now() < deadline);
  }
}

function end(call: Pending, result: number): void {
  call.done({ result, type: 0, size: 0, data: nothing });
}

let calls: BlockingCalls | null = null;

function theCalls(): BlockingCalls {
  calls ??= new BlockingCalls();
  return calls;
}

/** Makes a call as soon as the limits allow. */
export function blockingCall(call: BlockingCall): CallUnderway {
  return theCalls().make(call);
}

/** Notes whether a descriptor is held, to close which may block, and which is to be closed at our end. */
export function noteHeld(fd: number, isHeld: boolean): void {
  if (isHeld) theCalls().held.add(fd);
  else calls?.held.delete(fd);
}

/** Whether a call on a descriptor may wait for another program. Asks no file system. */
export function mayBlock(fd: number): boolean {
  return native.mayBlock(fd) === 1;
}

/** One descriptor that is to be closed. */
const one = new Int32Array(1);

/**
 * Closes a descriptor that a peer has passed to us. It is closed at once where that is known not to block, else in the
 * course of time. A file system in user space, or whoever set how long a socket lingers, has a say. Either way the
 * number is not the caller's any more.
 */
export function closeReceived(fd: number, owner: object): void {
  one[0] = fd;
  closeAllReceived(one, 1, owner);
}

/** Closes the first `count` of such descriptors in one call. What is in `fds` then is not said. */
export function closeAllReceived(fds: Int32Array, count: number, owner: object): void {
  const left = native.closeAtOnce(fds, count);
  for (let i = 0; i < left; i++) {
    blockingCall({ owner, operation: Call.close, fd: fds[i] as number, data: 0, offset: 0 });
  }
}
