// SPDX-License-Identifier: Apache-2.0
/** The command line of wayland-proxy-replay. */
import { UserError } from "../../errors.ts";
import { addItems, type CommandLineFor, type OptionTable, parseCommandLine } from "../common/command-line.ts";
import { type LogSettings, logOptions } from "../common/log-options.ts";

/** The settings that the options ask for. */
interface ReplayOptions extends Pick<LogSettings, "logSuppress" | "logFilter" | "logFormat"> {
  /** Numbers of the sessions that count; empty for all. */
  readonly session: readonly string[];
  /** The sources of messages that are printed; empty for all. */
  readonly source: readonly string[];
  readonly play?: true;
  readonly waylandDisplay?: string;
  readonly expose: readonly string[];
  /** Seconds after which a play ends. */
  readonly timeLimit: number;
}

/** The settings that the command line asked for. */
export interface ReplaySettings extends ReplayOptions {
  /** The path of the recording. */
  readonly file: string;
  /** The warnings for the user about these options. */
  readonly warnings: readonly string[];
}

const REPLAY_GROUP = "What is replayed:";
const PRINT = "What is printed:";
const PLAY = "Play:";

const DEFAULT_TIME_LIMIT = 600;

const options: OptionTable<ReplayOptions> = {
  session: {
    group: REPLAY_GROUP,
    flags: "--session <LIST>",
    help: "only the clients with these numbers: 1,3... (repeatable; default: all)",
    default: [],
    add: addItems,
  },
  source: {
    group: PRINT,
    not: "--play",
    flags: "--source <LIST>",
    help: "client: between programs and the proxy; server: between it and the host (default: both)",
    default: [],
    add: (list, sources) => addItems(list, sources).map(knownSource),
    completes: ["client", "server"],
  },
  logSuppress: { ...logOptions.logSuppress, group: PRINT, not: "--play" },
  logFilter: { ...logOptions.logFilter, group: PRINT, not: "--play" },
  logFormat: { ...logOptions.logFormat, group: PRINT, not: "--play" },
  play: {
    group: PLAY,
    flags: "--play",
    help: "instead of printing, send to a compositor what the clients sent",
  },
  waylandDisplay: {
    group: PLAY,
    needs: "--play",
    flags: "--wayland-display <NAME>",
    help: "name or path of the compositor's socket (default: $WAYLAND_DISPLAY, else wayland-0)",
  },
  expose: {
    group: PLAY,
    needs: "--play",
    flags: "--expose <LIST>",
    help: "interfaces to use although they give power over others: NAME or NAME=MAXVERSION,... (repeatable)",
    default: [],
    add: addItems,
    completes: "interfaces",
  },
  timeLimit: {
    group: PLAY,
    needs: "--play",
    flags: "--time-limit <SECONDS>",
    help: `end after that time, also if not all has been played (default: ${DEFAULT_TIME_LIMIT})`,
    default: DEFAULT_TIME_LIMIT,
    parse: seconds,
  },
};

/** The command line of wayland-proxy-replay. */
export const commandLine: CommandLineFor<ReplayOptions> = {
  name: "wayland-proxy-replay",
  usage: "[options] FILE",
  description: "Prints a recording of what Wayland programs did, or plays it to a compositor.",
  options,
  about: [
    "wayland-proxy, wayland-proxy-host or wayland-proxy-vm has written FILE with --record. It holds no pixels: a played window is gray, " +
      "and what a GPU draws is not shown at all. Input is not played.",
    "A recording from somebody else can do no more than a program that you run in wayland-proxy. Interfaces that let " +
      "programs see or control others are left out unless you name them with --expose.",
  ],
  examples: [
    {
      command: "wayland-proxy-replay --log-filter 'xdg_*' bug.wlrecord",
      meaning: "prints all that concerns windows.",
    },
    {
      command: "wayland-proxy-replay --play --session 2 bug.wlrecord",
      meaning: "does again what the second program has done.",
    },
  ],
  exitStatus: "0 when all was printed, or played; 1 otherwise.",
  arguments: "file",
};

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseReplayArguments(args: readonly string[]): ReplaySettings | string {
  const parsed = parseCommandLine(commandLine, args);
  if (typeof parsed === "string") return parsed;
  const { settings, command, warnings } = parsed;
  const [file, ...more] = command;
  if (file === undefined || more.length > 0) {
    throw new UserError("one recording is to be named, behind all options; see wayland-proxy-replay --help");
  }
  return { ...settings, warnings, file };
}

function knownSource(source: string): string {
  if (source === "client" || source === "server") return source;
  throw new UserError(`--source ${source}: there are client and server`);
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UserError(`--time-limit ${text} is no whole number of seconds: write one such as 60`);
}
