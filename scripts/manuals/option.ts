// SPDX-License-Identifier: Apache-2.0
import {
  type CommandLine,
  type Completion,
  informationOptions,
  type OptionRow,
} from "../../src/cli/common/command-line.ts";
import { globalPolicy } from "../../src/protocol/global-policy-table.ts";

/** An option, taken apart. */
export interface OptionParts {
  readonly short: string | null;
  readonly long: string;
  readonly value: { readonly name: string; readonly optional: boolean } | null;
  readonly help: string;
  readonly repeatable: boolean;
  readonly completes: Completion | null;
}

export function allRows(line: CommandLine): readonly OptionRow[] {
  return [...Object.values(line.options), informationOptions.version, informationOptions.help];
}

/** Takes the flags of a row apart: `-s, --long <VALUE>`, `--long [=VALUE]`. */
export function optionParts({ flags, help, add, completes }: OptionRow): OptionParts {
  const match = /^(?:(-\w), )?(--[\w-]+)(?: (?:<(.+)>|\[=(.+)\]))?$/.exec(flags);
  if (match === null) throw new Error(`the flags "${flags}" are not of the form that the manuals know`);
  const [, short = null, long = "", required, optional] = match;
  const name = required ?? optional;
  return {
    short,
    long,
    value: name === undefined ? null : { name, optional: required === undefined },
    help,
    repeatable: add !== undefined,
    completes: completes ?? null,
  };
}

/** Interfaces that somebody might want to hide or expose. */
export const interfaceNames: readonly string[] = globalPolicy.map(([name]) => name);
