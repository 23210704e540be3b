// SPDX-License-Identifier: Apache-2.0
/** The options about logs of all programs that relay. */
import { UserError } from "../../errors.ts";
import { MIN_RING_SIZE } from "../../recorder/record.ts";
import { addItems, type OptionTable } from "./command-line.ts";

/** The settings that the command line asked for. */
export interface LogSettings {
  readonly verbose?: true;
  /** Names of classes of messages. */
  readonly logSuppress: readonly string[];
  readonly logFilter?: string;
  readonly logFormat: "text" | "json";
  /** Bytes of the flight recorder; 0 for none. */
  readonly logRingSize: number;
  readonly logRingPath?: string;
  readonly logKeys?: true;
  readonly record?: string;
  readonly stats?: true;
}

const DEFAULT_RING_SIZE = 512 * 1024;
const MAX_RING_SIZE = 2 ** 30;
const units: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

const LOGGING = "What is logged (see docs/logging.md):";

export const logOptions: OptionTable<LogSettings> = {
  verbose: {
    group: LOGGING,
    flags: "-v, --verbose",
    help: "log every message; WAYLAND_DEBUG_PROXY=client,server,xwayland picks which",
  },
  logSuppress: {
    group: LOGGING,
    flags: "--log-suppress <LIST>",
    help: "messages to leave out: motion, shm, delete, region, drawing, hints (repeatable)",
    default: [],
    add: addItems,
    completes: ["motion", "shm", "delete", "region", "drawing", "hints"],
  },
  logFilter: {
    group: LOGGING,
    flags: "--log-filter <EXPR>",
    help: "log only these messages: wl_surface.commit, xdg_*; or all but these: ! wl_pointer.motion",
  },
  logFormat: {
    group: LOGGING,
    flags: "--log-format <FORMAT>",
    help: "text, or json: one object a line (default: text)",
    default: "text",
    parse: logFormat,
    completes: ["text", "json"],
  },
  logRingSize: {
    group: LOGGING,
    flags: "--log-ring-size <SIZE>",
    help: "memory for the latest messages, always kept: 512K, 4M..., 0 for none (default: 512K)",
    default: DEFAULT_RING_SIZE,
    parse: ringSize,
  },
  logRingPath: {
    group: LOGGING,
    flags: "--log-ring-path <FILE>",
    help: "log to that memory; append it to FILE when something fails, on SIGUSR1, or when asked to",
    completes: "file",
  },
  logKeys: {
    group: LOGGING,
    flags: "--log-keys",
    help: "also keep which keys are pressed and what is typed, in all logs and recordings",
  },
  record: {
    group: LOGGING,
    flags: "--record <FILE>",
    help: "record all that programs do, for wayland-proxy-replay (titles and the like, but no pixels and no keys)",
    completes: "file",
  },
  stats: {
    group: LOGGING,
    flags: "--stats",
    help: "report at the end, and on SIGUSR1, what each client has done",
  },
};

/** Throws a UserError for options that contradict each other. */
export function refuseRingOfNothing({ logRingSize, logRingPath }: LogSettings): void {
  if (logRingPath === undefined || logRingSize > 0) return;
  throw new UserError("--log-ring-path has nothing to write with --log-ring-size 0: leave one of them out");
}

function ringSize(text: string): number {
  const [, digits, unit = ""] = /^(\d+)([KMG]?)$/.exec(text) ?? [];
  const size = Number(digits) * (units[unit] ?? Number.NaN);
  if (size === 0 || (size >= MIN_RING_SIZE && size <= MAX_RING_SIZE)) return size;
  throw new UserError(`--log-ring-size ${text} is no size from 16K to 1G, nor 0: write it as 524288, 512K or 4M`);
}

function logFormat(text: string): "text" | "json" {
  if (text === "text" || text === "json") return text;
  throw new UserError(`--log-format ${text}: there are text and json`);
}
