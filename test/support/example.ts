// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import type { ProtocolTable } from "../../src/protocol/table.ts";
import { FakeClient } from "./fake-client.ts";
import { FakeCompositor, type HostConnection } from "./fake-compositor.ts";
import { patiently } from "./inbox.ts";
import type { Scope } from "./proxied.ts";

/** The path of an example, as it was compiled. */
export function exampleFile(name: string): string {
  return fileURLToPath(new URL(`../../examples/${name}.js`, import.meta.url));
}

/** A program between a client and a compositor, which all end with the test. */
export class ExampleStage {
  readonly compositor: FakeCompositor;
  readonly directory: string = mkdtempSync(join(tmpdir(), "wayland-proxy-example-"));
  readonly protocol: ProtocolRegistry;
  program!: ChildProcess;
  /** The output that the program has printed. */
  output = "";
  readonly #scope: Scope;

  constructor(scope: Scope, globals: readonly string[], ...protocols: readonly ProtocolTable[]) {
    this.#scope = scope;
    this.protocol = new ProtocolRegistry(...protocols);
    this.compositor = new FakeCompositor(join(this.directory, "host"), this.protocol, globals);
    scope.after(async () => {
      this.compositor.close();
      rmSync(this.directory, { recursive: true });
    });
  }

  /** Starts the program, and waits until it says that it listens. */
  async start(...args: readonly string[]): Promise<void> {
    const env = { ...process.env, XDG_RUNTIME_DIR: this.directory, WAYLAND_DISPLAY: "host" };
    const program = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.program = program;
    const ended = once(program, "exit");
    this.#scope.after(async () => {
      program.kill();
      await ended;
    });
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (data) => (this.output += data));
    await this.says(/listening on/);
  }

  /** Starts a proxy with a command line, which looks at first whether there is a compositor. */
  async startProxy(...args: readonly string[]): Promise<void> {
    await this.start(...args);
    await this.compositor.nextConnection();
  }

  /** Waits until the program has printed something that fits. */
  async says(pattern: RegExp): Promise<void> {
    const { stdout, stderr } = this.program;
    while (!pattern.test(this.output)) {
      const more = Promise.race([stdout, stderr].map((stream) => stream && once(stream, "data")));
      await patiently(more, (why) => new Error(`it did not say ${pattern} (${why}): ${this.output}`));
    }
  }

  /** A client of the program's, and what the compositor sees of it. */
  async connect(name: string): Promise<{ readonly client: FakeClient; readonly host: HostConnection }> {
    const client = new FakeClient(join(this.directory, name), this.protocol);
    this.#scope.after(async () => client.close());
    return { client, host: await this.compositor.nextConnection() };
  }
}
