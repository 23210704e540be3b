// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import type { XDisplay } from "../listen/x-display.ts";
import type { Fd } from "../native/fd.ts";
import { setSendBuffer, socketPair } from "../native/socket.ts";

/** Seconds for which Xwayland stays when its last client has left. */
const IDLE_SECONDS = 10;
/** Milliseconds that it has to end after SIGTERM. */
const END_TIMEOUT_MS = 2000;

/**
 * Bytes that Xwayland may have sent and we have not read. libwayland ends a program whose descriptors find no place there,
 * and by default that is so after 250 windows at a time.
 */
const SEND_BUFFER = 1024 * 1024;

/** Where the child finds what it is given: the places in `stdio` below are its descriptors. */
const WAYLAND = 3;
const WM = 4;
const FIRST_LISTENER = 5;

/** A running Xwayland. */
export interface Xwayland {
  /** Our end of its connection as a Wayland client. */
  readonly wayland: Fd;
  /** Our end of the X11 connection of its window manager. */
  readonly wm: Fd;
  /** Resolves when it has ended, to how, or to why it could not be started. */
  readonly ended: Promise<string>;
  /** Ends it, if need be by force. */
  stop(): Promise<void>;
}

/** Starts one for the sockets of a display; `said` is called with each line that it prints. */
export type StartXwayland = (display: XDisplay, said: (line: string) => void) => Xwayland;

/** An Xwayland in a process of its own. */
class XwaylandProcess implements Xwayland {
  readonly wayland: Fd;
  readonly wm: Fd;
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  constructor(wayland: Fd, wm: Fd, child: ChildProcess, said: (line: string) => void) {
    this.wayland = wayland;
    this.wm = wm;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        for (const line of text.split("\n")) if (line !== "") said(line);
      });
    }
    // When nobody waits for its end any more, it would go on if it hangs.
    const kill = (): void => void child.kill("SIGKILL");
    process.once("exit", kill);
    this.ended = new Promise<string>((resolve) => {
      child.once("error", (error: NodeJS.ErrnoException) => resolve(`cannot be started (${error.code})`));
      child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
    });
    void this.ended.then(() => {
      process.off("exit", kill);
    });
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), END_TIMEOUT_MS);
    await this.ended;
    clearTimeout(killer);
  }
}

/**
 * Starts Xwayland for an X display. It lets clients in once a window manager has taken the selection WM_S0 (Xwayland does
 * so when it is given both -wm and -listenfd). What is returned throws a SystemError when there are no more descriptors.
 */
export function xwaylandProgram(binary: string, environment: Readonly<NodeJS.ProcessEnv>): StartXwayland {
  return (display, said) => {
    const ends: Fd[] = [];
    try {
      ends.push(...socketPair(), ...socketPair());
      const [wayland, itsWayland, wm, itsWm] = ends as [Fd, Fd, Fd, Fd];
      setSendBuffer(itsWayland, SEND_BUFFER);
      const child = spawnXwayland(binary, environment, display, itsWayland, itsWm);
      itsWayland.close();
      itsWm.close();
      return new XwaylandProcess(wayland, wm, child, said);
    } catch (error) {
      for (const fd of ends) fd.close();
      throw error;
    }
  };
}

function spawnXwayland(
  binary: string,
  { DISPLAY: _, WAYLAND_DISPLAY: __, ...environment }: Readonly<NodeJS.ProcessEnv>,
  display: XDisplay,
  wayland: Fd,
  wm: Fd,
): ChildProcess {
  const listeners = display.fds.flatMap((_fd, i) => ["-listenfd", String(FIRST_LISTENER + i)]);
  return spawn(
    binary,
    [display.name, "-rootless", "-terminate", String(IDLE_SECONDS), "-wm", String(WM), ...listeners],
    {
      env: { ...environment, WAYLAND_SOCKET: String(WAYLAND) },
      stdio: ["ignore", "pipe", "pipe", wayland.raw, wm.raw, ...display.fds.map(({ raw }) => raw)],
    },
  );
}
