// SPDX-License-Identifier: Apache-2.0
/** A program that works for QEMU, beside it: QEMU connects to it by a socket. */
import { type ChildProcess, spawn } from "node:child_process";
import { listenUnix } from "../../native/socket.ts";
import type { Words } from "../words.ts";
import { Tail } from "./tail.ts";

/** How a helper is started. */
export interface HelperCommand {
  /** For whoever reads that it has failed. */
  readonly name: string;
  /** The path of its socket, which is made for it. */
  readonly socket: string;
  /** The steps for the launcher that end in the program. The listening socket is descriptor 3. */
  readonly words: Words;
}

/** A helper that runs from before QEMU starts until QEMU ends. */
export class Helper {
  readonly #child: ChildProcess;
  #isClosed = false;

  /**
   * Starts it. Throws a SystemError when there can be no such socket.
   *
   * @param failed called with the reason when it ends with an error; a VM has no use without it
   */
  constructor(launcher: string, { name, socket, words }: HelperCommand, failed: (reason: string) => void) {
    const listening = listenUnix(socket);
    const child = spawn(launcher, words.list, {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      stdio: ["ignore", "ignore", "pipe", listening.raw],
      detached: true,
    });
    listening.close();
    this.#child = child;
    const errors = new Tail();
    child.stderr?.on("data", (bytes: Buffer) => errors.add(bytes));
    child.on("error", (error) => failed(`${name} cannot be started: ${error.message}`));
    child.on("close", (code, signal) => {
      if (code === 0 || this.#isClosed) return;
      const how = signal === null ? `with status ${code}` : `by ${signal}`;
      failed([`${name} ended ${how}`, ...errors.lines(1)].join(": "));
    });
  }

  /** Ends it, at the latest: it ends by itself when QEMU closes their connection. */
  close(): void {
    this.#isClosed = true;
    this.#child.kill("SIGKILL");
  }
}
