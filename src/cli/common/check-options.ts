// SPDX-License-Identifier: Apache-2.0
/** The options by which our programs that relay can be asked whether they would. */
import { UserError } from "../../errors.ts";
import type { OptionTable } from "./command-line.ts";

/** The settings that the command line asked for. */
export interface CheckSettings {
  readonly check?: true;
  readonly json?: true;
}

const CHECK = "Whether it would work:";

export const checkOptions: OptionTable<CheckSettings> = {
  check: {
    group: CHECK,
    flags: "--check",
    help: "say what works and what does not, with these options; change nothing (exit status 0: all works)",
  },
  json: {
    group: CHECK,
    flags: "--json",
    help: "say it as JSON (with --check)",
  },
};

/** Throws a UserError for options that mean nothing together. */
export function refuseJsonAlone({ check, json }: CheckSettings): void {
  if (json && !check) throw new UserError("--json is the form in which --check answers: say both, or see --log-format");
}
