// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Fd } from "../../native/fd.ts";
import { listenUnix } from "../../native/socket.ts";
import { READABLE, Watch } from "../../native/watch.ts";
import type { GuestUser, Service } from "../channel/messages.ts";
import { Words } from "../words.ts";

/** Starts a program when a client connects to one of its sockets, and again when it has ended. */
export class ServiceSockets {
  readonly #service: Service;
  readonly #user: GuestUser;
  readonly #launcher: string;
  /** The folder with our programs. */
  readonly #programs: string;
  readonly #sockets: readonly Fd[];
  #watches: Watch[] = [];
  #child: ChildProcess | null = null;

  /** @param runtimeDir of the user */
  constructor(service: Service, user: GuestUser, runtimeDir: string, launcher: string, programs: string) {
    this.#service = service;
    this.#user = user;
    this.#launcher = launcher;
    this.#programs = programs;
    this.#sockets = service.sockets.map(({ path }) => listenFor(user, resolve(runtimeDir, path)));
    this.#wait();
  }

  #wait(): void {
    this.#watches = this.#sockets.map((socket) => {
      const watch = new Watch(socket.raw, () => this.#start());
      watch.set(READABLE);
      return watch;
    });
  }

  #start(): void {
    for (const watch of this.#watches) watch.close();
    if (this.#child !== null) return;
    const { program, args, environment, sockets } = this.#service;
    const command = [process.execPath, join(this.#programs, `${program}.cjs`), ...args];
    const { uid, gid, groups, home } = this.#user;
    const words = new Words().session().user(uid, gid, groups).tryChdir(home).listenPid().exec(command);
    const names = sockets.map(({ name }) => name);
    this.#child = spawn(this.#launcher, words.list, {
      env: { ...environment, LISTEN_FDS: `${names.length}`, LISTEN_FDNAMES: names.join(":") },
      stdio: ["ignore", "inherit", "inherit", ...this.#sockets.map((socket) => socket.raw)],
    });
    this.#child.on("error", () => {});
    this.#child.on("exit", () => {
      this.#child = null;
      this.#wait();
    });
  }
}

function listenFor({ uid, gid }: GuestUser, path: string): Fd {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  // As X11 wants its folder, where any user may put a display.
  if (folder.startsWith("/tmp/")) chmodSync(folder, 0o1777);
  // A disk that stays may have that of the VM before.
  rmSync(path, { force: true });
  const fd = listenUnix(path);
  chownSync(path, uid, gid);
  return fd;
}
