// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../native/fd.ts";
import { type FileInfo, fileInfo } from "../../native/memory.ts";
import type { Share } from "./budget.ts";

/** Memory of the host's that a guest has made: it counts for as long as anybody has it, also a compositor. */
export class HostMemory {
  readonly #bytes: number;
  readonly #share: Share;
  readonly #gone: () => void;
  #holders = 1;

  /**
   * @param bytes what it takes, which is in `share` already
   * @param gone called when nobody has it any more
   */
  constructor(bytes: number, share: Share, gone: () => void) {
    this.#bytes = bytes;
    this.#share = share;
    this.#gone = gone;
  }

  /** Counts one more holder, which calls `release` in the end. */
  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#share.giveBack(this.#bytes);
    this.#gone();
  }
}

/** All such memory of a guest, by its file. */
export class HostMemories {
  readonly #byFile = new Map<string, HostMemory>();

  /** Counts the memory of a file. @returns it, held once */
  add(fd: Fd, bytes: number, share: Share): HostMemory {
    const key = keyOf(fileInfo(fd.raw));
    const memory = new HostMemory(bytes, share, () => {
      if (this.#byFile.get(key) === memory) this.#byFile.delete(key);
    });
    this.#byFile.set(key, memory);
    return memory;
  }

  /** The memory that is in a file; undefined when that is no guest's. */
  find(file: FileInfo): HostMemory | undefined {
    return this.#byFile.get(keyOf(file));
  }
}

function keyOf({ dev, ino }: FileInfo): string {
  return `${dev}:${ino}`;
}
