// SPDX-License-Identifier: Apache-2.0
/** What all our programs share: how they log, and end with the right exit code and the right last words. */
import { setFlagsFromString } from "node:v8";
import { UserError } from "../../errors.ts";
import { createLogger } from "../../log/logger.ts";
import { printable } from "../../log/printable.ts";
import { AddonError } from "../../native/errors.ts";
import { type Environment, takeEnvironment } from "./environment.ts";
import { type Remedies, withRemedies } from "./remedies.ts";
import { finishErrors, writeError } from "./standard-error.ts";

// Otherwise V8 lets the memory for new objects grow with a flood of messages or clients, and keeps it: 60 MiB instead of
// 85 on Node 20, 73 instead of 120 on Node 24. Only here: given on the command line V8 overwrites it when it starts.
setFlagsFromString("--semi-space-growth-factor=1");

/**
 * Runs a program to its end, with its options against problems. `main` resolves to the exit code; a UserError is told in
 * one line, and ends the program with `failureCode`.
 */
export function runProgram(
  name: string,
  remedies: Remedies,
  main: (environment: Environment) => Promise<number>,
  failureCode = 1,
): void {
  // One line for what the user can put right, the stack for what only we can.
  const fail = (error: unknown): never => {
    const log = createLogger(writeError, false, name);
    if (error instanceof UserError) log.error(printable(withRemedies(error.fact, error.details, remedies)));
    else if (error instanceof AddonError) log.error(error.message);
    else {
      const details = error instanceof Error ? error.stack : String(error);
      log.error(`internal error, a defect of ${name}; please report it with these lines:\n${details}`);
    }
    finishErrors();
    process.exit(failureCode);
  };
  // That nobody reads our log any more (a pipe to head(1), say) is no reason to end the sessions.
  process.stderr.on("error", () => {});
  process.on("uncaughtException", fail);
  main(takeEnvironment()).then((exitCode) => {
    // Behind those that have last words.
    process.once("exit", finishErrors);
    process.exit(exitCode);
  }, fail);
}
