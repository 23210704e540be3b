// SPDX-License-Identifier: Apache-2.0
import { InputBuffer } from "./input-buffer.ts";
import { FDS_IN_FLIGHT_RETRY, LINGER_TIMEOUT } from "./limits.ts";
import type { ObjectTable } from "./object-table.ts";
import { OutputQueue } from "./output-queue.ts";
import { EAGAIN, type Transport } from "./transport.ts";

/** The states, in numbers, since V8 takes longer to compare texts, and each message asks. */
const OPEN = 0;
const FINISHING = 1;
const CLOSED = 2;
type State = typeof OPEN | typeof FINISHING | typeof CLOSED;

/** The owner of an endpoint, which learns what happens. */
export interface EndpointEvents {
  /**
   * Called when there is something to receive.
   *
   * @returns whether the call did nothing but forward, as `Transport.listen` asks
   */
  readable(endpoint: Endpoint): boolean;
  /** Waiting output was sent, at least in part. */
  progress(endpoint: Endpoint): void;
  closed(endpoint: Endpoint): void;
  /** Something was thrown by one of the calls above. */
  failed(endpoint: Endpoint, error: unknown): void;
}

/** One peer of a session: its connection, what has arrived, what is to be sent, and the objects by its ids. */
export class Endpoint {
  readonly input: InputBuffer;
  readonly output: OutputQueue;
  readonly objects: ObjectTable;
  readonly #transport: Transport;
  readonly #events: EndpointEvents;
  #state: State = OPEN;
  #wantsInput = true;
  /** Whether the endpoint waits until the peer takes more. */
  #wantsOutput = false;
  #timer: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(transport: Transport, objects: ObjectTable, events: EndpointEvents) {
    this.#transport = transport;
    this.#events = events;
    this.objects = objects;
    this.input = new InputBuffer(transport);
    this.output = new OutputQueue(transport);
    transport.listen(
      () => this.#readable(),
      () => this.#guard(this.#writable),
    );
    transport.watch(true, false);
  }

  /** Whether messages are exchanged; false once the endpoint is finishing or closed. */
  get open(): boolean {
    return this.#state === OPEN;
  }

  get closed(): boolean {
    return this.#state === CLOSED;
  }

  /** Chooses whether the owner learns of input. */
  set wantsInput(value: boolean) {
    this.#wantsInput = value;
    this.#updateWatch();
  }

  /** Sends what can be sent now; the rest follows by itself. */
  flush(): void {
    if (this.#state === CLOSED || this.output.isEmpty) return;
    const result = this.output.flush();
    if (result === "sent" && !this.#wantsOutput) return;
    if (result === "crowded") {
      this.#retry ??= setTimeout(() => {
        this.#retry = null;
        this.#guard(this.#writable);
      }, FDS_IN_FLIGHT_RETRY);
    }
    this.#updateWatch();
  }

  /** Ends the connection once what waits has been sent, for which it allows LINGER_TIMEOUT. Input is ignored. */
  finish(): void {
    if (this.#state !== OPEN) return;
    this.#state = FINISHING;
    this.objects.uncount();
    this.#wantsInput = true;
    this.input.clear();
    this.flush();
    if (this.output.isEmpty) return this.close();
    this.#timer = setTimeout(() => this.#guard(this.close), LINGER_TIMEOUT);
    this.#updateWatch();
  }

  /** Ends the connection now. */
  close(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.objects.uncount();
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#retry) clearTimeout(this.#retry);
    this.#transport.close();
    this.input.clear();
    this.output.close();
    this.#events.closed(this);
  }

  /** Keeps an unexpected error from ending more than this connection's session. */
  #guard(action: () => void): void {
    try {
      action.call(this);
    } catch (error) {
      this.#events.failed(this, error);
    }
  }

  #readable(): boolean {
    try {
      if (this.#state === OPEN) return this.#events.readable(this);
      if (this.#state === FINISHING) this.#ignoreInput();
    } catch (error) {
      this.#events.failed(this, error);
    }
    return false;
  }

  #ignoreInput(): void {
    const result = this.input.hold();
    this.input.clear();
    if (result <= 0 && result !== EAGAIN) this.close();
  }

  #writable(): void {
    if (this.#state === CLOSED) return;
    this.flush();
    if (this.#state === OPEN) this.#events.progress(this);
    else if (this.output.isEmpty) this.close();
  }

  #updateWatch(): void {
    if (this.#state === CLOSED) return;
    this.#wantsOutput = !this.output.isEmpty && this.#retry === null;
    this.#transport.watch(this.#wantsInput, this.#wantsOutput);
  }
}
