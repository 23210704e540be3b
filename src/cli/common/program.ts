// SPDX-License-Identifier: Apache-2.0
/** The part that all our programs share: how they log, and end with the right exit code and the right last words. */
import type { Finding } from "../../check/finding.ts";
import { UserError } from "../../errors.ts";
import { createLogger } from "../../log/logger.ts";
import { printable } from "../../log/printable.ts";
import { AddonError } from "../../native/errors.ts";
import { type Environment, takeEnvironment } from "./environment.ts";
import { type Remedies, withRemedies } from "./remedies.ts";
import { finishErrors, writeError } from "./standard-error.ts";

/**
 * One of our programs. Modules that it needs beyond its options are imported only when that is sure: the help is to
 * come at once.
 */
export interface Program<Settings> {
  readonly name: string;
  /** The options of the program that help against problems. */
  readonly remedies: Remedies;
  /** The exit code after an error; 1 without it. */
  readonly failureCode?: number;
  /** Reads the command line. A text is all that the user has asked for. Throws a UserError. */
  parse(args: readonly string[]): Settings | string;
  /** Finds out what --check asks for; undefined if that was not given. */
  check?(settings: Settings, environment: Environment): Check | undefined;
  /** Runs the program's task; resolves to the exit code. */
  run(settings: Settings, environment: Environment): Promise<number>;
}

/** The checks that --check asks for. */
export interface Check {
  readonly asJson: boolean;
  find(): Promise<readonly Finding[]>;
}

/** Runs a program to its end. A UserError is printed in one line. */
export function runProgram<Settings>(program: Program<Settings>): void {
  const { name, remedies, failureCode = 1 } = program;
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
  perform(program, takeEnvironment()).then((exitCode) => {
    // Behind those that have last words.
    process.once("exit", finishErrors);
    process.exit(exitCode);
  }, fail);
}

async function perform<Settings>(program: Program<Settings>, environment: Environment): Promise<number> {
  const settings = program.parse(process.argv.slice(2));
  if (typeof settings === "string") {
    process.stdout.write(settings);
    return 0;
  }
  const check = program.check?.(settings, environment);
  if (check === undefined) return program.run(settings, environment);
  const { printFindings } = await import("./check.ts");
  return printFindings(() => check.find(), program.remedies, check.asJson);
}
