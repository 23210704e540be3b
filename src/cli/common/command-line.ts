// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the command line of a program that describes its options in a table. The same table makes the help, and, by
 * scripts/manuals.ts, the manual page and what shells complete.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError, type Help, Option } from "commander";
import { UserError } from "../../errors.ts";
import { packageRoot } from "../../native/package-root.ts";

/** One option: all that the program and its manual know of it. */
export interface OptionRow<Value = unknown> {
  readonly group: string;
  /** The flags as commander writes them: `-s, --long <VALUE>`. */
  readonly flags: string;
  readonly help: string;
  /** The value without the option. */
  readonly default?: Value;
  /** Makes the value from what stands behind the flags, which itself is the value otherwise. Throws a UserError. */
  parse?(text: string): Value;
  /** Makes the option repeatable: adds what stands behind the flags to the value so far. Throws a UserError. */
  add?(text: string, value: Value): Value;
  /** The completions that a shell can offer for the value. */
  readonly completes?: Completion;
  /** The option without which this one has no effect, and one with which it has none. */
  readonly needs?: string;
  readonly not?: string;
}

/** The options of a program: a row for each of its settings, in the order of the help. */
export type OptionTable<Settings> = {
  readonly [Key in keyof Settings]-?: OptionRow<Exclude<Settings[Key], undefined>> &
    HowToRead<Exclude<Settings[Key], undefined>> &
    // A setting that is always there needs a value without the option.
    (Record<never, never> extends Pick<Settings, Key> ? unknown : { readonly default: Settings[Key] });
};

/** Requires a way to make the value from a text, unless it is a text, or the fact that the option is given. */
type HowToRead<Value> = [Value] extends [true]
  ? unknown
  : string extends Value
    ? unknown
    : { parse(text: string): Value } | { add(text: string, value: Value): Value };

/** A path, a program, names of interfaces with commas between them, a GPU node, or one of several words. */
export type Completion = "file" | "program" | "interfaces" | "node" | readonly string[];

/** A command to try, and what it does. */
export interface Example {
  readonly command: string;
  readonly meaning: string;
}

/** An option whose value is a list. */
export interface ListRow extends OptionRow<readonly string[]> {
  readonly default: readonly string[];
  add(text: string, items: readonly string[]): readonly string[];
}

/** An `add` for options that take a list with commas. */
export function addItems(list: string, items: readonly string[]): readonly string[] {
  return [...items, ...list.split(",").map((item) => item.trim())];
}

/** An `add` for options that take one item. */
export function addItem(item: string, items: readonly string[]): readonly string[] {
  return [...items, item];
}

/** A `parse` for options whose text stands in front of others, and so has to be part of one line. */
export function oneLine(option: string): (text: string) => string {
  return (text) => {
    if (!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return text;
    throw new UserError(
      `${option} ${JSON.stringify(text)} has characters that no title can have: write it in one line`,
    );
  };
}

/** The form of a program's command line. */
export interface CommandLine {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  /** The options, by the names of the settings. */
  readonly options: Readonly<Record<string, OptionRow>>;
  /** The rest that users should know beside the options, a paragraph each. */
  readonly about: readonly string[];
  readonly examples: readonly Example[];
  readonly exitStatus: string;
  /**
   * The arguments behind the options: a command to run with its arguments, a file, a command for a running program, or
   * nothing.
   */
  readonly arguments: "command" | "file" | "control" | "none";
}

/** The options that every program of ours has. */
export const informationOptions: Readonly<Record<"version" | "help", OptionRow>> = {
  version: { group: "Information:", flags: "-V, --version", help: "print the version" },
  help: { group: "Information:", flags: "-h, --help", help: "print this help" },
};

/** The command line of a program with these settings. */
export type CommandLineFor<Settings> = CommandLine & { readonly options: OptionTable<Settings> };

/** The content of a command line. */
export interface Parsed<Settings> {
  readonly settings: Settings;
  readonly command: readonly string[];
  /** The names of the settings whose options were given. */
  readonly given: readonly string[];
  /** The warnings for the user: options that have no effect. */
  readonly warnings: readonly string[];
}

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseCommandLine<Settings extends object>(
  line: CommandLineFor<Settings>,
  args: readonly string[],
): Parsed<Settings> | string {
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
    .configureHelp({ formatHelp: (_, helper) => helpOf(line, helper) });
  // Options after the first argument that is none belong to the command, also without "--".
  if (line.arguments !== "none") program.argument("[command...]");
  // What stands behind a program is its own.
  if (line.arguments !== "none" && line.arguments !== "control") program.passThroughOptions();
  else program.allowExcessArguments(false);
  const rows = Object.entries<OptionRow>(line.options).map(([key, row]) => ({
    key,
    row,
    option: commanderOption(row),
  }));
  for (const { option } of rows) program.addOption(option);
  program
    .version(packageVersion(), informationOptions.version.flags, informationOptions.version.help)
    .helpOption(informationOptions.help.flags, informationOptions.help.help);
  try {
    program.parse(endOptionalValues(args, rows), { from: "user" });
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
  const settings: Record<string, unknown> = {};
  const given: string[] = [];
  for (const { key, row, option } of rows) {
    const texts = givenOf(option, program);
    if (texts !== undefined) given.push(key);
    const value = settingOf(row, texts);
    if (value !== undefined) settings[key] = value;
  }
  return { settings: settings as Settings, command: program.args, given, warnings: withoutEffect(rows, program) };
}

/**
 * The value that commander makes of an option that is given: all texts that stand behind its flags, or true where none
 * can.
 */
type Given = readonly string[] | true;

/** Undefined for an option that is not given. */
function givenOf(option: Option, program: Command): Given | undefined {
  const value: unknown = program.getOptionValue(option.attributeName());
  // Of --no-something commander makes that there is something unless it is given.
  if (option.negate) return value === false ? true : undefined;
  return value as Given | undefined;
}

/** An option with its name among the settings, and as commander knows it. */
interface KnownOption {
  readonly key: string;
  readonly row: OptionRow;
  readonly option: Option;
}

function commanderOption({ flags, help }: OptionRow): Option {
  const option = new Option(flags, help);
  if (option.isBoolean() || option.negate) return option;
  return option.argParser<readonly string[]>((text, before: readonly string[] | undefined) => [
    ...(before ?? []),
    text,
  ]);
}

function settingOf({ default: without, parse, add }: OptionRow, given: Given | undefined): unknown {
  if (given === undefined) return without;
  if (given === true) return true;
  if (add !== undefined) return given.reduce<unknown>((value, text) => add(text, value), without);
  const last = given.at(-1) ?? "";
  return parse === undefined ? last : parse(last);
}

/**
 * Writes `--virtio-gpu` as `--virtio-gpu=`, so that what comes behind it is not taken for its value: in
 * `wayland-proxy --virtio-gpu foot` it is the command.
 */
function endOptionalValues(args: readonly string[], rows: readonly KnownOption[]): string[] {
  const result = [...args];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    // From here on the arguments are the command's.
    if (arg === "--" || !arg.startsWith("-")) break;
    const { option } = rows.find((row) => row.option.long === arg || row.option.short === arg) ?? {};
    if (option?.required) i++;
    else if (option?.optional) result[i] = `${arg}=`;
  }
  return result;
}

/** Says which of the given options have no effect, and why. */
function withoutEffect(rows: readonly KnownOption[], program: Command): string[] {
  const isGiven = ({ option }: KnownOption): boolean => givenOf(option, program) !== undefined;
  const given = new Set<string | undefined>(rows.filter(isGiven).map(({ option }) => option.long));
  return rows.flatMap(({ row: { needs, not }, option: { long } }) => {
    if (!given.has(long)) return [];
    if (needs !== undefined && !given.has(needs)) return [`${long} has no effect without ${needs}`];
    return not !== undefined && given.has(not) ? [`${long} has no effect with ${not}`] : [];
  });
}

/** The whole help. */
function helpOf(line: CommandLine, helper: Help): string {
  const { name, usage, description, options, about, examples, exitStatus } = line;
  const rows = [...Object.values(options), ...Object.values(informationOptions)];
  const width = Math.max(...rows.map(({ flags }) => flags.length));
  const item = ({ flags, help }: OptionRow): string => helper.formatItem(flags, width, help, helper);
  const groups = [...new Set(rows.map(({ group }) => group))].map((group) =>
    [group, ...rows.filter((row) => row.group === group).map(item)].join("\n"),
  );
  const tries = examples.flatMap(({ command, meaning }) => [`  ${command}`, wrap(meaning, "      ")]);
  return [
    `Usage: ${name} ${usage}`,
    wrap(description, ""),
    ...groups,
    ...about.map((text) => wrap(text, "")),
    ["Examples:", ...tries].join("\n"),
    `Exit status:\n${wrap(exitStatus, "  ")}\n`,
  ].join("\n\n");
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
  return (JSON.parse(readFileSync(new URL("package.json", packageRoot), "utf8")) as { version: string }).version;
}
