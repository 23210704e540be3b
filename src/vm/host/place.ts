// SPDX-License-Identifier: Apache-2.0
import { constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fd } from "../../native/fd.ts";
import { lockExclusive } from "../../native/socket.ts";
import type { Leftovers } from "../words.ts";
import { watchLeftovers } from "./leftovers.ts";

/** A place for the files of a VM, in a folder of its own that only this user can enter. */
export class TemporaryPlace implements Leftovers {
  readonly folder: string;
  readonly lock: string;
  readonly socket: string;
  readonly #lock: Fd;
  readonly #endWatch: () => void;

  /** @param launcher the path of what removes it if we are killed */
  constructor(launcher: string) {
    this.folder = mkdtempSync(join(tmpdir(), "wayland-proxy-vm-"));
    this.lock = join(this.folder, "lock");
    this.#lock = Fd.openFile(this.lock, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);
    lockExclusive(this.#lock.raw);
    // Nobody listens, but this is where that would be.
    this.socket = join(this.folder, "socket");
    this.#endWatch = watchLeftovers(launcher, this);
  }

  /** Removes it. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
    this.#lock.close();
    this.#endWatch();
  }
}
