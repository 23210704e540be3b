// SPDX-License-Identifier: Apache-2.0

/** Bytes that are kept of a console. */
const SIZE = 16 * 1024;

/** The last bytes of what a guest or QEMU says, which may say as much as it likes. */
export class Tail {
  #bytes = Buffer.alloc(0);

  add(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]).subarray(-SIZE);
  }

  get text(): string {
    return this.#bytes.toString();
  }

  /** The last lines that are not empty. */
  lines(count: number): string[] {
    return this.text
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== "")
      .slice(-count);
  }
}
