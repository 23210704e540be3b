// SPDX-License-Identifier: Apache-2.0
/** The command line of wayland-proxy. */
import { UserError } from "../../errors.ts";
import { type CheckSettings, checkOptions, refuseJsonAlone } from "../common/check-options.ts";
import { addItem, type CommandLineFor, type OptionTable, parseCommandLine } from "../common/command-line.ts";
import { type LogSettings, logOptions, refuseRingOfNothing } from "../common/log-options.ts";
import { type PolicySettings, policyOptions } from "../common/policy-options.ts";
import { socketGroupOption } from "../common/socket-group.ts";
import { hooksOption } from "../common/user-hooks.ts";
import { type WindowSettings, windowOptions } from "../common/window-options.ts";

/** The settings that the options ask for. */
interface ProxyOptions extends LogSettings, CheckSettings, PolicySettings, WindowSettings {
  /** Name or path of the socket to listen on; without it the first free name is taken. */
  readonly waylandDisplay?: string;
  /** The group whose members may connect, too. */
  readonly socketGroup?: string;
  /** The path of the virtio-gpu node that leads to the host; empty for whichever does. */
  readonly virtioGpu?: string;
  /** The number of the X display to serve. */
  readonly xDisplay?: number;
  readonly xwaylandBinary: string;
  /** The part of the host's scaling that X programs see: see --x-unscale. */
  readonly xUnscale: number | "auto" | null;
  /** The name or the description of an output. */
  readonly xPrimary: string | null;
  /** X resources, by their names. */
  readonly xrdb: ReadonlyMap<string, string>;
  /** Files that describe further protocols. */
  readonly protocol: readonly string[];
  /** The paths of modules with hooks. */
  readonly hooks: readonly string[];
}

/** The settings that the command line asked for. */
export interface Settings extends ProxyOptions {
  /** The program to run with its arguments; empty to run none. */
  readonly command: readonly string[];
  /** The warnings for the user about these options. */
  readonly warnings: readonly string[];
}

const CONNECTION = "Where programs connect:";
const HOST = "Which host:";
const X11 = "X11 programs:";
const INTERFACES = "What programs and the host see:";

const DEFAULT_XWAYLAND = "Xwayland";
/** The last display whose TCP port, 6000 + N, would be one. */
const LAST_X_DISPLAY = 59535;
/** The largest scale: more enlarged, a screen would soon be larger than X's coordinates reach. */
const LARGEST_FACTOR = 8;

const options: OptionTable<ProxyOptions> = {
  waylandDisplay: {
    group: CONNECTION,
    flags: "--wayland-display <NAME>",
    help: "name or path of the socket to listen on (default: wayland-1, else the next free one)",
  },
  socketGroup: socketGroupOption(CONNECTION),
  virtioGpu: {
    group: HOST,
    flags: "--virtio-gpu [=NODE]",
    help: "in a VM: use the compositor outside of it, through a virtio-gpu device (default: the first in /dev/dri that works)",
    completes: "node",
  },
  xDisplay: {
    group: X11,
    flags: "--x-display <N>",
    help: "X display to serve: 2 means DISPLAY=:2, which the command gets",
    parse: xDisplayNumber,
  },
  xwaylandBinary: {
    group: X11,
    needs: "--x-display",
    flags: "--xwayland-binary <PATH>",
    help: `the X server to start for them (default: ${DEFAULT_XWAYLAND})`,
    default: DEFAULT_XWAYLAND,
    completes: "program",
  },
  xUnscale: {
    group: X11,
    needs: "--x-display",
    flags: "--x-unscale <N|auto>",
    help: "show X11 programs in the screen's own pixels, not enlarged: N for each of the host's, or as its outputs are scaled",
    default: null,
    parse: unscaleFactor,
    completes: ["auto", "1", "1.25", "1.5", "2"],
  },
  xPrimary: {
    group: X11,
    needs: "--x-display",
    flags: "--x-primary <OUTPUT>",
    help: "the output that is the primary one for X11 programs: its name, such as DP-1, or its description",
    default: null,
  },
  xrdb: {
    group: X11,
    needs: "--x-display",
    flags: "--xrdb <KEY:VALUE>",
    help: "an X resource, such as Xft.dpi:150 (repeatable)",
    default: new Map(),
    add: (text, resources) => new Map([...resources, xResource(text)]),
  },
  ...policyOptions(INTERFACES, "client"),
  ...windowOptions(INTERFACES, "programs"),
  protocol: {
    group: INTERFACES,
    flags: "--protocol <FILE.xml>",
    help: "also relay the protocol in this file (repeatable)",
    default: [],
    add: addItem,
    completes: "file",
  },
  hooks: hooksOption(INTERFACES),
  ...logOptions,
  ...checkOptions,
};

/** The command line of wayland-proxy. */
export const commandLine: CommandLineFor<ProxyOptions> = {
  name: "wayland-proxy",
  usage: "[options] [--] [command [arg...]]",
  description: "Lets Wayland programs open windows on a host's compositor, relaying every message.",
  options,
  about: [
    "The host is the compositor that $WAYLAND_DISPLAY names, else wayland-0, in $XDG_RUNTIME_DIR. With --virtio-gpu, it " +
      "is the compositor outside the VM.",
    "With a command, the proxy runs that with WAYLAND_DISPLAY set to its own socket, and ends when the command and its " +
      "windows have ended. Without a command, the proxy runs until SIGINT or SIGTERM.",
    "Interfaces that let programs see or control others, or the session, are hidden unless you expose them.",
  ],
  examples: [
    { command: "wayland-proxy --tag '[vm] ' foot", meaning: "runs a terminal whose title begins with [vm]." },
    {
      command: "wayland-proxy --expose zwlr_layer_shell_v1=4 -- waybar -l debug",
      meaning: "runs a panel, which needs an interface that is hidden by default.",
    },
    { command: "wayland-proxy --virtio-gpu foot", meaning: "in a VM: opens the window on its host." },
    { command: "wayland-proxy --x-display 2 xterm", meaning: "runs an X11 program." },
    { command: "wayland-proxy --wayland-display wayland-vm", meaning: "serves all programs that look for wayland-vm." },
    { command: "wayland-proxy --check --virtio-gpu", meaning: "reports what is missing for that." },
  ],
  exitStatus:
    "With a command: its own; 127 if it is not found, 126 if it cannot be executed, 128+n if signal n ended it. Without " +
    "one: 0 when a signal ended the proxy. Always: 1 when the proxy cannot start, or fails.",
  arguments: "command",
};

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseArguments(args: readonly string[]): Settings | string {
  const parsed = parseCommandLine(commandLine, args);
  if (typeof parsed === "string") return parsed;
  const { settings, command, warnings } = parsed;
  refuseJsonAlone(settings);
  refuseRingOfNothing(settings);
  return { ...settings, command, warnings };
}

function xDisplayNumber(text: string): number {
  // As DISPLAY has it, too.
  const [, digits] = /^:?(\d+)(?:\.0)?$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === undefined || number > LAST_X_DISPLAY) {
    throw new UserError(`--x-display ${text} is no number of an X display: write a number such as 2, for DISPLAY=:2`);
  }
  return number;
}

function xResource(text: string): [name: string, value: string] {
  const [, name, value] = /^\s*([\w.*?-]+)\s*:\s*(\P{Cc}*)$/u.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UserError(`--xrdb ${JSON.stringify(text)} is no X resource: write KEY:VALUE, such as Xft.dpi:150`);
  }
  return [name, value];
}

function unscaleFactor(text: string): number | "auto" {
  if (text === "auto") return text;
  const factor = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || factor < 1 || factor > LARGEST_FACTOR) {
    throw new UserError(`--x-unscale ${text}: write auto, or a number from 1 to ${LARGEST_FACTOR} such as 1.5`);
  }
  return factor;
}
