// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { pipe } from "../../native/pipe.ts";
import { FdSink } from "../../wire/fd-sink.ts";
import type { X11Connection } from "../../x11/client/connection.ts";
import type { Offer } from "./answers.ts";
import type { SelectionClaim } from "./claim.ts";
import { MAX_KEPT, SLICE } from "./limits.ts";
import type { DataSink } from "./transfer-from-x.ts";

/** The data that an X client that is about to end has left with us, to be pasted after that. */
export class KeptSelection implements Offer {
  /** The data, by MIME types. */
  readonly #values: ReadonlyMap<string, Buffer>;
  /** Keeps the X server for it, also when all its clients have ended. */
  readonly #keeper: X11Connection;

  private constructor(values: ReadonlyMap<string, Buffer>, keeper: X11Connection) {
    this.#values = values;
    this.#keeper = keeper;
  }

  /**
   * Reads what an X client has, in one type after the other, as far as there is room for it. Resolves to null when there
   * is nothing, rejects when the X server cannot be kept.
   *
   * @param wanted the targets to keep; null for all
   */
  static async of(
    claim: SelectionClaim,
    wanted: ReadonlySet<number> | null,
    connect: () => Promise<X11Connection>,
  ): Promise<KeptSelection | null> {
    const byTarget = new Map<number, Buffer | null>();
    const values = new Map<string, Buffer>();
    let room = MAX_KEPT;
    for (const mimeType of claim.mimeTypes) {
      const target = claim.targetFor(mimeType);
      if (target === undefined || wanted?.has(target) === false) continue;
      let value = byTarget.get(target);
      if (value === undefined) {
        value = await collect(claim, target, room);
        byTarget.set(target, value);
        room -= value?.length ?? 0;
      }
      if (value !== null) values.set(mimeType, value);
    }
    return values.size === 0 ? null : new KeptSelection(values, await connect());
  }

  get mimeTypes(): readonly string[] {
    return [...this.#values.keys()];
  }

  receive(mimeType: string): Fd | null {
    if (!this.#values.has(mimeType)) return null;
    const [read, write] = pipe();
    try {
      this.send(mimeType, write.raw);
    } catch (error) {
      read.close();
      throw error;
    } finally {
      write.close();
    }
    return read;
  }

  /** Keeps it no longer. */
  close(): void {
    this.#keeper.close();
  }

  /** Writes it to a descriptor, which stays its owner's. Throws a SystemError (EMFILE). */
  send(mimeType: string, fd: number): void {
    const value = this.#values.get(mimeType);
    if (value === undefined) return;
    let sent = 0;
    const proceed = (): void => {
      while (!sink.full && !sink.closed && sent < value.length) {
        sink.add(value.subarray(sent, sent + SLICE));
        sent += SLICE;
      }
      if (!sink.closed && sent >= value.length) sink.hangUp();
    };
    const sink = new FdSink(fd, this, proceed);
    proceed();
  }
}

/**
 * Resolves to what an X client has as one of its targets. Resolves to null when the client does not give it, or it is
 * nothing or too much.
 */
function collect(claim: SelectionClaim, target: number, room: number): Promise<Buffer | null> {
  return new Promise((resolve) => claim.read(target, (changed) => new MemorySink(room, changed, resolve)));
}

/** Collects data, up to a limit. */
class MemorySink implements DataSink {
  readonly full = false;
  readonly #parts: Uint8Array[] = [];
  readonly #changed: () => void;
  readonly #done: (data: Buffer | null) => void;
  #room: number;
  #closed = false;

  /** @param done called with all, or with null when that is nothing, or not to be had */
  constructor(room: number, changed: () => void, done: (data: Buffer | null) => void) {
    this.#room = room;
    this.#changed = changed;
    this.#done = done;
  }

  get closed(): boolean {
    return this.#closed;
  }

  add(data: Uint8Array): void {
    if (this.#closed) return;
    this.#room -= data.length;
    if (this.#room < 0) return this.close();
    this.#parts.push(data.slice());
  }

  hangUp(): void {
    this.#end(this.#parts.length === 0 ? null : Buffer.concat(this.#parts));
  }

  close(): void {
    this.#end(null);
  }

  #end(data: Buffer | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.length = 0;
    this.#done(data);
    this.#changed();
  }
}
