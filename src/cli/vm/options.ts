// SPDX-License-Identifier: Apache-2.0
/** The command line of wayland-proxy-vm. */
import { isAbsolute, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../errors.ts";
import type { PublishedPort } from "../../vm/host/network.ts";
import { type CheckSettings, checkOptions, refuseJsonAlone } from "../common/check-options.ts";
import { addItem, type CommandLineFor, type OptionTable, parseCommandLine } from "../common/command-line.ts";
import { type JailSettings, jailOptions } from "../common/jail-options.ts";
import { type LogSettings, logOptions, refuseRingOfNothing } from "../common/log-options.ts";
import { policyOptions } from "../common/policy-options.ts";
import { hooksOption } from "../common/user-hooks.ts";
import { DEFAULT_DEVICE, deviceName, memorySize } from "../common/vm-values.ts";
import { type WindowSettings, windowOptions } from "../common/window-options.ts";

/** A folder of the host that the guest sees. */
export interface SharedFolder {
  readonly folder: string;
  readonly place: string;
  readonly writable: boolean;
}

/** The settings that have an option. */
interface VmOptions extends LogSettings, CheckSettings, WindowSettings, JailSettings {
  readonly terminal?: true;
  readonly name?: string;
  /** Whether the VM is for programs of others alone. */
  readonly serve?: true;
  readonly list?: true;
  readonly stop?: string;
  readonly installDesktopEntry?: true;
  readonly printGuestSetup?: true;
  readonly home?: string;
  /** The name under which what the VM writes is kept. */
  readonly keep?: string;
  readonly keepSize: number;
  readonly remove?: string;
  readonly share: readonly SharedFolder[];
  readonly env: readonly string[];
  readonly root?: string;
  /** A disk image with a system of its own. */
  readonly image?: string;
  readonly rootServer: "auto" | "virtiofs" | "9p";
  readonly x11?: true;
  readonly memory: number;
  readonly cpus?: number;
  readonly accel: "auto" | "kvm" | "tcg";
  readonly net: "none" | "user" | "passt" | "slirp";
  readonly publish: readonly PublishedPort[];
  readonly audio?: true;
  readonly microphone?: true;
  readonly kernel?: string;
  readonly modules?: string;
  readonly qemu?: string;
  readonly device: string;
  readonly dryRun?: true;
  readonly console?: true;
  /** Name or path of the compositor's socket; without it the environment's. */
  readonly waylandDisplay?: string;
  /** Bytes of windows that the VM can share at once. */
  readonly windowMemory?: number;
  /** The path of the policy file. */
  readonly policy?: string;
  readonly hooks: readonly string[];
}

/** The settings that the command line asked for. */
export interface VmSettings extends VmOptions {
  readonly command: readonly string[];
  /** The names of the settings whose options were given. */
  readonly given: readonly string[];
  readonly warnings: readonly string[];
}

const PROGRAMS = "Programs:";
const FILES = "What the VM sees of this machine:";
const MACHINE = "The machine:";
const WINDOWS = "What the VM may see and do on the desktop:";

const DEFAULT_MEMORY = "2G";

const DEFAULT_KEEP_SIZE = "16G";
/** A file system needs some of it for itself. */
const MIN_KEEP_SIZE: number = 64 * 2 ** 20;

/** A name becomes the name of a folder, and of the guest. */
const MAX_NAME = 32;

const options: OptionTable<VmOptions> = {
  terminal: {
    group: PROGRAMS,
    flags: "-t, --terminal",
    help: "give the program a terminal, as wide as this one",
  },
  name: {
    group: PROGRAMS,
    flags: "--name <NAME>",
    help: "run the program in the VM of this name, which is started if it does not run",
    parse: vmName("--name"),
  },
  serve: {
    group: PROGRAMS,
    flags: "--serve",
    help: "start the VM without a program of its own; the last that others bring ends it (for service managers)",
  },
  list: { group: PROGRAMS, flags: "--list", help: "list the VMs that run, and what --keep has kept" },
  stop: {
    group: PROGRAMS,
    flags: "--stop <NAME>",
    help: "end the VM of this name, and all that runs in it",
    parse: vmName("--stop"),
  },
  installDesktopEntry: {
    group: PROGRAMS,
    flags: "--install-desktop-entry",
    help: "do not run the program, but put it into the desktop's menu, with these options, as 'NAME (VM)'",
  },
  printGuestSetup: {
    group: PROGRAMS,
    flags: "--print-guest-setup",
    help: "print the script that makes the system on a disk ready for --image; run it there, as root",
  },
  env: {
    group: PROGRAMS,
    flags: "--env <VARIABLE>",
    help: "a variable for the program: NAME=VALUE, or NAME for the value that it has here (repeatable)",
    default: [],
    add: addItem,
  },
  home: {
    group: FILES,
    flags: "--home <FOLDER>",
    help: "folder that is the home directory in the VM, and stays (default: an empty one in memory)",
    parse: existingPath,
    completes: "file",
  },
  keep: {
    group: FILES,
    flags: "--keep <NAME>",
    help: "keep all that the VM writes, its home too, under this name for the next VM with it (default: it is in memory)",
    parse: vmName("--keep"),
  },
  keepSize: {
    group: FILES,
    flags: "--keep-size <SIZE>",
    help: `how much that may be at most, when it is made: 512M, 4G... (default: ${DEFAULT_KEEP_SIZE})`,
    default: memorySize("--keep-size")(DEFAULT_KEEP_SIZE),
    parse: keepSize,
    needs: "--keep",
    not: "--image",
  },
  remove: {
    group: FILES,
    flags: "--remove <NAME>",
    help: "delete what --keep has kept under this name",
    parse: vmName("--remove"),
  },
  share: {
    group: FILES,
    flags: "--share <FOLDER>",
    help: "folder to be seen in the VM: FOLDER, FOLDER:PLACE, and :ro if it may not be written to (repeatable)",
    default: [],
    add: addShare,
    completes: "file",
  },
  root: {
    group: FILES,
    flags: "--root <FOLDER>",
    help: "a tree whose programs the VM has, instead of this machine's; read only",
    parse: existingPath,
    completes: "file",
    not: "--image",
  },
  image: {
    group: FILES,
    flags: "--image <FILE>",
    help: "a disk to boot, raw or qcow2, with a system of its own; only read, several VMs can have it",
    parse: existingPath,
    completes: "file",
  },
  rootServer: {
    group: MACHINE,
    flags: "--root-server <KIND>",
    help: "what serves the VM's system: virtiofs (virtiofsd), 9p (QEMU), or auto: virtiofs where it works (default: auto)",
    default: "auto",
    parse: oneOf("--root-server", ["auto", "virtiofs", "9p"]),
    completes: ["auto", "virtiofs", "9p"],
    not: "--image",
  },
  net: {
    group: MACHINE,
    flags: "--net <KIND>",
    help: "none; user: connections to everywhere, from nowhere, by passt if it is installed, else by QEMU's slirp (default: none)",
    default: "none",
    parse: oneOf("--net", ["none", "user", "passt", "slirp"]),
    completes: ["none", "user", "passt", "slirp"],
  },
  publish: {
    group: MACHINE,
    flags: "--publish <PORT>",
    help: "port of the VM that programs here reach at 127.0.0.1: PORT, or HERE:THERE (repeatable)",
    default: [],
    add: addPort,
    needs: "--net",
  },
  audio: {
    group: MACHINE,
    flags: "--audio",
    help: "give the VM a sound card, which plays through PipeWire or PulseAudio",
  },
  microphone: {
    group: MACHINE,
    flags: "--microphone",
    help: "let the VM record with it, too",
    needs: "--audio",
  },
  memory: {
    group: MACHINE,
    flags: "--memory <SIZE>",
    help: `memory of the VM: 512M, 4G... (default: ${DEFAULT_MEMORY})`,
    default: memorySize("--memory")(DEFAULT_MEMORY),
    parse: memorySize("--memory"),
  },
  cpus: {
    group: MACHINE,
    flags: "--cpus <NUMBER>",
    help: "processors of the VM (default: all of this machine, without KVM one)",
    parse: parseCpus,
  },
  accel: {
    group: MACHINE,
    flags: "--accel <KIND>",
    help: "kvm, tcg (slow, but works everywhere), or auto (default: auto)",
    default: "auto",
    parse: oneOf("--accel", ["auto", "kvm", "tcg"]),
    completes: ["auto", "kvm", "tcg"],
  },
  kernel: {
    group: MACHINE,
    flags: "--kernel <FILE>",
    help: "kernel to boot (default: this machine's, else the newest in /boot)",
    parse: existingPath,
    completes: "file",
    not: "--image",
  },
  modules: {
    group: MACHINE,
    flags: "--modules <FOLDER>",
    help: "modules of that kernel (default: those in /lib/modules)",
    parse: existingPath,
    completes: "file",
    needs: "--kernel",
  },
  qemu: {
    group: MACHINE,
    flags: "--qemu <PROGRAM>",
    help: "QEMU, 11.1 or newer (default: the one in $PATH)",
    completes: "program",
  },
  device: {
    group: MACHINE,
    flags: "--device <NAME>",
    help: `what QEMU calls its generic vhost-user device (default: ${DEFAULT_DEVICE})`,
    default: DEFAULT_DEVICE,
    parse: deviceName,
  },
  console: { group: MACHINE, flags: "--console", help: "show what the VM's kernel says, on standard error" },
  dryRun: { group: MACHINE, flags: "--dry-run", help: "print the command that would start the VM, and end" },
  waylandDisplay: {
    group: WINDOWS,
    flags: "--wayland-display <NAME>",
    help: "name or path of the compositor's socket (default: $WAYLAND_DISPLAY, else wayland-0)",
  },
  x11: { group: WINDOWS, flags: "--x11", help: "serve X11 programs in the VM, too, by Xwayland" },
  windowMemory: {
    group: WINDOWS,
    flags: "--window-memory <SIZE>",
    help: "memory for windows that the VM can share with the host at once (default: limits.memory of the policy, else 4G)",
    parse: memorySize("--window-memory"),
  },
  policy: {
    ...policyOptions(WINDOWS, "vm").policy,
    help: "what the VM may see and do on the desktop, in TOML (see docs/policy.md)",
  },
  ...windowOptions(WINDOWS, "the VM", "[NAME] "),
  hooks: hooksOption(WINDOWS),
  ...jailOptions(WINDOWS),
  ...logOptions,
  ...checkOptions,
};

/** The command line of wayland-proxy-vm. */
export const commandLine: CommandLineFor<VmOptions> = {
  name: "wayland-proxy-vm",
  usage: "[options] [--] command [arg...]",
  description: "Runs a program in a disposable VM, and shows its windows on this desktop.",
  options,
  about: [
    "The VM has this machine's programs, read-only, and memory of its own for what it writes, which is gone when it ends. " +
      "It sees no home directory, nothing in /run, /tmp, /srv, /media and /mnt, and no network, unless an option says so. " +
      "It needs QEMU 11.1 or newer, and no privileges.",
  ],
  examples: [
    { command: "wayland-proxy-vm firefox", meaning: "runs Firefox in a VM of its own." },
    {
      command: "wayland-proxy-vm --net user --home ~/vm/work --name work firefox",
      meaning: "does so with a network and a home directory that stays, in a VM named work.",
    },
    { command: "wayland-proxy-vm --name work foot", meaning: "opens a terminal in the same VM." },
    { command: "wayland-proxy-vm --share ~/papers:ro -t bash", meaning: "runs a shell here that can read ~/papers." },
    { command: "wayland-proxy-vm --check", meaning: "reports what is missing for that." },
  ],
  exitStatus:
    "With a command: its own; 128+N if signal N ended it, 126 if it cannot be executed, 127 if it is not found. Always: 125 " +
    "if the VM cannot start, or ends before the command.",
  arguments: "command",
};

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseVmArguments(args: readonly string[]): VmSettings | string {
  const parsed = parseCommandLine(commandLine, args);
  if (typeof parsed === "string") return parsed;
  const { settings, command, given, warnings } = parsed;
  refuseJsonAlone(settings);
  refuseRingOfNothing(settings);
  const { serve, check } = settings;
  if (serve && settings.name === undefined) throw new UserError("--serve needs --name: others find the VM by it");
  if (serve && command.length > 0) throw new UserError("--serve takes no command: bring it with --name alone");
  const action = actions.find((name) => settings[name] !== undefined);
  if (action !== undefined && command.length > 0) throw new UserError(`${flagOf(action)} takes no command`);
  if (command.length === 0 && action === undefined && !serve && !check) {
    throw new UserError("no command: say which program to run; see wayland-proxy-vm --help");
  }
  return { ...settings, command, given, warnings };
}

/** The settings that ask for something else than a VM. */
const actions = ["list", "stop", "remove", "printGuestSetup"] as const;

/** The settings that are a program's own, also in a VM that runs. All others are the VM's. */
const ofPrograms: ReadonlySet<string> = new Set<keyof VmOptions>(["terminal", "name", "env"]);

/**
 * The options of a program for which a VM that runs would have to be another one. What can be given several times is there if
 * the VM has it among others.
 *
 * @param running the settings that the VM was started with
 */
export function optionsTooLate(wanted: VmSettings, running: Partial<VmSettings>): string[] {
  const has = (there: unknown, value: unknown): boolean =>
    Array.isArray(value) && Array.isArray(there)
      ? value.every((item) => there.some((other) => isDeepStrictEqual(item, other)))
      : isDeepStrictEqual(value, there);
  const keys = wanted.given.filter((key) => !ofPrograms.has(key)) as (keyof VmOptions)[];
  return keys.filter((key) => !has(running[key], wanted[key])).map(flagOf);
}

/** The option of a setting, as users write it. */
function flagOf(key: keyof VmOptions): string {
  return /--[\w-]+/.exec(options[key].flags)?.[0] ?? key;
}

function parseCpus(text: string): number {
  const cpus = Number(text);
  if (/^\d{1,3}$/.test(text) && cpus > 0) return cpus;
  throw new UserError(`--cpus ${text} is no number of processors`);
}

function keepSize(text: string): number {
  const size = memorySize("--keep-size")(text);
  if (size >= MIN_KEEP_SIZE) return size;
  throw new UserError(`--keep-size ${text} is too small for a file system: it takes 64M or more`);
}

function vmName(option: string): (text: string) => string {
  return (text) => {
    if (/^[a-zA-Z0-9][\w-]*$/.test(text) && text.length <= MAX_NAME) return text;
    throw new UserError(
      `${option} ${JSON.stringify(text)} is no name for a VM: use up to ${MAX_NAME} letters, digits, - and _`,
    );
  };
}

function existingPath(text: string): string {
  return resolve(text);
}

/** Checks a path that we pass to QEMU and to the guest. */
function checkedPath(path: string): string {
  if (!/[\n,]/.test(path)) return path;
  throw new UserError(`--share ${JSON.stringify(path)}: a path with a comma or a line feed cannot be shared`);
}

function addShare(text: string, shares: readonly SharedFolder[]): readonly SharedFolder[] {
  const writable = !text.endsWith(":ro");
  const rest = writable ? text : text.slice(0, -":ro".length);
  const colon = rest.lastIndexOf(":/");
  const folder = resolve(colon > 0 ? rest.slice(0, colon) : rest);
  const place = colon > 0 ? rest.slice(colon + 1) : folder;
  if (!isAbsolute(place) || place === "/") throw new UserError(`--share ${text}: a share cannot be at ${place}`);
  return [...shares, { folder: checkedPath(folder), place: checkedPath(resolve(place)), writable }];
}

function addPort(text: string, ports: readonly PublishedPort[]): readonly PublishedPort[] {
  const [, host = "", guest = host] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isPort = (port: string): boolean => Number(port) > 0 && Number(port) < 65536;
  if (!isPort(host) || !isPort(guest)) throw new UserError(`--publish ${text} is no port: write 8080, or 8080:80`);
  return [...ports, { host: Number(host), guest: Number(guest) }];
}

function oneOf<T extends string>(option: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new UserError(`${option} ${text}: there are ${choices.join(", ")}`);
  };
}
