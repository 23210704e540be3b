// SPDX-License-Identifier: Apache-2.0
import { native } from "./binding.ts";
import { Fd } from "./fd.ts";

/**
 * The pages of Node and its libraries in the memory of this process. Most of them are only needed to start. The kernel has them
 * in its cache, from which they come back when they are touched, 16 at a time.
 */
export class ProgramPages implements Disposable {
  readonly #pagemap: Fd;

  private constructor(pagemap: Fd) {
    this.#pagemap = pagemap;
  }

  /** Null where the kernel does not tell which pages are as they are in their files: without /proc, or without dumps. */
  static open(): ProgramPages | null {
    try {
      return new ProgramPages(Fd.openFile("/proc/self/pagemap", "r"));
    } catch {
      return null;
    }
  }

  /** Gives them up, for the kernel to use where it is short of memory. */
  giveUp(): void {
    native.programPagesGiveUp(this.#pagemap.raw);
  }

  [Symbol.dispose](): void {
    this.#pagemap.close();
  }
}
