// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { fchownSync } from "node:fs";
import { Socket } from "node:net";
import { constants } from "node:os";
import { pipe } from "../../native/pipe.ts";
import { FrameKind, numberBody } from "../channel/frame.ts";
import type { GuestUser, ProgramStart, TerminalSize } from "../channel/messages.ts";
import { Words } from "../words.ts";
import { Output } from "./output.ts";
import { Terminal } from "./terminal.ts";

/**
 * Milliseconds that output is waited for when a program has ended and something that it has left holds its output open.
 */
const LEFTOVER_MS = 100;

/** Our ends of a program's standard streams. */
interface Pipes {
  readonly input: Socket;
  readonly output: Socket;
  readonly errors: Socket;
}

/** A program of the guest, as the host has asked for it. */
export class Program {
  readonly #send: (kind: FrameKind, body: Uint8Array) => void;
  readonly #child: ChildProcess;
  readonly #terminal: Terminal | null;
  /** null: it has a terminal. */
  readonly #pipes: Pipes | null;
  readonly #outputs: ReadonlyMap<number, Output>;
  #exitCode: number | null = null;
  /** The number of the program's streams that have not ended. */
  #open: number;
  #leftover: NodeJS.Timeout | null = null;
  readonly #ended: () => void;

  /** `send` sends a frame of this program; `ended` is called when the last is sent. */
  constructor(
    start: ProgramStart,
    user: GuestUser,
    launcher: string,
    send: (kind: FrameKind, body: Uint8Array) => void,
    ended: () => void,
  ) {
    this.#send = send;
    this.#ended = ended;
    const { terminal, folder, command } = start;
    const environment = { ...user.environment, ...start.environment };
    this.#terminal = terminal === null ? null : this.#openTerminal(terminal);
    const words = new Words().session();
    if (this.#terminal !== null) words.terminal(this.#terminal.path);
    words.user(user.uid, user.gid, user.groups);
    for (const place of ["/", user.home, folder]) if (place !== null) words.tryChdir(place);
    words.exec(command);
    if (this.#terminal === null) {
      const { child, pipes } = spawnWithPipes(launcher, words, environment, user);
      this.#child = child;
      this.#pipes = pipes;
      this.#open = 2;
      this.#outputs = this.#readPipes(pipes);
    } else {
      this.#child = spawn(launcher, words.list, { env: environment, stdio: "ignore" });
      this.#pipes = null;
      this.#open = 1;
      this.#outputs = this.#readTerminal(this.#terminal);
    }
    this.#child.on("error", () => this.#onExit(FAILED, null));
    this.#child.on("exit", (code, signal) => this.#onExit(code, signal));
  }

  /** Bytes for its standard input; none end it. */
  input(bytes: Buffer): void {
    if (this.#terminal !== null) {
      if (bytes.length > 0) this.#terminal.write(Buffer.from(bytes));
      return;
    }
    const input = this.#pipes?.input;
    if (bytes.length === 0) input?.end();
    else input?.write(bytes, () => this.#send(FrameKind.inputGrant, numberBody(bytes.length)));
  }

  grant(stream: number, bytes: number): void {
    this.#outputs.get(stream)?.grant(bytes);
  }

  /** Nobody reads this stream any more: whoever writes to it learns that, as from any pipe. */
  endOutput(stream: number): void {
    if (stream === FrameKind.output) this.#pipes?.output.destroy();
    if (stream === FrameKind.errors) this.#pipes?.errors.destroy();
  }

  resize(size: TerminalSize): void {
    this.#terminal?.resize(size);
  }

  /** Sends a signal to it and to all that it has started, unless that has left its group. */
  signal(number: number): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#exitCode !== null) return;
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, number);
        return;
      } catch {
        // It has no group yet, or is gone.
      }
    }
  }

  #openTerminal(size: TerminalSize): Terminal {
    return new Terminal(size, {
      taken: (bytes) => this.#send(FrameKind.inputGrant, numberBody(bytes)),
      ended: () => this.#onStreamEnd(),
    });
  }

  #readTerminal(terminal: Terminal): Map<number, Output> {
    const output = new Output(
      (bytes) => this.#send(FrameKind.output, bytes),
      () => terminal.update(),
    );
    terminal.read(output);
    return new Map([[FrameKind.output, output]]);
  }

  #readPipes({ input, output, errors }: Pipes): Map<number, Output> {
    // A program that does not read its input to the end.
    input.on("error", () => {});
    return new Map([
      [FrameKind.output, this.#readPipe(FrameKind.output, output)],
      [FrameKind.errors, this.#readPipe(FrameKind.errors, errors)],
    ]);
  }

  #readPipe(kind: FrameKind, socket: Socket): Output {
    const output = new Output(
      (bytes) => this.#send(kind, bytes),
      (more) => (more ? socket.resume() : socket.pause()),
    );
    socket.on("data", (bytes: Buffer) => {
      output.write(bytes);
      this.#leftover?.refresh();
    });
    socket.on("close", () => this.#onStreamEnd());
    return output;
  }

  #onStreamEnd(): void {
    this.#open--;
    if (this.#open === 0 && this.#exitCode !== null) void this.#finish();
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#exitCode !== null) return;
    this.#exitCode = signal === null ? (code ?? FAILED) : 128 + constants.signals[signal];
    if (this.#open === 0) void this.#finish();
    else this.#leftover = setTimeout(() => void this.#finish(), LEFTOVER_MS);
  }

  async #finish(): Promise<void> {
    if (this.#leftover !== null) clearTimeout(this.#leftover);
    for (const output of this.#outputs.values()) await output.drained();
    this.#pipes?.input.destroy();
    this.#pipes?.output.destroy();
    this.#pipes?.errors.destroy();
    this.#terminal?.close();
    this.#send(FrameKind.exit, Buffer.from([(this.#exitCode ?? FAILED) & 0xff]));
    this.#ended();
  }
}

/** Starts a program with real pipes. Node's own are sockets, which cannot be opened as /dev/stdout, and break otherwise. */
function spawnWithPipes(
  launcher: string,
  words: Words,
  environment: Readonly<Record<string, string>>,
  user: GuestUser,
): { child: ChildProcess; pipes: Pipes } {
  const [input, ourInput] = pipe();
  const [ourOutput, output] = pipe();
  const [ourErrors, errors] = pipe();
  try {
    // Only the owner of a pipe can open it by its name, as /dev/stdout.
    for (const { raw } of [input, output, errors]) fchownSync(raw, user.uid, user.gid);
    const child = spawn(launcher, words.list, {
      env: { ...environment },
      stdio: [input.raw, output.raw, errors.raw],
    });
    const pipes = {
      input: new Socket({ fd: ourInput.take(), readable: false, writable: true }),
      output: new Socket({ fd: ourOutput.take(), readable: true, writable: false }),
      errors: new Socket({ fd: ourErrors.take(), readable: true, writable: false }),
    };
    return { child, pipes };
  } finally {
    // Ours are empty by now, unless the program could not be started.
    for (const end of [input, output, errors, ourInput, ourOutput, ourErrors]) end.close();
  }
}

/** The exit code of what could not be started at all. */
const FAILED = 125;
