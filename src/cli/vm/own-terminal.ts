// SPDX-License-Identifier: Apache-2.0
/** Our standard streams, for a program of the guest. */
import { isatty } from "node:tty";
import { UserError } from "../../errors.ts";
import type { TerminalSize } from "../../vm/channel/messages.ts";
import type { RemoteProgram, Streams } from "../../vm/remote-program.ts";
import type { Signals } from "./signals.ts";

/** Throws a UserError when the user wants a terminal for the program and has none. */
export function requireTerminal(): void {
  if (!isatty(0) || !isatty(1)) throw new UserError("-t needs a terminal as standard input and output: leave it out");
}

/** How large our terminal is. */
export function ownSize(): TerminalSize {
  const { columns = 80, rows = 24 } = process.stdout;
  return { columns, rows };
}

export function ownStreams(): Streams {
  // Nobody reads any more, as with `| head`: that is the program's business.
  process.stdout.on("error", () => {});
  return { input: process.stdin, output: process.stdout, errors: process.stderr };
}

/** Gives a program our signals and, if it has a terminal, ours until it has ended. Resolves to its exit code. */
export async function attend(program: RemoteProgram, hasTerminal: boolean, signals: Signals): Promise<number> {
  const resize = (): void => program.resize(ownSize());
  signals.program = program;
  if (hasTerminal) {
    process.stdin.setRawMode(true);
    process.stdout.on("resize", resize);
  }
  try {
    return await program.exitCode;
  } finally {
    signals.program = null;
    if (hasTerminal) {
      process.stdin.setRawMode(false);
      process.stdout.off("resize", resize);
    }
  }
}
