// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { Call } from "./binding.ts";
import { blockingCall, type CallUnderway, closeReceived, noteHeld, type Outcome } from "./blocking.ts";
import { check } from "./errors.ts";
import type { Fd } from "./fd.ts";

/** Bytes that are read or written by one call. */
const STEP: number = 1024 * 1024;

/**
 * A file that a peer has passed to us and that may keep whoever uses it waiting. Nothing here blocks. Methods reject
 * with a SystemError: ECANCELED after `close`, EINTR when too many others wait.
 */
export class BlockingFile {
  readonly #owner: object;
  readonly #raw: number;
  readonly #calls = new Set<CallUnderway>();
  #open = true;

  /**
   * Becomes the owner of `fd`.
   *
   * @param owner on whose behalf it is used, whose calls have a limit of their own
   */
  constructor(fd: Fd, owner: object) {
    this.#raw = fd.take();
    this.#owner = owner;
    noteHeld(this.#raw, true);
  }

  /** Resolves to whether the file is a regular one, and how many bytes it has. */
  async stat(): Promise<{ isFile: boolean; size: number }> {
    const { type, size } = await this.#call(Call.stat, 0, 0);
    return { isFile: type === constants.S_IFREG, size };
  }

  /** Reads up to `length` bytes from `offset` on into `target`, and resolves to how many there were. */
  async read(target: Uint8Array, offset: number): Promise<number> {
    for (let at = 0; at < target.length; ) {
      const wanted = Math.min(STEP, target.length - at);
      const { data } = await this.#call(Call.read, wanted, offset + at);
      // What was to be filled may have been given up meanwhile.
      if (target.length === 0) return at;
      target.set(data, at);
      at += data.length;
      if (data.length < wanted) return at;
    }
    return target.length;
  }

  /** Writes all of it where the file is. */
  async write(data: Uint8Array): Promise<void> {
    await this.#call(Call.write, data, 0);
  }

  /** Writes all of it at a place. */
  async store(data: Uint8Array, offset: number): Promise<void> {
    for (let at = 0; at < data.length; at += STEP) {
      await this.#call(Call.store, data.subarray(at, at + STEP), offset + at);
    }
  }

  /** Cuts off what is underway. A second call does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    noteHeld(this.#raw, false);
    for (const call of this.#calls) call.cancel();
    closeReceived(this.#raw, this.#owner);
  }

  async #call(
    operation: (typeof Call)[keyof typeof Call],
    data: Uint8Array | number,
    offset: number,
  ): Promise<Outcome> {
    if (!this.#open) throw new Error("this file was closed");
    const call = blockingCall({ owner: this.#owner, operation, fd: this.#raw, data, offset });
    this.#calls.add(call);
    const outcome = await call.outcome;
    this.#calls.delete(call);
    check(outcome.result, NAMES[operation] as string);
    return outcome;
  }
}

const NAMES = ["close", "statx", "pread", "write", "pwrite"];
