// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { readFd, writeFd } from "../../native/pipe.ts";
import { openTerminal, resizeTerminal } from "../../native/terminal.ts";
import { READABLE, Watch, WRITABLE } from "../../native/watch.ts";
import type { TerminalSize } from "../channel/messages.ts";
import type { Output } from "./output.ts";

const CHUNK = 16 * 1024;

/** Listens to a terminal, for its owner. */
export interface TerminalEvents {
  /** Called when so many bytes of the terminal's input have been taken. */
  readonly taken: (bytes: number) => void;
  /** No program has it open any more. */
  readonly ended: () => void;
}

/** A terminal for a program of the guest. */
export class Terminal {
  /** The path for the program to open. */
  readonly path: string;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #events: TerminalEvents;
  readonly #input: Buffer[] = [];
  #output: Output | null = null;

  constructor({ columns, rows }: TerminalSize, events: TerminalEvents) {
    const { fd, path } = openTerminal();
    this.path = path;
    this.#fd = fd;
    this.#events = events;
    resizeTerminal(fd, columns, rows);
    this.#watch = Watch.owned(fd, (ready) => this.#onReady(ready));
  }

  /** From now on what is written to it goes there. A program has to have it open: before, it would look ended. */
  read(output: Output): void {
    this.#output = output;
    this.update();
  }

  /** Looks again at what is wanted. */
  update(): void {
    if (!this.#fd.open) return;
    const canRead = this.#output !== null && this.#output.room > 0;
    this.#watch.set((canRead ? READABLE : 0) | (this.#input.length > 0 ? WRITABLE : 0));
  }

  write(bytes: Buffer): void {
    this.#input.push(bytes);
    this.update();
  }

  resize({ columns, rows }: TerminalSize): void {
    if (this.#fd.open) resizeTerminal(this.#fd, columns, rows);
  }

  close(): void {
    this.#watch.close();
    this.#fd.close();
  }

  #onReady(ready: number): void {
    if ((ready & WRITABLE) !== 0) this.#writeInput();
    if ((ready & READABLE) !== 0) this.#readOutput();
    this.update();
  }

  #writeInput(): void {
    const first = this.#input[0];
    if (first === undefined) return;
    const count = writeFd(this.#fd.raw, first, 0, first.length);
    if (count <= 0) return;
    if (count === first.length) this.#input.shift();
    else this.#input[0] = first.subarray(count);
    this.#events.taken(count);
  }

  #readOutput(): void {
    const room = Math.min(CHUNK, this.#output?.room ?? 0);
    if (room === 0) return;
    const bytes = Buffer.alloc(room);
    const count = readFd(this.#fd.raw, bytes, 0, room);
    if (count > 0) this.#output?.write(bytes.subarray(0, count));
    else if (count === 0 || -count !== EAGAIN) {
      // EIO: the last program has closed it.
      this.close();
      this.#events.ended();
    }
  }
}

const EAGAIN = 11;
