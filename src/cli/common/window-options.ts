// SPDX-License-Identifier: Apache-2.0
/** The options of all programs that relay: what programs see of the desktop, and what their windows are called there. */
import { UserError } from "../../errors.ts";
import type { TitleBarPolicy } from "../../policy/policy.ts";
import { addItems, type OptionTable, oneLine } from "./command-line.ts";

/** The settings that the command line asked for. */
export interface WindowSettings {
  /** Stands in front of window titles. */
  readonly tag?: string;
  /** Stands in front of application ids. */
  readonly appIdPrefix?: string;
  /** Whether windows have title bars of ours where the host draws none. */
  readonly titleBars?: TitleBarPolicy;
  /** The names of interfaces. */
  readonly hide: readonly string[];
  /** Interface names, each also as name=MAXVERSION. */
  readonly expose: readonly string[];
}

/**
 * The rows of these options.
 *
 * @param group the part of the program's help in which they stand
 * @param subject the name, in the help's words, of what the program serves
 * @param tag the default of --tag, if there is one
 */
export function windowOptions(group: string, subject: "programs" | "the VM", tag = ""): OptionTable<WindowSettings> {
  const [prefix, addition] = subject === "the VM" ? ["vm.", ", which the VM cannot change"] : ["box.", ""];
  return {
    tag: {
      group,
      flags: "--tag <TEXT>",
      help: `prefix for window titles${addition}${tag === "" ? "" : ` (default: '${tag}')`}`,
      parse: oneLine("--tag"),
    },
    appIdPrefix: {
      group,
      flags: "--app-id-prefix <TEXT>",
      help: `prefix for application ids, by which docks and window rules know programs: ${prefix} makes ${prefix}foot of foot`,
      parse: oneLine("--app-id-prefix"),
    },
    titleBars: {
      group,
      flags: "--title-bars <auto|none>",
      help: "auto gives windows that need one a title bar where the compositor draws none (default: auto)",
      parse: titleBars,
      completes: ["auto", "none"],
    },
    hide: {
      group,
      flags: "--hide <LIST>",
      help: `interfaces to hide from ${subject}: NAME,NAME... (repeatable)`,
      default: [],
      add: addItems,
      completes: "interfaces",
    },
    expose: {
      group,
      flags: "--expose <LIST>",
      help: "interfaces to offer although hidden by default: NAME or NAME=MAXVERSION,... (repeatable)",
      default: [],
      add: addItems,
      completes: "interfaces",
    },
  };
}

function titleBars(text: string): TitleBarPolicy {
  if (text === "auto" || text === "none") return text;
  throw new UserError(`--title-bars ${text}: write auto or none`);
}
