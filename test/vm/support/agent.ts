// SPDX-License-Identifier: Apache-2.0
/** The tests' agent in the guest: it starts programs and reports how they end, over a virtio-serial port. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, createReadStream, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { release } from "node:os";
import { createInterface } from "node:readline";

/** A request of the host's: one JSON text a line. Paths are the guest's. */
export type AgentRequest =
  | {
      readonly kind: "start";
      readonly id: number;
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
      readonly input: string;
      readonly output: string;
      readonly errors: string;
    }
  | { readonly kind: "signal"; readonly id: number; readonly signal: NodeJS.Signals };

/** A report of the agent's: one JSON text a line. `ready` comes first after each boot. */
export type AgentEvent =
  | { readonly kind: "ready"; readonly release: string }
  | { readonly kind: "started"; readonly id: number; readonly pid: number }
  | {
      readonly kind: "ended";
      readonly id: number;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
    };

const ports = "/sys/class/virtio-ports";

/** The device file of the port named "agent"; udev, which would name it, does not run here. */
function findPort(): string {
  const port = readdirSync(ports).find((name) => readFileSync(`${ports}/${name}/name`, "utf8") === "agent\n");
  if (port === undefined) throw new Error("the machine has no virtio-serial port named agent");
  return `/dev/${port}`;
}

// Opened once for both directions: a second open would find the port busy.
const port = openSync(findPort(), "r+");
const programs = new Map<number, ChildProcess>();

function say(event: AgentEvent): void {
  writeSync(port, `${JSON.stringify(event)}\n`);
}

function start(request: AgentRequest & { kind: "start" }): void {
  const { id, command, args, env, cwd } = request;
  const files = [openSync(request.input, "r"), openSync(request.output, "a"), openSync(request.errors, "a")];
  const program = spawn(command, args, { cwd, env, stdio: files, detached: true });
  for (const file of files) closeSync(file);
  programs.set(id, program);
  const end = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (programs.delete(id)) say({ kind: "ended", id, code, signal });
  };
  program.on("error", () => end(127, null));
  program.on("exit", end);
  if (program.pid !== undefined) say({ kind: "started", id, pid: program.pid });
}

createInterface({ input: createReadStream("", { fd: port }) }).on("line", (line) => {
  const request = JSON.parse(line) as AgentRequest;
  if (request.kind === "start") start(request);
  else programs.get(request.id)?.kill(request.signal);
});
say({ kind: "ready", release: release() });
