// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";
import { readFd } from "../native/pipe.ts";
import { READABLE, Watch } from "../native/watch.ts";
import { EAGAIN } from "../wire/transport.ts";
import { commandBytes, encodeWrite, WRITE_DATA_OFFSET } from "./commands.ts";
import type { GuestGpuContext } from "./context.ts";
import { MAX_WRITE_DATA, ROOM_FOR_REQUESTS } from "./limits.ts";

/** Reads what a local program writes into a pipe, and writes it into the host's. */
export class PipeSource {
  readonly #id: number;
  readonly #context: GuestGpuContext;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #ended: (error: unknown) => void;

  /**
   * @param id of the pipe on the host
   * @param fd the local pipe's read end, which becomes the source's
   * @param ended called with null once the host knows of the end; or with what submitting a command threw
   * @throws SystemError when it cannot be watched; it is closed then
   */
  constructor(id: number, fd: Fd, context: GuestGpuContext, ended: (error: unknown) => void) {
    this.#id = id;
    this.#fd = fd;
    this.#context = context;
    this.#ended = ended;
    this.#watch = Watch.owned(fd, () => this.#readable());
    this.resume();
  }

  /** Goes on reading if the context takes more. */
  resume(): void {
    this.#watch.set(this.#context.room > ROOM_FOR_REQUESTS ? READABLE : 0);
  }

  /** Ends it without a word to the host, whose end of the pipe is closed with the context. */
  close(): void {
    this.#watch.close();
    this.#fd.close();
  }

  #readable(): void {
    const count = readFd(this.#fd.raw, commandBytes, WRITE_DATA_OFFSET, MAX_WRITE_DATA);
    if (count === EAGAIN) return;
    const isOver = count <= 0;
    if (isOver) this.close();
    try {
      this.#context.submit(encodeWrite(this.#id, Math.max(count, 0), isOver));
    } catch (error) {
      this.close();
      return this.#ended(error);
    }
    if (isOver) this.#ended(null);
    else this.resume();
  }
}
