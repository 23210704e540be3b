// SPDX-License-Identifier: Apache-2.0
/** The real program, run in a runtime directory of its own. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../support/eventually.ts";
import { patiently } from "../../support/inbox.ts";
import { scaled } from "../../support/patience.ts";

/** The program's file, for `node`. */
export const program: string = fileURLToPath(new URL("../../../bin/wayland-proxy.cjs", import.meta.url));

/** The same in modules, which a test can change one by one. */
export const programInModules: string = fileURLToPath(new URL("../../../src/cli/proxy/main.js", import.meta.url));

export const hostProgram: string = fileURLToPath(new URL("../../../bin/wayland-proxy-host.cjs", import.meta.url));

/** How long a program runs at most that is to end by itself, before that is scaled to the machine. */
const RUN_TIMEOUT_MS = 60_000;

/** A process whose output is kept. */
export class Run {
  readonly child: ChildProcessWithoutNullStreams;
  /** The exit code, or the name of the signal, once all output has come, whenever that is. */
  readonly whenEnded: Promise<number | string>;
  stdout = "";
  stderr = "";
  /** Who waits for more output. */
  readonly #waiting: (() => void)[] = [];

  constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv, fds: readonly number[]) {
    const stdio = ["pipe", "pipe", "pipe", ...fds] as const;
    this.child = spawn(command, args, { env: environment, stdio: [...stdio] }) as ChildProcessWithoutNullStreams;
    this.child.stdout.on("data", (data) => {
      this.stdout += data;
      this.#wake();
    });
    this.child.stderr.on("data", (data) => {
      this.stderr += data;
      this.#wake();
    });
    this.whenEnded = once(this.child, "close").then(([code, signal]) => code ?? signal);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The same, which has to be soon. */
  get ended(): Promise<number | string> {
    const missing = (why: string): Error => new Error(`it is still running (${why}): ${this.stdout}${this.stderr}`);
    return patiently(this.whenEnded, missing, RUN_TIMEOUT_MS);
  }

  /** Waits until the output contains `text`; fails if it ends without it. */
  async says(text: string): Promise<void> {
    let isOver = false;
    const over = this.whenEnded.then(() => {
      isOver = true;
    });
    while (!this.stdout.includes(text) && !this.stderr.includes(text)) {
      if (isOver) assert.fail(`ended without saying "${text}": ${this.stdout}${this.stderr}`);
      const more = new Promise<void>((resolve) => this.#waiting.push(resolve));
      const missing = (why: string): Error =>
        new Error(`it did not say "${text}" (${why}): ${this.stdout}${this.stderr}`);
      await patiently(Promise.race([more, over]), missing);
    }
  }
}

/** A runtime directory that is removed after the test, together with what still runs in it. */
export class Place {
  readonly directory: string = mkdtempSync(join(tmpdir(), "command-line-"));
  /** The environment of every program here. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #runs: Run[] = [];
  readonly #servers: Server[] = [];

  constructor(context: TestContext) {
    const { PATH, HOME } = process.env;
    this.environment = { PATH, HOME, XDG_RUNTIME_DIR: this.directory };
    context.after(async () => {
      for (const { child } of this.#runs) child.kill("SIGKILL");
      for (const server of this.#servers) server.close();
      await Promise.all(this.#runs.map((run) => run.whenEnded));
      rmSync(this.directory, { recursive: true });
    });
  }

  /** Runs wayland-proxy. */
  proxy(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
    return this.run(process.execPath, [program, ...args], environment);
  }

  /** Runs wayland-proxy-host. */
  deviceHost(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
    return this.run(process.execPath, [hostProgram, ...args], environment);
  }

  /** Runs any program; it inherits `fds` as its descriptors from 3 on. */
  run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}, fds: readonly number[] = []): Run {
    const run = new Run(command, args, { ...this.environment, ...environment }, fds);
    this.#runs.push(run);
    return run;
  }

  /** A host that accepts connections, and says nothing. */
  async host(name = "wayland-0"): Promise<{ end(): Promise<void> }> {
    const connections = new Set<Socket>();
    const server = createServer((connection) => connections.add(connection.on("error", () => {})));
    this.#servers.push(server);
    server.listen(join(this.directory, name));
    await once(server, "listening");
    return {
      async end() {
        const closed = once(server, "close");
        server.close();
        for (const connection of connections) connection.destroy();
        await closed;
      },
    };
  }

  /** A client that connects as soon as somebody listens there, and says nothing until it is asked to. */
  async client(name: string): Promise<Client> {
    const path = join(this.directory, name);
    const connected = (): Promise<Socket | null> =>
      new Promise((resolve) => {
        const socket = createConnection(path, () => resolve(socket));
        socket.on("error", () => resolve(null));
      });
    return new Client(await eventually(`somebody at ${name}`, connected));
  }
}

/** A request to an object that does not exist: answered with an error and the end of the session. */
const nonsense = Buffer.from(new Uint32Array([77, (8 << 16) | 1]).buffer);

/** A connected client. */
export class Client {
  readonly socket: Socket;
  /** Resolves when the connection is over, in whatever way. */
  readonly over: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket.resume().on("error", () => {});
    this.over = new Promise((resolve) => {
      socket.once("close", () => resolve());
    });
  }

  /** Ends the session by a mistake; resolves when the proxy has seen and answered it. */
  fail(): Promise<void> {
    this.socket.write(nonsense);
    return this.over;
  }
}

/** The time for which a test waits for a text in a file, before it is scaled to the machine. */
const FILE_TIMEOUT_MS = 20_000;

/** Waits until a file of whole lines holds a text. */
export async function fileSays(path: string, text: string): Promise<string> {
  const end = performance.now() + scaled(FILE_TIMEOUT_MS);
  for (;;) {
    const content = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (content.includes(text) && content.endsWith("\n")) return content;
    if (performance.now() > end) throw new Error(`waited in vain for "${text}" in ${path}: ${content}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
