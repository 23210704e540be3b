// SPDX-License-Identifier: Apache-2.0
import { isNamed } from "./copies.ts";

/**
 * Kinds of problems that an option of a program may solve. The program knows which option that is: only the command line
 * knows the names of options.
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
  | "log-filter"
  | "vm-kernel"
  | "vm-modules";

/** Facts about a problem, beside its message. */
export interface ProblemDetails {
  readonly code?: ProblemCode | undefined;
  /** The name that the problem is about, for the program's remedy. */
  readonly about?: string | undefined;
  /** A remedy that helps in every program, such as `remove it`. */
  readonly remedy?: string | undefined;
}

/**
 * Something that the user can put right: a wrong option, a name in use, a missing directory. Its message is one line
 * that says what is wrong and what to do; whoever catches it prints that line alone, with no stack trace. Anything
 * else that is thrown is a defect of ours or of the machine.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** The text of what is wrong, without a remedy. */
  readonly fact: string;
  readonly details: ProblemDetails;

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this
    return isNamed(value, this, UserError, "UserError");
  }

  constructor(fact: string, details: ProblemDetails = {}) {
    super(details.remedy === undefined ? fact : `${fact}: ${details.remedy}`);
    this.fact = fact;
    this.details = details;
  }
}
