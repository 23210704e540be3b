// SPDX-License-Identifier: Apache-2.0
// What is measured: the compositor itself, this proxy, and others beside it. All live in a private runtime directory,
// so that nothing of the user's session is touched.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import { driverPath } from "./driver.ts";

const hostDisplay = "host";
const { PATH } = process.env;
const proxyMain = fileURLToPath(new URL("../bin/wayland-proxy.cjs", import.meta.url));

const framesPolicy = fileURLToPath(new URL("../../bench/framed.toml", import.meta.url));

/** Something between a client and the compositor; without a command: nothing, the compositor directly. */
export interface Subject {
  readonly name: string;
  /** The command line that listens on the socket and relays to $WAYLAND_DISPLAY. */
  readonly command?: (socketPath: string) => readonly string[];
  /** The same where it draws frames around windows, for those that can. */
  readonly framed?: (socketPath: string) => readonly string[];
  /** Whether the bench goes on without it when it fails: what others fail at is a finding, not a fault of ours. */
  readonly optional: boolean;
}

/** The compositor without anything between. */
export const direct: Subject = { name: "direct", optional: false };

/** The yardstick: a relay in C that looks at nothing, what any proxy costs at least on this machine. */
export const floor: Subject = {
  name: "floor",
  optional: false,
  command: (socket) => [driverPath, "relay", socket],
};

/** This proxy, run by that Node. */
export function proxied(node: string, name = "proxied"): Subject {
  const command = [node, proxyMain, "--wayland-display"];
  return {
    name,
    optional: false,
    command: (socket) => [...command, socket],
    framed: (socket) => [...command, socket, "--policy", framesPolicy, "--name", "framed"],
  };
}

// waypipe's two halves, which usually sit on two machines, joined by a socket; uncompressed, as suits one machine. The
// second half gives up when the first does not listen yet.
const waypipeCommand =
  "waypipe --no-gpu -c none -s {socket}.link client & " +
  "until [ -S {socket}.link ]; do sleep 0.005; done; " +
  "exec waypipe --no-gpu -c none -s {socket}.link --display {socket} server -- sleep infinity";

/** The subjects that `--with` knows by name. */
const knownCommands: Readonly<Record<string, string>> = {
  waypipe: waypipeCommand,
};

/** Reads `--with`: "waypipe", or "NAME=COMMAND with {socket}". Throws when it is none of these. */
export function other(text: string): Subject {
  const known = knownCommands[text];
  const [, name = text, command = ""] = known === undefined ? (/^(\w+)=(.+)$/s.exec(text) ?? []) : ["", text, known];
  if (!command.includes("{socket}")) {
    const names = Object.keys(knownCommands).join(", ");
    throw new Error(`--with '${text}': give ${names}, or NAME=COMMAND where {socket} is the path to listen on`);
  }
  return { name, optional: true, command: (socket) => ["sh", "-c", command.replaceAll("{socket}", socket)] };
}

/** A private runtime directory. */
export class Workspace {
  readonly directory: string = mkdtempSync(join(tmpdir(), "wayland-proxy-bench-"));
  readonly environment: NodeJS.ProcessEnv = {
    PATH,
    LANG: "C.UTF-8",
    HOME: this.directory,
    XDG_RUNTIME_DIR: this.directory,
    WAYLAND_DISPLAY: hostDisplay,
  };

  #sockets = 0;

  /** The compositor's socket. */
  get hostSocket(): string {
    return join(this.directory, hostDisplay);
  }

  /** A new path: not every program removes its socket when it ends, or takes the place of one that was left. */
  newSocket(): string {
    return join(this.directory, `socket-${++this.#sockets}`);
  }

  /** Starts a program on those CPUs (a list as taskset takes it). */
  start(name: string, cpus: string, command: readonly string[]): Child {
    return new Child(name, ["taskset", "-c", cpus, ...command], this.environment, join(this.directory, `${name}.log`));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A running subject. */
export interface Running {
  readonly subject: Subject;
  readonly socketPath: string;
  /** The proxy; undefined for the direct connection. */
  readonly child: Child | undefined;
}

/** The host that subjects connect to: a program that listens on a socket. */
export interface Host {
  readonly name: string;
  readonly command: (socketPath: string) => readonly string[];
}

/** A compositor that composes in memory (pixman), and whose kiosk shell needs no helper program. */
export const weston: Host = {
  name: "weston",
  command: () => [
    "weston",
    "--backend=headless-backend.so",
    "--use-pixman",
    "--shell=kiosk-shell.so",
    "--no-config",
    "--idle-time=0",
    "--width=1920",
    "--height=1080",
    `--socket=${hostDisplay}`,
  ],
};

/** A compositor that has nothing but a mouse which moves so many times a second. */
export function mouse(hertz: number): Host {
  return { name: "mouse", command: (socket) => [driverPath, "host", socket, String(hertz)] };
}

/** A host and the subjects before it. */
export class Stage {
  readonly #workspace: Workspace;
  readonly #cpus: string;
  readonly #host: Child;

  private constructor(workspace: Workspace, cpus: string, host: Child) {
    this.#workspace = workspace;
    this.#cpus = cpus;
    this.#host = host;
  }

  /** Starts the host. */
  static async open(workspace: Workspace, cpus: string, { name, command }: Host = weston): Promise<Stage> {
    const host = workspace.start(name, cpus, command(workspace.hostSocket));
    await host.listening(workspace.hostSocket);
    return new Stage(workspace, cpus, host);
  }

  /** Starts a subject and waits until it listens. */
  async start(subject: Subject): Promise<Running> {
    if (subject.command === undefined) {
      return { subject, socketPath: this.#workspace.hostSocket, child: undefined };
    }
    const socketPath = this.#workspace.newSocket();
    const child = this.#workspace.start(subject.name, this.#cpus, subject.command(socketPath));
    await child.listening(socketPath);
    return { subject, socketPath, child };
  }

  /** An error of the driver, with what became of the programs between: the death of one is the better explanation. */
  explain(error: unknown, running: Running): Error {
    const reason = error instanceof Error ? error.message : String(error);
    const deaths = [this.#host.failure, running.child?.failure].filter((death) => death !== undefined);
    return new Error([`${running.subject.name}: ${reason}`, ...deaths].join("\n"));
  }

  async close(): Promise<void> {
    await this.#host.end();
  }
}
