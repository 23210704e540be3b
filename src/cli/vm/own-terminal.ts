// SPDX-License-Identifier: Apache-2.0
/** Our standard streams, for a program of the guest. */
import { isatty } from "node:tty";
import { UserError } from "../../errors.ts";
import type { Logger } from "../../log/logger.ts";
import { makeRaw } from "../../native/terminal.ts";
import type { TerminalSize } from "../../vm/channel/messages.ts";
import type { RemoteProgram, Streams } from "../../vm/remote-program.ts";
import type { Signals } from "./signals.ts";

const STANDARD_INPUT = 0;

/** Throws a UserError when the user wants a terminal for the program and has none. */
export function requireTerminal(): void {
  if (!isatty(0) || !isatty(1)) throw new UserError("-t needs a terminal as standard input and output: leave it out");
}

/** The size of our terminal. */
export function ownSize(): TerminalSize {
  const { columns, rows } = process.stdout;
  // Some terminals do not know.
  return { columns: columns || 80, rows: rows || 24 };
}

export function ownStreams(log: Logger): Streams {
  process.stdout.once("error", (error: NodeJS.ErrnoException) => {
    // Nobody reads any more, as with `| head`: that is the program's business.
    if (error.code !== "EPIPE") log.error(`standard output takes no more: ${error.message}`);
  });
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return { input: process.stdin, output: process.stdout, errors: process.stderr };
}

/** Gives a program our signals and, if it has a terminal, ours until it has ended. Resolves to its exit code. */
export async function attend(program: RemoteProgram, hasTerminal: boolean, signals: Signals): Promise<number> {
  const resize = (): void => {
    if (hasTerminal) program.resize(ownSize());
  };
  signals.program = program;
  const restore = hasTerminal ? makeRaw(STANDARD_INPUT) : null;
  // Also if we end before it does.
  if (restore !== null) process.once("exit", restore);
  process.stdout.on("resize", resize);
  try {
    return await program.exitCode;
  } finally {
    signals.program = null;
    restore?.();
    process.stdout.off("resize", resize);
  }
}
