// SPDX-License-Identifier: Apache-2.0
/** The option of programs that go into a jail. */
import type { OptionTable } from "./command-line.ts";

/** The settings that the command line asked for. */
export interface JailSettings {
  readonly noJail?: true;
}

export function jailOptions(group: string): OptionTable<JailSettings> {
  return {
    noJail: {
      group,
      flags: "--no-jail",
      help: "let this process, and its hooks, open files, start programs and connect to others while it runs",
    },
  };
}
