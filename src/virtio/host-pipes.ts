// SPDX-License-Identifier: Apache-2.0

import { FIRST_READ_PIPE } from "../cross-domain/protocol.ts";
import { pipe } from "../native/pipe.ts";
import { FdSink } from "../wire/fd-sink.ts";
import type { GuestGpuContext } from "./context.ts";
import { MAX_PIPES } from "./limits.ts";
import { UnsendableError } from "./outgoing.ts";
import { PipeSource } from "./pipe-source.ts";

/** All pipes between one client and the host. */
export class HostPipes {
  readonly #context: GuestGpuContext;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  /** The pipes for which the host has more, by id; also those whose reader is gone, since the host goes on. */
  readonly #sinks = new Map<number, FdSink>();
  /** The pipes that still have a reader. */
  readonly #openSinks = new Set<FdSink>();
  readonly #sources = new Set<PipeSource>();
  #nextId = FIRST_READ_PIPE;

  /**
   * @param changed called when `full` or `open` may have become false
   * @param failed called with what submitting a command throws
   */
  constructor(context: GuestGpuContext, changed: () => void, failed: (error: unknown) => void) {
    this.#context = context;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Whether some reader is so slow that nothing more should be received. */
  get full(): boolean {
    for (const sink of this.#openSinks) if (sink.full) return true;
    return false;
  }

  /** Whether there are any that may still carry something. */
  get open(): boolean {
    return this.#sources.size > 0 || this.#openSinks.size > 0;
  }

  /**
   * Prepares for a pipe that the host is about to make, for data to `raw`, which stays its owner's.
   *
   * @returns the id that the host will give it if every pipe so far was sent, one for each id
   * @throws UnsendableError, SystemError
   */
  addSink(raw: number): number {
    if (Math.max(this.#sinks.size, this.#openSinks.size) >= MAX_PIPES) {
      throw new UnsendableError(`more than ${MAX_PIPES} pipes from the host at once`);
    }
    const sink = new FdSink(raw, this, () => {
      if (sink.closed) this.#openSinks.delete(sink);
      this.#changed();
    });
    const id = this.#nextId++;
    this.#sinks.set(id, sink);
    this.#openSinks.add(sink);
    return id;
  }

  /** The host's data for a pipe of its own. */
  received(id: number, data: Uint8Array, hangUp: boolean): void {
    const sink = this.#sinks.get(id);
    sink?.add(data);
    if (!hangUp) return;
    this.#sinks.delete(id);
    sink?.hangUp();
  }

  /**
   * Makes the local end of a pipe that the host reads.
   *
   * @returns the write end, which is the caller's
   * @throws SystemError (EMFILE), UnsendableError
   */
  addSource(id: number): number {
    if (this.#sources.size >= MAX_PIPES) throw new UnsendableError(`more than ${MAX_PIPES} pipes to the host at once`);
    const [read, end] = pipe();
    using write = end;
    const source = new PipeSource(id, read, this.#context, (error) => {
      this.#sources.delete(source);
      if (error === null) this.#changed();
      else this.#failed(error);
    });
    this.#sources.add(source);
    return write.take();
  }

  /** Goes on with what waited for the context to take more. */
  resume(): void {
    for (const source of this.#sources) source.resume();
  }

  /** Closes all of them. On the host they are closed with the context. */
  close(): void {
    for (const source of this.#sources) source.close();
    for (const sink of this.#openSinks) sink.close();
  }
}
