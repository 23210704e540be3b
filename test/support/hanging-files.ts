// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Fd } from "../../src/native/fd.ts";
import { ReceivedFd } from "../../src/native/received-fd.ts";

const DAEMON = fileURLToPath(new URL("fuse-daemon.js", import.meta.url));

/** A mounted file system in user space (FUSE) with one file, which can be made to hang as one whose server is gone. */
export class HangingFiles {
  /** Why tests that need one are to be skipped. Only root can mount what the whole system sees. */
  static readonly unavailable: string | false = process.getuid?.() === 0 ? false : "mounting needs root";
  readonly #directory: string;
  readonly #daemon: ChildProcess;
  readonly #lines: string[] = [];
  #heard: () => void = () => {};

  /** Mounts one whose file has `size` bytes. */
  static async mount(size: number): Promise<HangingFiles> {
    const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-fuse-"));
    const device = openSync("/dev/fuse", "r+");
    const options = `fd=3,rootmode=40000,user_id=${process.getuid?.()},group_id=${process.getgid?.()}`;
    const mounted = spawnSync("mount", ["-i", "-n", "-t", "fuse", "-o", options, "wayland-proxy-test", directory], {
      stdio: ["ignore", "pipe", "pipe", device],
      encoding: "utf8",
    });
    assert.equal(mounted.status, 0, `a FUSE file system must be to be had here: ${mounted.stderr}`);
    const daemon = spawn(process.execPath, [DAEMON, String(size)], { stdio: ["pipe", "pipe", "inherit", device] });
    closeSync(device);
    return new HangingFiles(directory, daemon);
  }

  private constructor(directory: string, daemon: ChildProcess) {
    this.#directory = directory;
    this.#daemon = daemon;
    createInterface({ input: daemon.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.#lines.push(line);
      this.#heard();
    });
  }

  get path(): string {
    return join(this.#directory, "file");
  }

  /** Opens the file. Closing it keeps nobody waiting either. */
  open(flags: string): Fd {
    return new ReceivedFd(openSync(this.path, flags), this);
  }

  /** Answers nothing from now on, or no request of one kind. */
  async hang(only?: string): Promise<void> {
    await this.#say(only === undefined ? "hang" : `hang ${only}`);
  }

  /** Answers what it was asked, and what comes. */
  async answer(): Promise<void> {
    await this.#say("answer");
  }

  /** Resolves once it was asked for something, while it hangs. */
  async asked(request: string): Promise<void> {
    while (!this.#lines.includes(request)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** Ends it, whereupon what waits for it fails. */
  async close(): Promise<void> {
    this.#daemon.kill("SIGKILL");
    if (this.#daemon.exitCode === null && this.#daemon.signalCode === null) await once(this.#daemon, "exit");
    spawnSync("umount", ["-l", this.#directory]);
    rmdirSync(this.#directory);
  }

  async #say(word: string): Promise<void> {
    this.#lines.length = 0;
    this.#daemon.stdin?.write(`${word}\n`);
    await this.asked(word);
  }
}
