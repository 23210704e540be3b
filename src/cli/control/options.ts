// SPDX-License-Identifier: Apache-2.0
/** The command line of wayland-proxy-ctl. */
import { type ControlCommand, commandNames, commandTable } from "../../control/protocol.ts";
import { UserError } from "../../errors.ts";
import { nearest } from "../../protocol/nearest.ts";
import { type CommandLineFor, type OptionTable, parseCommandLine } from "../common/command-line.ts";

/** The settings that the options ask for. */
interface ControlOptions {
  readonly json?: true;
  readonly primary?: true;
}

/** The settings that the command line asked for. */
export interface ControlSettings extends ControlOptions {
  readonly command: ControlCommand;
  /** The name of the running program; without it all of them, or the only one. */
  readonly name?: string;
  /** The client that the command is about. */
  readonly client?: string;
  /** What the command is to do. */
  readonly action?: string;
}

const options: OptionTable<ControlOptions> = {
  json: {
    group: "What is printed:",
    flags: "--json",
    help: "print answers as JSON, one a line, each with the name of its program",
  },
  primary: {
    group: "What clipboard moves:",
    flags: "--primary",
    help: "what was marked, and is pasted with the middle button, in place of what was copied",
  },
};

/** The command line of wayland-proxy-ctl. */
export const commandLine: CommandLineFor<ControlOptions> = {
  name: "wayland-proxy-ctl",
  usage: "[options] COMMAND [ACTION] [NAME [CLIENT]]",
  description: "Asks running wayland-proxies what they do, and gives them commands.",
  options,
  about: [
    "NAME is what a wayland-proxy, wayland-proxy-host or wayland-proxy-vm was called with --name, else the name of its socket. It may be left out " +
      "if only one is running; list and watch are then for all. CLIENT is an id that list prints. ACTION belongs to clipboard: in, out or clear.",
    `Commands: ${commandNames.join(", ")}. watch and log print what happens until they are ended.`,
  ],
  examples: [
    { command: "wayland-proxy-ctl list", meaning: "lists all that run, their clients and windows." },
    { command: "wayland-proxy-ctl reload bank", meaning: "has the policy file of bank read again." },
    { command: "wayland-proxy-ctl kill bank 3", meaning: "disconnects a client." },
    { command: "wayland-proxy-ctl clipboard out bank", meaning: "gives the host what bank has copied." },
    { command: "wayland-proxy-ctl --json watch", meaning: "prints what happens, for a script." },
  ],
  exitStatus: "0 when all was done; 1 otherwise.",
  arguments: "control",
};

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseControlArguments(args: readonly string[]): ControlSettings | string {
  const parsed = parseCommandLine(commandLine, args);
  if (typeof parsed === "string") return parsed;
  const [word, ...words] = parsed.command;
  if (word === undefined) throw new UserError("a command is to be named; see wayland-proxy-ctl --help");
  const command = commandNames.find((one) => one === word);
  if (command === undefined) {
    const hint = nearest(word, commandNames);
    throw new UserError(
      `there is no command "${word}": ${hint === undefined ? `there are ${commandNames.join(", ")}` : `did you mean ${hint}?`}`,
    );
  }
  const { actions } = commandTable[command];
  const action = actions === undefined ? undefined : words.shift();
  if (actions !== undefined && (action === undefined || !actions.includes(action)))
    throw new UserError(
      `${command} needs one of ${actions.join(", ")}: wayland-proxy-ctl ${command} ${actions[0]} NAME`,
    );
  const [name, client, ...more] = words;
  const isAboutClient = commandTable[command].client === true;
  if (parsed.settings.primary && commandTable[command].selections === undefined)
    throw new UserError(`--primary belongs to clipboard, and not to ${command}`);
  if (more.length > 0 || (client !== undefined && !isAboutClient)) {
    throw new UserError(`${command} takes ${isAboutClient ? "a name and a client" : "a name at most"}`);
  }
  if (isAboutClient && client === undefined) {
    throw new UserError(`${command} needs a name and a client: wayland-proxy-ctl ${command} NAME CLIENT; see list`);
  }
  return {
    ...parsed.settings,
    command,
    ...(name === undefined ? {} : { name }),
    ...(client === undefined ? {} : { client }),
    ...(action === undefined ? {} : { action }),
  };
}
