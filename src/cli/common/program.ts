// SPDX-License-Identifier: Apache-2.0
/** What all our programs share: how they log, and end with the right exit code and the right last words. */
import { UserError } from "../../errors.ts";
import { createLogger } from "../../log/logger.ts";
import { printable } from "../../log/printable.ts";
import { AddonError } from "../../native/errors.ts";
import { type Environment, takeEnvironment } from "./environment.ts";
import { type Remedies, withRemedies } from "./remedies.ts";
import { finishErrors, writeError } from "./standard-error.ts";

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
  process.on("uncaughtException", fail);
  main(takeEnvironment()).then((exitCode) => {
    // Behind those that have last words.
    process.once("exit", finishErrors);
    process.exit(exitCode);
  }, fail);
}
