// SPDX-License-Identifier: Apache-2.0
import type { Endpoint } from "../wire/endpoint.ts";
import {
  CLIENT_QUEUE_HARD_LIMIT,
  CLIENT_QUEUE_SOFT_LIMIT,
  CLIENT_STALL_TIMEOUT,
  HELD_INPUT_LIMIT,
  HOST_QUEUE_LIMIT,
  MAX_UNCLAIMED_FDS,
} from "../wire/limits.ts";
import type { Disconnection } from "./disconnection.ts";
import type { Holdable } from "./relay-context.ts";

/** A client that is not read is read again when what waits has gone down to this part of the limit. */
const RESUME_AT = 0.5;

/**
 * Bounds what waits in a session. A client is not read while too much of its data waits for the host or for a hook.
 * The same holds while too many events wait for the client. A client that does not take its events is cut off. The
 * host is always read: it would cut us off, and with us a client that only was slow.
 */
export class FlowControl {
  readonly #client: Endpoint;
  readonly #host: Endpoint;
  readonly #requests: Holdable;
  readonly #disconnection: Disconnection;
  /** Descriptors that may wait for either side. */
  readonly #maxFds: number;
  readonly #exceeded: (what: string) => void;
  #paused = false;
  #stalled: NodeJS.Timeout | null = null;
  /** Something was sent since the clock ran out last. */
  #progressed = false;

  /** @param exceeded called before a client is cut off that does not take so many descriptors */
  constructor(
    client: Endpoint,
    host: Endpoint,
    requests: Holdable,
    disconnection: Disconnection,
    maxFds: number,
    exceeded: (what: string) => void,
  ) {
    this.#client = client;
    this.#host = host;
    this.#requests = requests;
    this.#disconnection = disconnection;
    this.#maxFds = maxFds;
    this.#exceeded = exceeded;
  }

  /** Checks the limits. The session calls this whenever something was queued or sent. */
  check(): void {
    if (!this.#client.open || this.#isIdle) return;
    const pause = this.#isFull(this.#paused ? RESUME_AT : 1);
    if (pause !== this.#paused) {
      this.#paused = pause;
      this.#client.wantsInput = !pause;
    }
    const { length, fds } = this.#client.output;
    if (fds > this.#maxFds) {
      this.#exceeded(`more than ${this.#maxFds} file descriptors that wait`);
      this.#disconnection.cutOff(`it has not taken ${fds} file descriptors`);
    } else if (length > CLIENT_QUEUE_HARD_LIMIT)
      this.#disconnection.cutOff(`it has not read ${length} bytes of events`);
    else if (length > CLIENT_QUEUE_SOFT_LIMIT) this.#stalled ??= setTimeout(() => this.#stall(), CLIENT_STALL_TIMEOUT);
    else this.close();
  }

  /** Notes progress. The session calls this when something that had to wait was sent. */
  progress(): void {
    this.#progressed = true;
    this.#stalled?.refresh();
    this.check();
  }

  /** Stops the timer. */
  close(): void {
    if (this.#stalled === null) return;
    clearTimeout(this.#stalled);
    this.#stalled = null;
  }

  /** Whether nothing waits now, and nothing has waited. */
  get #isIdle(): boolean {
    if (this.#paused || this.#stalled !== null || this.#requests.held) return false;
    return this.#client.output.isEmpty && this.#host.output.isEmpty;
  }

  #isFull(part: number): boolean {
    const forHost = this.#host.output;
    const fromClient = this.#client.input;
    return (
      forHost.length > HOST_QUEUE_LIMIT * part ||
      forHost.fds > this.#maxFds * part ||
      this.#client.output.length > CLIENT_QUEUE_SOFT_LIMIT * part ||
      (this.#requests.held &&
        (fromClient.length > HELD_INPUT_LIMIT * part || fromClient.fds.length > MAX_UNCLAIMED_FDS * part))
    );
  }

  #stall(): void {
    this.#progressed = false;
    // After a pause of our own, as of a VM's, timers run before its socket is looked at, which may be ready.
    setImmediate(() => {
      const { length } = this.#client.output;
      if (this.#stalled === null || this.#progressed) return;
      this.#disconnection.cutOff(`it has read nothing for ${CLIENT_STALL_TIMEOUT / 1000} s while ${length} bytes wait`);
    });
  }
}
