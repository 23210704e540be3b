// SPDX-License-Identifier: Apache-2.0
/** The command line of wayland-proxy-replay. */
import { UserError } from "../../errors.ts";
import { type CommandLine, commaList, type OptionRow, parseCommandLine } from "../common/command-line.ts";

/** What the command line asked for. */
export interface ReplaySettings {
  readonly file: string;
  /** Numbers of the sessions that count; empty for all. */
  readonly session: readonly string[];
  readonly source: readonly string[];
  readonly logSuppress: readonly string[];
  readonly logFilter?: string;
  readonly logFormat?: string;
  readonly play?: true;
  readonly waylandDisplay?: string;
  readonly expose: readonly string[];
  /** Seconds after which a play ends. */
  readonly timeLimit: number;
  /** What the user should know of these options. */
  readonly warnings: readonly string[];
}

const REPLAY_GROUP = "What is replayed:";
const PRINT = "What is printed:";
const PLAY = "Play:";

const DEFAULT_TIME_LIMIT = 600;

const options: readonly OptionRow[] = [
  {
    group: REPLAY_GROUP,
    flags: "--session <LIST>",
    help: "only the clients with these numbers: 1,3... (repeatable; default: all)",
    items: commaList,
  },
  {
    group: PRINT,
    not: "--play",
    flags: "--source <LIST>",
    help: "client: between programs and the proxy; server: between it and the host (default: both)",
    items: commaList,
    completes: ["client", "server"],
  },
  {
    group: PRINT,
    not: "--play",
    flags: "--log-suppress <LIST>",
    help: "messages to leave out: motion, shm, delete, region, drawing, hints (repeatable)",
    items: commaList,
    completes: ["motion", "shm", "delete", "region", "drawing", "hints"],
  },
  {
    group: PRINT,
    not: "--play",
    flags: "--log-filter <EXPR>",
    help: "only these messages: wl_surface.commit, xdg_*; or all but: ! wl_pointer.motion",
  },
  {
    group: PRINT,
    not: "--play",
    flags: "--log-format <FORMAT>",
    help: "text, or json: one object a line (default: text)",
    completes: ["text", "json"],
  },
  {
    group: PLAY,
    flags: "--play",
    help: "instead of printing, do to a compositor what the clients did",
  },
  {
    group: PLAY,
    needs: "--play",
    flags: "--wayland-display <NAME>",
    help: "name or path of the compositor's socket (default: $WAYLAND_DISPLAY, else wayland-0)",
  },
  {
    group: PLAY,
    needs: "--play",
    flags: "--expose <LIST>",
    help: "interfaces to use although they give power over others: NAME or NAME=MAXVERSION,... (repeatable)",
    items: commaList,
    completes: "interfaces",
  },
  {
    group: PLAY,
    needs: "--play",
    flags: "--time-limit <SECONDS>",
    help: `end after that time, whatever is left (default: ${DEFAULT_TIME_LIMIT})`,
  },
];

/** The command line of wayland-proxy-replay. */
export const commandLine: CommandLine = {
  name: "wayland-proxy-replay",
  usage: "[options] FILE",
  description: "Prints a recording of what Wayland programs did, or plays it to a compositor.",
  options,
  about: [
    "FILE was written by the option --record of wayland-proxy or wayland-proxy-host. It holds no pixels: a window that " +
      "is played is gray, and what a GPU draws is not shown at all. Input is not played.",
    "A recording from somebody else can do what any program could that you run in wayland-proxy, and no more: what lets " +
      "programs see or control others is left out unless it is exposed.",
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
  environment: [
    ["WAYLAND_DISPLAY", "With --play, the name, in $XDG_RUNTIME_DIR, or the path of the compositor's socket."],
  ],
  arguments: "file",
};

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseReplayArguments(args: readonly string[]): ReplaySettings | string {
  const parsed = parseCommandLine<Omit<ReplaySettings, "file" | "timeLimit" | "warnings"> & { timeLimit: string }>(
    commandLine,
    args,
  );
  if (typeof parsed === "string") return parsed;
  const [file, ...more] = parsed.command;
  if (file === undefined || more.length > 0) {
    throw new UserError("one recording is to be named, behind all options; see wayland-proxy-replay --help");
  }
  const { timeLimit = String(DEFAULT_TIME_LIMIT), ...options } = parsed.options;
  return {
    session: [],
    source: [],
    logSuppress: [],
    expose: [],
    ...options,
    timeLimit: seconds(timeLimit),
    warnings: parsed.warnings,
    file,
  };
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UserError(`--time-limit ${text} is no number of seconds: write one such as 60`);
}
