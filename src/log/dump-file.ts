// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, write, writeSync } from "node:fs";
import { promisify } from "node:util";
import { foresee, renameOutside } from "../native/outside.ts";
import { foreseePrivateFile, openPrivateFile } from "./private-file.ts";

/** Bytes of the file at which the next dump begins a new one. */
const MAX_FILE_BYTES: number = 16 * 1024 * 1024;

const writeLater = promisify(write);

/**
 * A file of dumps. A file that has become large gets another name, which the one before it loses, and the next dump
 * begins a new file. So there are never more than two.
 */
export class DumpFile {
  readonly #path: string;

  /** Makes the file, since it would be too late for that when something has failed. Throws a UserError. */
  constructor(path: string) {
    this.#path = path;
    closeSync(openPrivateFile(path, "append"));
    foreseePrivateFile(path);
    foresee({ kind: "rename", path, to: olderName(path) });
  }

  /** Appends a dump, piece by piece, without waiting for the disk. Rejects with a UserError, or what the disk says. */
  async append(pieces: AsyncIterable<string>): Promise<void> {
    const fd = this.#open();
    try {
      for await (const piece of pieces) {
        const bytes = Buffer.from(piece);
        for (let at = 0; at < bytes.length; )
          at += (await writeLater(fd, bytes, at, bytes.length - at, null)).bytesWritten;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** Appends a dump now: the last thing that a program does. Throws as `append` does. */
  appendNow(text: string): void {
    const fd = this.#open();
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } finally {
      closeSync(fd);
    }
  }

  #open(): number {
    const fd = openPrivateFile(this.#path, "append");
    const file = fstatSync(fd);
    if (!file.isFile() || file.size < MAX_FILE_BYTES) return fd;
    closeSync(fd);
    renameOutside(this.#path, olderName(this.#path));
    return openPrivateFile(this.#path, "append");
  }
}

function olderName(path: string): string {
  return `${path}.1`;
}
