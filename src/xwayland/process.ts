// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import type { XDisplay } from "../listen/x-display.ts";
import type { Fd } from "../native/fd.ts";
import { socketPair } from "../native/socket.ts";

/** Seconds for which Xwayland stays when its last client has left. */
const IDLE_SECONDS = 10;

/** Where the child finds what it is given: the places in `stdio` below are its descriptors. */
const WAYLAND = 3;
const WM = 4;
const FIRST_LISTENER = 5;

/** A running Xwayland. */
export interface XwaylandProcess {
  /** Our end of its connection as a Wayland client. */
  readonly wayland: Fd;
  /** Our end of the X11 connection of its window manager. */
  readonly wm: Fd;
  readonly child: ChildProcess;
  /** Resolves when it has ended, to the reason, or the error with which it could not be started. */
  readonly ended: Promise<string>;
}

/**
 * Starts Xwayland for an X display. It lets clients in once a window manager has taken the selection WM_S0 (Xwayland
 * does so when it is given both -wm and -listenfd).
 *
 * @param said is told each line that it prints
 */
export function startXwayland(binary: string, display: XDisplay, said: (line: string) => void): XwaylandProcess {
  const [wayland, itsWayland] = socketPair();
  const [wm, itsWm] = socketPair();
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...environment } = process.env;
  const listeners = display.fds.flatMap((_fd, i) => ["-listenfd", String(FIRST_LISTENER + i)]);
  const child = spawn(
    binary,
    [display.name, "-rootless", "-terminate", String(IDLE_SECONDS), "-wm", String(WM), ...listeners],
    {
      env: { ...environment, WAYLAND_SOCKET: String(WAYLAND) },
      stdio: ["ignore", "pipe", "pipe", itsWayland.raw, itsWm.raw, ...display.fds.map(({ raw }) => raw)],
    },
  );
  itsWayland.close();
  itsWm.close();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n")) if (line !== "") said(line);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => resolve(`cannot be started: ${error.message}`));
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  return { wayland, wm, child, ended };
}
