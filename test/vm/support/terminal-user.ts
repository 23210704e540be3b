// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFd, writeFd } from "../../../src/native/pipe.ts";
import { openTerminal, resizeTerminal } from "../../../src/native/terminal.ts";
import { launcherPath } from "../../../src/vm/launcher.ts";
import { Words } from "../../../src/vm/words.ts";
import { eventually } from "../../support/eventually.ts";
import type { DisposableVms } from "./disposable.ts";
import { tree } from "./machine.ts";

/** A terminal of this machine in which wayland-proxy-vm runs, with somebody who types and reads. */
export class TerminalUser {
  #text = "";
  readonly #fd: ReturnType<typeof openTerminal>["fd"];
  #code: number | null | undefined;

  constructor(vms: DisposableVms, ...args: string[]) {
    const { fd, path } = openTerminal();
    this.#fd = fd;
    this.resize(100, 30);
    const words = new Words()
      .session()
      .terminal(path)
      .exec(vms.words(...args));
    const environment = { ...vms.environment, TERM: "xterm" };
    const child = spawn(launcherPath(tree), words.list, { env: environment, stdio: "ignore" });
    child.once("exit", (code) => {
      this.#code = code;
    });
  }

  resize(columns: number, rows: number): void {
    resizeTerminal(this.#fd, columns, rows);
  }

  type(text: string): void {
    const bytes = Buffer.from(text);
    assert.equal(writeFd(this.#fd.raw, bytes, 0, bytes.length), bytes.length);
  }

  /** Waits until the terminal shows this. */
  async sees(pattern: RegExp, limit?: number): Promise<void> {
    const hasIt = (): boolean => {
      const hasEnded = this.#code !== undefined;
      this.#read();
      if (pattern.test(this.#text)) return true;
      assert.ok(!hasEnded, `it ended and did not show ${pattern}; ${this.#view}`);
      return false;
    };
    await eventually(() => `the terminal to show ${pattern}; ${this.#view}`, hasIt, limit);
  }

  /** Waits until wayland-proxy-vm ends, and gives its exit code. */
  async end(): Promise<number | null> {
    await eventually(
      () => `wayland-proxy-vm to end; ${this.#view}`,
      () => this.#code !== undefined,
    );
    return this.#code ?? null;
  }

  #read(): void {
    const bytes = Buffer.alloc(65536);
    const count = readFd(this.#fd.raw, bytes, 0, bytes.length);
    if (count > 0) this.#text += bytes.toString("utf8", 0, count);
  }

  get #view(): string {
    return `it shows ${JSON.stringify(this.#text.slice(-2000))}`;
  }

  close(): void {
    this.#fd.close();
  }
}
