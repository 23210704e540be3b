// SPDX-License-Identifier: Apache-2.0
/**
 * Calls on descriptors of somebody else's that may never return, away from the event loop: on files of a server or of a
 * file system in user space, on terminals and devices. native/blocking.c says how they are made.
 */
import { constants } from "node:os";
import { type BlockingCallsHandle, Call, native } from "./binding.ts";
import { check, SystemError } from "./errors.ts";
import { READABLE, Watch } from "./watch.ts";

/** Calls that are made at the same time, in all and for one owner. Each has a process, of which little is its own. */
const MAX_RUNNING = 256;
const MAX_RUNNING_OF_OWNER = 16;

/** Milliseconds after which a call may be cut off, if others wait for its place. */
const STUCK_TIME = 10_000;

/** Milliseconds that calls have at our end to get on their way. */
const EXIT_TIME = 100;

/** What is called: what `Call` names, on which descriptor. */
export interface BlockingCall {
  /** Whose it is. What one owner has is limited, so that its calls do not keep others waiting. */
  readonly owner: object;
  readonly operation: (typeof Call)[keyof typeof Call];
  /** Stays its owner's, but for `close`. */
  readonly fd: number;
  /** What to write, or how many bytes to read. */
  readonly data: Uint8Array | number;
  readonly offset: number;
}

/** How a call ended. */
export interface Outcome {
  /** >= 0, or -errno: -ECANCELED when it was cut off, -EINTR when that was for others' sake. */
  readonly result: number;
  /** S_IFMT bits, for `stat`. */
  readonly type: number;
  /** In bytes, for `stat`. */
  readonly size: number;
  /** What was read. */
  readonly data: Uint8Array;
}

interface Pending extends BlockingCall {
  readonly done: (outcome: Outcome) => void;
  started: number;
}

const nothing = new Uint8Array(0);

/** All calls of this process, or worker thread. */
class BlockingCalls {
  readonly #handle: BlockingCallsHandle;
  readonly #running = new Map<number, Pending>();
  /** How many run, by their owners. */
  readonly #counts = new Map<object, number>();
  /** Tells of calls that have ended; null while none runs. */
  #watch: Watch | null = null;
  #waiting: Pending[] = [];
  #timer: NodeJS.Timeout | null = null;
  #nextId = 0;
  readonly #out = new Float64Array(4);

  constructor() {
    const handle = native.callsOpen();
    if (typeof handle === "number") throw new SystemError("malloc", -handle);
    this.#handle = handle;
    process.on("exit", () => this.#leave());
  }

  /** Descriptors whose owner is to close them with a call of its own; see `#leave`. */
  readonly held = new Set<number>();

  make(call: BlockingCall): Promise<Outcome> {
    return new Promise((done) => {
      this.#waiting.push({ ...call, done, started: 0 });
      this.#startWaiting();
    });
  }

  cancel(fd: number): void {
    const dropped = this.#waiting.filter((call) => call.fd === fd);
    this.#waiting = this.#waiting.filter((call) => call.fd !== fd);
    for (const [id, call] of this.#running) {
      if (call.fd !== fd || call.operation === Call.close) continue;
      native.callsCancel(this.#handle, id);
      dropped.push(call);
    }
    for (const call of dropped) end(call, -constants.errno.ECANCELED);
  }

  #startWaiting(): void {
    this.#waiting = this.#waiting.filter((call) => !this.#start(call));
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#cutOff(), STUCK_TIME).unref();
    if (this.#running.size > 0) return;
    this.#watch?.close();
    this.#watch = null;
    native.callsRest(this.#handle);
  }

  /** Returns whether the call does not wait any more. */
  #start(call: Pending): boolean {
    const count = this.#counts.get(call.owner) ?? 0;
    if (this.#running.size >= MAX_RUNNING || count >= MAX_RUNNING_OF_OWNER) return false;
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
      const { errno } = error;
      setImmediate(() => end(call, -errno));
      return true;
    }
    call.started = performance.now();
    this.#running.set(id, call);
    this.#counts.set(call.owner, count + 1);
    return true;
  }

  #take(): void {
    for (;;) {
      const data = native.callsTake(this.#handle, this.#out);
      if (typeof data === "number") break;
      const [id = 0, result = 0, type = 0, size = 0] = this.#out;
      const call = this.#running.get(id);
      if (call === undefined) continue;
      this.#running.delete(id);
      const left = (this.#counts.get(call.owner) ?? 1) - 1;
      if (left === 0) this.#counts.delete(call.owner);
      else this.#counts.set(call.owner, left);
      call.done({ result, type, size, data: new Uint8Array(data) });
    }
    this.#startWaiting();
  }

  /** Makes room for calls that wait: too many others take long. */
  #cutOff(): void {
    this.#timer = null;
    const now = performance.now();
    for (const [id, call] of this.#running) {
      if (now - call.started >= STUCK_TIME && call.operation !== Call.close) native.callsCancel(this.#handle, id);
    }
    this.#startWaiting();
  }

  /**
   * At our end: closes what may block then, and lets such calls get on their way. Whoever ends with such a descriptor
   * open may have to wait for the same, and cannot be killed meanwhile.
   */
  #leave(): void {
    for (const { operation, fd } of this.#waiting) if (operation === Call.close) this.held.add(fd);
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

/** Makes a call as soon as there is room for it. Never rejects. */
export function blockingCall(call: BlockingCall): Promise<Outcome> {
  return theCalls().make(call);
}

/** Notes whether somebody holds a descriptor, to close which may block, and which is to be closed at our end. */
export function noteHeld(fd: number, isHeld: boolean): void {
  if (isHeld) theCalls().held.add(fd);
  else calls?.held.delete(fd);
}

/** Cuts off the calls on a descriptor, for which they fail at once, although the kernel may not let them end yet. */
export function cancelCalls(fd: number): void {
  calls?.cancel(fd);
}

/** Whether a call on a descriptor may wait for somebody else. Asks no file system. */
export function mayBlock(fd: number): boolean {
  return native.mayBlock(fd) === 1;
}

/**
 * Closes a descriptor that somebody else gave us: at once where that is known not to block, else in the course of time,
 * since a file system in user space has its say. Either way the number is not the caller's any more.
 */
export function closeReceived(fd: number, owner: object): void {
  if (!mayBlock(fd)) native.close(fd);
  else void blockingCall({ owner, operation: Call.close, fd, data: 0, offset: 0 });
}
