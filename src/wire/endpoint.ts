// SPDX-License-Identifier: Apache-2.0
import { InputBuffer } from "./input-buffer.ts";
import { FDS_IN_FLIGHT_RETRY, LINGER_TIMEOUT } from "./limits.ts";
import type { ObjectTable } from "./object-table.ts";
import { OutputQueue } from "./output-queue.ts";
import { EAGAIN, type Transport } from "./transport.ts";

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
  #state: "open" | "finishing" | "closed" = "open";
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
    return this.#state === "open";
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  /** Chooses whether the owner learns of input. */
  set wantsInput(value: boolean) {
    this.#wantsInput = value;
    this.#updateWatch();
  }

  /** Sends what can be sent now; the rest follows by itself. */
  flush(): void {
    if (this.#state === "closed" || this.output.isEmpty) return;
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
    if (this.#state !== "open") return;
    this.#state = "finishing";
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
    if (this.#state === "closed") return;
    this.#state = "closed";
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
      if (this.#state === "open") return this.#events.readable(this);
      if (this.#state === "finishing") this.#ignoreInput();
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
    if (this.#state === "closed") return;
    this.flush();
    if (this.#state === "open") this.#events.progress(this);
    else if (this.output.isEmpty) this.close();
  }

  #updateWatch(): void {
    if (this.#state === "closed") return;
    this.#wantsOutput = !this.output.isEmpty && this.#retry === null;
    this.#transport.watch(this.#wantsInput, this.#wantsOutput);
  }
}
