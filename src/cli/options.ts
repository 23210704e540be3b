// SPDX-License-Identifier: Apache-2.0
/** The command line, described once: this table makes the parser and the help. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
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

interface OptionRow {
  readonly group: string;
  /** As commander writes it: `-s, --long <VALUE>`. */
  readonly flags: string;
  readonly help: string;
  /** Makes the option repeatable: the items of one use of it, which are added to those of the others. */
  readonly items?: (text: string) => string[];
}

const commaList = (text: string): string[] => text.split(",").map((item) => item.trim());

const CONNECTION = "Where programs connect:";
const INTERFACES = "What programs and the host see:";
const INFORMATION = "Information:";

const optionTable: readonly OptionRow[] = [
  {
    group: CONNECTION,
    flags: "--wayland-display <NAME>",
    help: "name or path of the socket to listen on (default: wayland-1, else the next free one)",
  },
  {
    group: INTERFACES,
    flags: "--tag <TEXT>",
    help: "prefix for window titles",
  },
  {
    group: INTERFACES,
    flags: "--hide <LIST>",
    help: "interfaces to hide from programs: NAME,NAME... (repeatable)",
    items: commaList,
  },
  {
    group: INTERFACES,
    flags: "--expose <LIST>",
    help: "interfaces to offer although hidden by default: NAME or NAME=MAXVERSION,... (repeatable)",
    items: commaList,
  },
  {
    group: INTERFACES,
    flags: "--protocol <FILE.xml>",
    help: "also relay the protocol in this file (repeatable)",
    items: (file) => [file],
  },
  {
    group: INFORMATION,
    flags: "-v, --verbose",
    help: "log every message",
  },
];

const HELP_AFTER = `
The host is the compositor that $WAYLAND_DISPLAY names, else wayland-0, in
$XDG_RUNTIME_DIR. With a command, it is run with WAYLAND_DISPLAY set to the
proxy, until it and its windows are done. Without one, the proxy runs until
SIGINT or SIGTERM.

Examples:
  wayland-proxy --tag '[vm] ' foot
  wayland-proxy --expose zwlr_layer_shell_v1=4 -- waybar -l debug
  wayland-proxy --wayland-display wayland-vm --hide wl_drm,zwp_linux_dmabuf_v1

Exit status:
  With a command: its own; 127 if it is not found, 126 if it cannot be
  executed, 128+n if signal n ended it. Without one: 0 when a signal ended the
  proxy. Always: 1 when the proxy cannot start, or fails.`;

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
    .optionsGroup(INFORMATION)
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
    throw new UserError(`${message}: see wayland-proxy --help`);
  }
  const options = program.opts<Partial<Settings>>();
  return { hide: [], expose: [], protocol: [], ...options, command: program.args };
}

function commanderOption({ group, flags, help, items }: OptionRow): Option {
  const option = new Option(flags, help).helpGroup(group);
  if (items === undefined) return option;
  return option.argParser<string[]>((text, before: string[] | undefined) => [...(before ?? []), ...items(text)]);
}

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
