// SPDX-License-Identifier: Apache-2.0
import { constants, fstatSync, openSync, readFileSync, type Stats, writeSync } from "node:fs";
import { constants as system } from "node:os";
import { Fd } from "../native/fd.ts";
import { writeFd } from "../native/pipe.ts";
import { send } from "../native/socket.ts";
import { Watch, WRITABLE } from "../native/watch.ts";

const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
const { EAGAIN } = system.errno;

/** Bytes that may wait for a reader; lines that come when there are more are counted, and left out. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Bytes that are written with one system call. */
const CHUNK_BYTES = 64 * 1024;

/** Milliseconds for which `finish` waits for a reader that takes nothing, and until it tries again. */
const FINISH_TIMEOUT_MS = 500;
const FINISH_INTERVAL_MS = 5;

const noFds = new Int32Array(0);

/**
 * Lines for a descriptor that another program reads, or does not: a terminal that was stopped, a pipe to a program that
 * hangs. Writing never waits, and what waits has a limit. The mode of the open file, which others share, is left alone
 * where that can be.
 */
export class LineQueue {
  /** Writes to the descriptor; returns the number of bytes that it took, or -errno. */
  readonly #writeNow: (bytes: Uint8Array) => number;
  /** The descriptor that becomes writable when it takes more again; null for a file, which always does. */
  readonly #watched: Fd | null;
  readonly #leftOutText: (count: number) => string;
  #watch: Watch | null = null;
  /** The lines that the descriptor has not taken yet; the first was taken up to `#taken`. */
  #waiting: Buffer[] = [];
  #taken = 0;
  #waitingBytes = 0;
  #leftOut = 0;
  #onRoom: (() => void)[] = [];
  /** Nobody will ever read it again. */
  #isBroken = false;

  /** @param leftOutText the line that says how many lines were left out before it */
  constructor(raw: number, leftOutText: (count: number) => string) {
    this.#leftOutText = leftOutText;
    const kind = kindOf(raw);
    if (kind === null || kind.isFile()) {
      this.#watched = null;
      this.#writeNow = (bytes) => writeFile(raw, bytes);
    } else if (kind.isSocket()) {
      this.#watched = new Fd(raw).duplicate();
      const socket = this.#watched.raw;
      this.#writeNow = (bytes) => send(socket, bytes, 0, bytes.length, noFds, 0);
    } else {
      this.#watched = reopened(raw, kind);
      const pipe = this.#watched.raw;
      this.#writeNow = (bytes) => writeFd(pipe, bytes, 0, bytes.length);
    }
  }

  /** Writes whole lines, now or as soon as the descriptor takes them, or counts them when too much waits. */
  write(text: string): void {
    if (this.#isBroken || text === "") return;
    const bytes = Buffer.from(text);
    if (this.#leftOut > 0 || (this.#waitingBytes > 0 && this.#waitingBytes + bytes.length > MAX_WAITING_BYTES)) {
      this.#leftOut += text.split("\n").length - 1;
      return;
    }
    this.#push(bytes);
    if (this.#watch === null) this.#drain();
  }

  /** Resolves when there is room for much, or when nobody will ever read again. */
  async room(): Promise<void> {
    if (!this.#isBroken && (this.#leftOut > 0 || this.#waitingBytes > MAX_WAITING_BYTES / 2)) {
      await new Promise<void>((resolve) => this.#onRoom.push(resolve));
    }
  }

  /** Writes what waits, unless the reader takes nothing for a while. The event loop stands still meanwhile. */
  finish(): void {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    let deadline = performance.now() + FINISH_TIMEOUT_MS;
    while (!this.#isBroken && (this.#waitingBytes > 0 || this.#leftOut > 0)) {
      const before = this.#waitingBytes;
      this.#drain();
      if (this.#waitingBytes !== before) deadline = performance.now() + FINISH_TIMEOUT_MS;
      else if (performance.now() > deadline) break;
      else Atomics.wait(clock, 0, 0, FINISH_INTERVAL_MS);
    }
    this.#stopWatching();
  }

  #push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #drain(): void {
    while (this.#waitingBytes > 0) {
      const bytes = this.#nextChunk();
      const count = this.#writeNow(bytes);
      if (count === -EAGAIN) break;
      if (count < 0) return this.#break();
      this.#consume(count);
      if (count < bytes.length) break;
    }
    if (this.#waitingBytes < MAX_WAITING_BYTES / 2) this.#tellRoom();
    if (this.#waitingBytes > 0) this.#startWatching();
    else this.#stopWatching();
  }

  /** The beginning of what waits, joined from lines. */
  #nextChunk(): Buffer {
    let end = 0;
    let length = -this.#taken;
    while (end < this.#waiting.length && length < CHUNK_BYTES) length += (this.#waiting[end++] as Buffer).length;
    if (end > 1) this.#waiting.splice(0, end, Buffer.concat(this.#waiting.slice(0, end)));
    return (this.#waiting[0] as Buffer).subarray(this.#taken);
  }

  #consume(count: number): void {
    this.#waitingBytes -= count;
    this.#taken += count;
    if (this.#taken < (this.#waiting[0] as Buffer).length) return;
    this.#waiting.shift();
    this.#taken = 0;
  }

  #tellRoom(): void {
    if (this.#leftOut > 0) {
      this.#push(Buffer.from(this.#leftOutText(this.#leftOut)));
      this.#leftOut = 0;
    }
    for (const resolve of this.#onRoom.splice(0)) resolve();
  }

  /** Nobody reads it any more, which is no reason to end sessions. */
  #break(): void {
    this.#isBroken = true;
    this.#waiting = [];
    this.#waitingBytes = this.#leftOut = 0;
    this.#tellRoom();
    this.#stopWatching();
  }

  #startWatching(): void {
    if (this.#watch !== null || this.#watched === null) return;
    this.#watch = new Watch(this.#watched.raw, () => this.#drain());
    this.#watch.set(WRITABLE);
  }

  #stopWatching(): void {
    this.#watch?.close();
    this.#watch = null;
  }
}

function kindOf(raw: number): Stats | null {
  try {
    return fstatSync(raw);
  } catch {
    // It was closed before we started.
    return null;
  }
}

function writeFile(raw: number, bytes: Uint8Array): number {
  try {
    return writeSync(raw, bytes);
  } catch {
    // A full disk may have room for the next line.
    return bytes.length;
  }
}

/**
 * Opens the same terminal, pipe or device once more, so that it can be nonblocking for us alone. A shell whose
 * terminal does not block reads errors. A terminal that belongs to another user, as after su(1), can be opened by its
 * other name.
 */
function reopened(raw: number, kind: Stats): Fd {
  const paths = [`/proc/self/fd/${raw}`, ...(kind.rdev === controllingTerminal() ? ["/dev/tty"] : [])];
  for (const path of paths) {
    try {
      return new Fd(openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY));
    } catch {
      // The next one may do.
    }
  }
  return new Fd(raw).duplicate();
}

/** The device number of our terminal, 0 without one; see proc(5), /proc/PID/stat. */
function controllingTerminal(): number {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4]);
  } catch {
    return 0;
  }
}
