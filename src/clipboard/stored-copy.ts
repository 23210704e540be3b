// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../log/logger.ts";
import type { Fd } from "../native/fd.ts";
import { pipe, readFd } from "../native/pipe.ts";
import { READABLE, Watch } from "../native/watch.ts";
import { MAX_MOVED_TYPES, MAX_WRITES, READ_TIMEOUT, WRITE_TIMEOUT } from "../policy/transfer-limits.ts";
import { FdSink } from "../wire/fd-sink.ts";
import { EAGAIN } from "../wire/transport.ts";
import type { Copy } from "./copy.ts";

/** Bytes that are read at once. */
const STEP: number = 64 * 1024;

/** The types of plain text, the best one first. All of them are offered for any of them. */
const plainText = ["text/plain;charset=utf-8", "UTF8_STRING", "text/plain"];

/** A copy that is too large, or not to be had. */
export class CopyError extends Error {}

/** A copy whose data we keep, as it was when it was taken. */
export class StoredCopy implements Copy {
  readonly #data: ReadonlyMap<string, Buffer>;
  readonly #log: Logger;
  #writes = 0;

  private constructor(data: ReadonlyMap<string, Buffer>, log: Logger) {
    this.#data = data;
    this.#log = log;
  }

  /**
   * Takes the data of something that was copied.
   *
   * @param receive has its program write the data in a type into a descriptor, which is handed over
   * @param passes whether a type may be taken; null for plain text alone
   * @param maxSize the most bytes of all types together
   * @param log gets a line about what cannot be pasted later
   * @throws CopyError; SystemError (EMFILE)
   */
  static async of(
    types: readonly string[],
    receive: (mimeType: string, target: Fd) => void,
    passes: ((mimeType: string) => boolean) | null,
    maxSize: number,
    log: Logger,
  ): Promise<StoredCopy> {
    const best = plainText.find((type) => types.includes(type));
    const wanted =
      passes === null ? (best === undefined ? [] : [best]) : types.filter(passes).slice(0, MAX_MOVED_TYPES);
    if (wanted.length === 0) throw new CopyError("it cannot be had in a type that may pass");
    const data = new Map<string, Buffer>();
    let left = maxSize;
    const deadline = performance.now() + READ_TIMEOUT;
    for (const type of wanted) {
      const bytes = await readCopy((target) => receive(type, target), left, deadline);
      left -= bytes.length;
      for (const name of passes === null ? plainText : [type]) data.set(name, bytes);
    }
    return new StoredCopy(data, log);
  }

  get types(): readonly string[] {
    return [...this.#data.keys()];
  }

  /** The number of bytes, of each type once. */
  get size(): number {
    return [...new Set(this.#data.values())].reduce((sum, bytes) => sum + bytes.length, 0);
  }

  send(mimeType: string, target: Fd): void {
    this.write(mimeType, target.raw);
    target.close();
  }

  /** Writes the data into a descriptor, which stays its owner's, in the course of time. */
  write(mimeType: string, target: number): void {
    const bytes = this.#data.get(mimeType);
    if (bytes === undefined) return;
    if (this.#writes >= MAX_WRITES) {
      this.#log.warn(`what a command has moved is not pasted: ${MAX_WRITES} programs are doing so already`);
      return;
    }
    let sink: FdSink;
    try {
      sink = new FdSink(target, this, () => {
        if (!sink.closed) return;
        clearTimeout(timer);
        this.#writes--;
      });
    } catch (error) {
      this.#log.warn(`what a command has moved cannot be pasted: ${(error as Error).message}`);
      return;
    }
    this.#writes++;
    const timer = setTimeout(() => sink.close(), WRITE_TIMEOUT).unref();
    sink.add(bytes);
    sink.hangUp();
  }

  replaced(): void {}
}

/**
 * Reads what a program writes when it is asked for a copy. Rejects with a CopyError or SystemError (EMFILE).
 *
 * @param deadline until when it has to be there, in milliseconds of performance.now()
 */
async function readCopy(ask: (target: Fd) => void, maxSize: number, deadline: number): Promise<Buffer> {
  const [read, write] = pipe();
  let onReadable = (): void => {};
  let watch: Watch;
  try {
    watch = Watch.owned(read, () => onReadable());
  } catch (error) {
    write.close();
    throw error;
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (error: CopyError | null): void => {
      clearTimeout(timer);
      watch.close();
      read.close();
      if (error === null) resolve(Buffer.concat(chunks));
      else reject(error);
    };
    const timer = setTimeout(
      () => end(new CopyError(`its program has not handed it out within ${READ_TIMEOUT / 1000} s`)),
      Math.max(0, deadline - performance.now()),
    );
    onReadable = () => {
      const chunk = Buffer.allocUnsafe(STEP);
      const count = readFd(read.raw, chunk, 0, STEP);
      if (count === EAGAIN) return;
      if (count <= 0) return end(null);
      size += count;
      if (size > maxSize) return end(new CopyError(`it is larger than may pass: see max-size in the policy`));
      chunks.push(chunk.subarray(0, count));
    };
    watch.set(READABLE);
    ask(write);
  });
}
