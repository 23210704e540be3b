// SPDX-License-Identifier: Apache-2.0

/**
 * Kinds of problems that a program may have an option against. Which one that is, the program knows: the names of options
 * are the command line's.
 */
export type ProblemCode =
  | "socket-name"
  | "x-display"
  | "xwayland"
  | "no-cross-domain"
  | "unknown-interface"
  | "unknown-globals"
  | "hidden-global"
  | "log-class"
  | "log-filter";

/** What there is to say of a problem beside what it is. */
export interface ProblemDetails {
  readonly code?: ProblemCode | undefined;
  /** The name that it is about, for the program's remedy. */
  readonly about?: string | undefined;
  /** What helps, whichever program it is: `remove it`. */
  readonly remedy?: string | undefined;
}

/**
 * Something that the user can put right: a wrong option, a name in use, a missing directory. Its message is one line
 * that says what is wrong and what to do; whoever catches it prints that line alone, with no stack trace. Anything
 * else that is thrown is a defect of ours or of the machine.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** What is wrong, without a remedy. */
  readonly fact: string;
  readonly details: ProblemDetails;

  constructor(fact: string, details: ProblemDetails = {}) {
    super(details.remedy === undefined ? fact : `${fact}: ${details.remedy}`);
    this.fact = fact;
    this.details = details;
  }
}
