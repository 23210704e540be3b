// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the command line of a program that describes its options in a table. The same table makes the help, and, by
 * scripts/manuals.ts, the manual page and what shells complete.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { UserError } from "../../errors.ts";

/** One option. */
export interface OptionRow {
  readonly group: string;
  /** As commander writes it: `-s, --long <VALUE>`. */
  readonly flags: string;
  readonly help: string;
  /** Makes the option repeatable: the items of one use of it, which are added to those of the others. */
  readonly items?: (text: string) => string[];
  /** What a shell can offer for the value. */
  readonly completes?: Completion;
  /** The option without which this one has no effect, and one with which it has none. */
  readonly needs?: string;
  readonly not?: string;
}

/** A path, a program, names of interfaces with commas between them, a GPU node, or one of several words. */
export type Completion = "file" | "program" | "interfaces" | "node" | readonly string[];

/** A command to try, and what it does. */
export interface Example {
  readonly command: string;
  readonly meaning: string;
}

/** The items of a list option. */
export const commaList = (text: string): string[] => text.split(",").map((item) => item.trim());

/** What a program's command line looks like. */
export interface CommandLine {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  readonly options: readonly OptionRow[];
  /** What is to be known beside the options, a paragraph each. */
  readonly about: readonly string[];
  readonly examples: readonly Example[];
  readonly exitStatus: string;
  /** Variables that count, with what they say; for the manual page. */
  readonly environment: readonly (readonly [name: string, meaning: string])[];
  /** What stands behind the options: a command to run with its arguments, a file, or nothing. */
  readonly arguments: "command" | "file" | "none";
}

/** The group of --help and --version in the help. */
const INFORMATION = "Information:";

/** The options that every program of ours has. */
export const informationOptions: Readonly<Record<"version" | "help", OptionRow>> = {
  version: { group: INFORMATION, flags: "-V, --version", help: "print the version" },
  help: { group: INFORMATION, flags: "-h, --help", help: "print this help" },
};

/** What a command line says. */
export interface Parsed<Options> {
  readonly options: Partial<Options>;
  readonly command: readonly string[];
  /** What the user should know: options that have no effect. */
  readonly warnings: readonly string[];
}

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseCommandLine<Options extends object>(
  line: CommandLine,
  args: readonly string[],
): Parsed<Options> | string {
  let text = "";
  const program = new Command(line.name)
    .usage(line.usage)
    .description(line.description)
    .exitOverride()
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
      // What is wrong comes with the exception.
      outputError: () => {},
    })
    .configureHelp({ visibleArguments: () => [] })
    .optionsGroup(INFORMATION)
    .addHelpText("after", helpAfter(line));
  // Options after the first argument that is none belong to the command, also without "--".
  if (line.arguments !== "none") program.argument("[command...]").passThroughOptions();
  else program.allowExcessArguments(false);
  for (const row of line.options) program.addOption(commanderOption(row));
  program
    .version(packageVersion(), informationOptions.version.flags, informationOptions.version.help)
    .helpOption(informationOptions.help.flags, informationOptions.help.help);
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
    throw new UserError(`${message}: see ${line.name} --help`);
  }
  return { options: program.opts<Partial<Options>>(), command: program.args, warnings: withoutEffect(line, program) };
}

/** Says which of the given options have no effect, and why. */
function withoutEffect(line: CommandLine, program: Command): string[] {
  const given = new Set<string | undefined>();
  for (const option of program.options) {
    if (program.getOptionValueSource(option.attributeName()) === "cli") given.add(option.long);
  }
  return line.options.flatMap(({ flags, needs, not }) => {
    const { long } = new Option(flags);
    if (!given.has(long)) return [];
    if (needs !== undefined && !given.has(needs)) return [`${long} has no effect without ${needs}`];
    return not !== undefined && given.has(not) ? [`${long} has no effect with ${not}`] : [];
  });
}

function commanderOption({ group, flags, help, items }: OptionRow): Option {
  const option = new Option(flags, help).helpGroup(group);
  if (items === undefined) return option;
  return option.argParser<string[]>((text, before: string[] | undefined) => [...(before ?? []), ...items(text)]);
}

/** What follows the options in the help. */
function helpAfter({ about, examples, exitStatus }: CommandLine): string {
  const tries = examples.flatMap(({ command, meaning }) => [`  ${command}`, wrap(meaning, "      ")]);
  const parts = [...about.map((text) => wrap(text, "")), ["Examples:", ...tries].join("\n")];
  return ["", ...parts, `Exit status:\n${wrap(exitStatus, "  ")}`].join("\n\n").slice(1);
}

/** Columns of the help. */
const WIDTH = 80;

/** Breaks a text into lines that begin with `indent`. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].map((one) => indent + one).join("\n");
}

/** The version of this package. */
export function packageVersion(): string {
  const file = new URL("../../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
