// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import type { Readable } from "node:stream";
import { connectUnix, socketPair } from "../../../src/native/socket.ts";
import { type ConnectionOptions, X11Connection } from "../../../src/x11/client/connection.ts";
import { need } from "./packages.ts";

/** A real X server. To be disposed of, with which its connections are closed. */
export class XServer {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** Its number. */
  readonly #display: string;
  readonly #connections: X11Connection[] = [];
  /** The connection of the window manager: on Xwayland one that was there before the server, else like any other. */
  readonly manager: X11Connection;

  private constructor(child: ChildProcess, ended: Promise<unknown>, display: string, manager: X11Connection) {
    this.#child = child;
    this.#ended = ended;
    this.#display = display;
    this.manager = manager;
    this.#connections.push(manager);
  }

  /** An X server of its own, whose windows nobody sees. */
  static xvfb(options: ConnectionOptions = {}): Promise<XServer> {
    return XServer.#start("Xvfb", ["-screen", "0", "640x480x24", "-nolisten", "tcp"], undefined, options);
  }

  /** A rootless Xwayland, on the compositor whose socket has that path. */
  static xwayland(compositor: string, options: ConnectionOptions = {}): Promise<XServer> {
    return XServer.#start("Xwayland", ["-rootless", "-shm", "-wm", "4"], compositor, options);
  }

  static async #start(
    command: string,
    args: readonly string[],
    compositor: string | undefined,
    options: ConnectionOptions,
  ): Promise<XServer> {
    need("setpriv", command);
    const [ours, theirs] = socketPair();
    // The kernel ends the server when the test run dies first.
    const child = spawn("setpriv", ["--pdeathsig", "TERM", command, "-displayfd", "3", ...args], {
      env: { ...process.env, ...(compositor !== undefined && { WAYLAND_DISPLAY: compositor }) },
      stdio: ["ignore", "ignore", "ignore", "pipe", theirs.raw],
    });
    theirs.close();
    const ended = once(child, "exit");
    try {
      const display = await firstLine(child.stdio[3] as Readable);
      const manager = compositor === undefined ? connectUnix(socketOf(display)) : ours.duplicate();
      return new XServer(child, ended, display, await X11Connection.open(manager, options));
    } catch (error) {
      child.kill();
      throw error;
    } finally {
      ours.close();
    }
  }

  /** Connects as any client does. */
  async connect(options: ConnectionOptions = {}): Promise<X11Connection> {
    const x = await X11Connection.open(connectUnix(socketOf(this.#display)), options);
    this.#connections.push(x);
    return x;
  }

  /** Ends the server as a crash would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
    for (const path of [socketOf(this.#display), `/tmp/.X${this.#display}-lock`]) rmSync(path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const x of this.#connections) x.close();
    this.#child.kill();
    await this.#ended;
  }
}

function socketOf(display: string): string {
  return `/tmp/.X11-unix/X${display}`;
}

async function firstLine(stream: Readable): Promise<string> {
  let text = "";
  for await (const bytes of stream) {
    text += bytes;
    if (text.includes("\n")) return text.trim();
  }
  throw new Error("the X server ended at once");
}
