// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { Fd } from "../native/fd.ts";
import { accept } from "../native/socket.ts";
import { READABLE, Watch } from "../native/watch.ts";

/** Milliseconds until a new attempt when a client could not be accepted. */
const RETRY_INTERVAL = 100;

/** Accepts the clients of a listening socket, which stays its owner's. */
export class ClientListener {
  readonly #fd: Fd;
  readonly #accepted: (client: Fd) => void;
  readonly #log: Logger;
  readonly #watch: Watch;
  #retry: NodeJS.Timeout | null = null;

  /** @param accepted becomes the owner of each client's connection, a non-blocking socket */
  constructor(fd: Fd, accepted: (client: Fd) => void, log: Logger) {
    this.#fd = fd;
    this.#accepted = accepted;
    this.#log = log;
    this.#watch = new Watch(fd.raw, () => this.#accept());
    this.#watch.set(READABLE);
  }

  close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#watch.close();
  }

  #accept(): void {
    try {
      // One in a turn, so that a crowd of new clients does not hold up those who are here.
      const client = accept(this.#fd.raw);
      if (client !== null) this.#accepted(client);
    } catch (error) {
      // EMFILE and the like pass when a client leaves; until then the new one waits, and so do we, or we would spin.
      this.#log.warn(`a client has to wait: ${(error as Error).message}; raise the limit of open files (ulimit -n)`);
      this.#watch.set(0);
      this.#retry = setTimeout(() => {
        this.#retry = null;
        this.#watch.set(READABLE);
      }, RETRY_INTERVAL);
    }
  }
}
