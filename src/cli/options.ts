// SPDX-License-Identifier: Apache-2.0
/** The command line, described once: this table makes the parser and the help. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UserError } from "../errors.ts";

/** What the command line asked for. */
export interface Settings {
  /** Name or path of the socket to listen on; without it the first free name is taken. */
  readonly waylandDisplay?: string;
  readonly tag?: string;
  readonly verbose?: true;
  /** Interface names. */
  readonly hide: readonly string[];
  /** Interface names, each also as name=MAXVERSION. */
  readonly expose: readonly string[];
  /** Files that describe further protocols. */
  readonly protocol: readonly string[];
  /** The program to run with its arguments; empty to run none. */
  readonly command: readonly string[];
}

/** The exit code for a wrong command line, so that scripts can tell it from a failure to start; bash uses it too. */
const USAGE_ERROR = 2;

interface OptionRow {
  readonly group: string;
  /** As commander writes it: `-s, --long VALUE`. */
  readonly flags: string;
  readonly help: string;
  /** Turns the text into a value; `before` is the value of earlier uses of the same option. */
  readonly parse?: (text: string, before: readonly string[]) => unknown;
  /** The value without the option. */
  readonly initial?: readonly string[];
}

const optionTable: readonly OptionRow[] = [
  {
    group: "Where programs connect:",
    flags: "--wayland-display <NAME>",
    help: "name or path of the socket to listen on (default: wayland-1, else the next free one)",
  },
  {
    group: "What programs and the host see:",
    flags: "--tag <TEXT>",
    help: "prefix for window titles",
  },
  {
    group: "What programs and the host see:",
    flags: "--hide <LIST>",
    help: "interfaces to hide from programs (comma-separated, repeatable)",
    parse: (text, before) => [...before, ...splitList(text, /^\w+$/, "NAME")],
    initial: [],
  },
  {
    group: "What programs and the host see:",
    flags: "--expose <LIST>",
    help: "interfaces to offer although hidden by default: NAME or NAME=MAXVERSION (comma-separated, repeatable)",
    parse: (text, before) => [...before, ...splitList(text, /^\w+(=[1-9]\d*)?$/, "NAME or NAME=MAXVERSION")],
    initial: [],
  },
  {
    group: "What programs and the host see:",
    flags: "--protocol <FILE.xml>",
    help: "also relay the protocol that FILE.xml describes (repeatable); combine with --expose",
    parse: (text, before) => [...before, text],
    initial: [],
  },
  { group: "Information:", flags: "-v, --verbose", help: "log every message" },
];

const HELP_AFTER = `
The host is the compositor that $WAYLAND_DISPLAY names, else wayland-0, in $XDG_RUNTIME_DIR.
With a command, it is run with WAYLAND_DISPLAY set, and the exit status is the command's.
Without one, the proxy runs until SIGINT or SIGTERM.

Examples:
  wayland-proxy                             serve programs that are started with WAYLAND_DISPLAY=wayland-1
  wayland-proxy --tag '[vm] ' foot          run foot, its window's title beginning with [vm]
  wayland-proxy --expose zwlr_layer_shell_v1=4 -- waybar -l debug

Exit status:
  0    ended as asked          1    could not start, or internal error
  2    wrong command line      126  the command cannot be executed
  127  command not found       128+n  the command was ended by signal n
  else the exit status of the command`;

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseArguments(args: readonly string[]): Settings | string {
  let text = "";
  const program = new Command("wayland-proxy")
    .usage("[options] [--] [command [arg...]]")
    .description("Lets Wayland programs open windows on a host's compositor, relaying every message.")
    .argument("[command...]")
    // Options after the first argument that is none belong to the command, also without "--".
    .passThroughOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
      // What is wrong comes with the exception.
      outputError: () => {},
    })
    .configureHelp({ visibleArguments: () => [] })
    .optionsGroup("Information:")
    .addHelpText("after", HELP_AFTER);
  for (const row of optionTable) program.addOption(commanderOption(row));
  program.version(packageVersion(), "--version", "print the version").helpOption("--help", "print this help");
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return text;
    // Commander's messages begin with "error: " and may have a second line that suggests another spelling.
    const message = error.message
      .replace(/^error: /, "")
      .replaceAll("\n", " ")
      .replace(/\.$/, "");
    throw new UserError(`${message}: see wayland-proxy --help`, USAGE_ERROR);
  }
  return { ...program.opts<Omit<Settings, "command">>(), command: program.args };
}

function commanderOption(row: OptionRow): Option {
  const option = new Option(row.flags, row.help).helpGroup(row.group);
  if (row.initial !== undefined) option.default(row.initial, "none");
  const { parse } = row;
  if (parse !== undefined) option.argParser<readonly string[]>((text, before) => parse(text, before) as never);
  return option;
}

function splitList(text: string, grammar: RegExp, form: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  const wrong = items.find((item) => !grammar.test(item));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not of the form ${form}.`);
  return items;
}

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
