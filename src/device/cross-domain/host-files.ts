// SPDX-License-Identifier: Apache-2.0
import { mayBlock } from "../../native/blocking.ts";
import { BlockingFile } from "../../native/blocking-file.ts";
import type { Fd } from "../../native/fd.ts";
import { F_SEAL_GROW, F_SEAL_SHRINK, fileInfo, Mapping, memfd, seal } from "../../native/memory.ts";
import { ReceivedFd } from "../../native/received-fd.ts";
import { wholePages } from "../gpu/host-blob.ts";
import { MAX_COPY_SIZE } from "../limits.ts";

/** The file that the guest gets in place of another. */
export interface HostFile {
  /** The file; null for none. */
  readonly fd: Fd | null;
  /** The size in bytes. */
  readonly size: number;
}

interface Copy {
  readonly file: BlockingFile;
  /** Null until it is complete. */
  result: HostFile | null;
}

/**
 * Files that go to the guest as memory. Those on a disk, a server or a file system in user space are copied first, since
 * whoever reads them may have to wait.
 */
export class HostFiles {
  readonly #copies = new Map<number, Copy>();
  readonly #ready: () => void;
  readonly #warn: (text: string) => void;

  /** @param ready called when another file is ready */
  constructor(ready: () => void, warn: (text: string) => void) {
    this.#ready = ready;
    this.#warn = warn;
  }

  /** Whether `take` can be called for a descriptor; if not, it is made ready. */
  isReady(raw: number): boolean {
    const copy = this.#copies.get(raw);
    if (copy !== undefined) return copy.result !== null;
    if (fileInfo(raw).kind !== "file" || !mayBlock(raw)) return true;
    void this.#copy(raw);
    return false;
  }

  /** The file of a descriptor, which stays its owner's; the caller owns the result. */
  take(raw: number): HostFile {
    const result = this.#copies.get(raw)?.result ?? { fd: ReceivedFd.duplicateOf(raw, this), size: fileInfo(raw).size };
    this.#copies.delete(raw);
    return result;
  }

  /** Gives up all that is underway. */
  close(): void {
    const copies = [...this.#copies.values()];
    this.#copies.clear();
    for (const { file, result } of copies) {
      file.close();
      result?.fd?.close();
    }
  }

  async #copy(raw: number): Promise<void> {
    const copy: Copy = { file: new BlockingFile(ReceivedFd.duplicateOf(raw, this), this), result: null };
    this.#copies.set(raw, copy);
    let result: HostFile = { fd: null, size: 0 };
    try {
      result = await memoryOf(copy.file);
    } catch (error) {
      if (this.#copies.get(raw) === copy)
        this.#warn(`a file cannot be passed to the guest: ${(error as Error).message}`);
    }
    copy.file.close();
    // What was to be sent may have been given up, and the number may stand for something else.
    if (this.#copies.get(raw) !== copy) return result.fd?.close();
    copy.result = result;
    this.#ready();
  }
}

async function memoryOf(file: BlockingFile): Promise<HostFile> {
  const { size } = await file.stat();
  if (size > MAX_COPY_SIZE) throw new RangeError(`${size} bytes are too many to copy`);
  if (size === 0) return { fd: null, size };
  const length = wholePages(size);
  const fd = memfd("wayland-proxy-blob", length);
  try {
    seal(fd.raw, F_SEAL_SHRINK | F_SEAL_GROW);
    using mapping = Mapping.map(fd.raw, length, { writable: true });
    await file.read(mapping.bytes.subarray(0, size), 0);
    return { fd, size };
  } catch (error) {
    fd.close();
    throw error;
  }
}
