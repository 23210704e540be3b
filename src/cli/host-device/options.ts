// SPDX-License-Identifier: Apache-2.0
/** The command line of wayland-proxy-host. */
import { UserError } from "../../errors.ts";
import { type CheckSettings, checkOptions, refuseJsonAlone } from "../common/check-options.ts";
import { type CommandLineFor, type OptionTable, parseCommandLine } from "../common/command-line.ts";
import { type JailSettings, jailOptions } from "../common/jail-options.ts";
import { type LogSettings, logOptions, refuseRingOfNothing } from "../common/log-options.ts";
import { type PolicySettings, policyOptions } from "../common/policy-options.ts";
import { socketGroupOption } from "../common/socket-group.ts";
import { hooksOption } from "../common/user-hooks.ts";
import { DEFAULT_DEVICE, deviceName, memorySize } from "../common/vm-values.ts";
import { type WindowSettings, windowOptions } from "../common/window-options.ts";

/** The settings that have an option. */
interface HostOptions extends LogSettings, CheckSettings, PolicySettings, WindowSettings, JailSettings {
  /** Path of the socket for QEMU; without it the service manager has made one. */
  readonly socket?: string;
  /** The group whose members may connect, too. */
  readonly socketGroup?: string;
  /** Name or path of the compositor's socket; without it the environment's. */
  readonly waylandDisplay?: string;
  /** Bytes that the VM can share at once; without it the policy says so. */
  readonly memory?: number;
  /** The paths of modules with hooks. */
  readonly hooks: readonly string[];
  readonly scanout?: true;
  readonly device: string;
  readonly shmemFeature?: number;
}

/** The settings that the command line asked for. */
export interface HostSettings extends HostOptions {
  /** The command that starts QEMU; empty if it is started in another way. */
  readonly command: readonly string[];
}

const CONNECTION = "What is connected:";
const INTERFACES = "What the VM may see and do:";
const CONFINEMENT = "What the program itself may do:";
const QEMU = "For other versions of QEMU and Linux:";

const options: OptionTable<HostOptions> = {
  socket: {
    group: CONNECTION,
    flags: "--socket <PATH>",
    help: "socket for QEMU to connect to",
    completes: "file",
  },
  socketGroup: socketGroupOption(CONNECTION),
  waylandDisplay: {
    group: CONNECTION,
    flags: "--wayland-display <NAME>",
    help: "name or path of the compositor's socket (default: $WAYLAND_DISPLAY, else wayland-0)",
  },
  memory: {
    group: CONNECTION,
    flags: "--memory <SIZE>",
    help: "memory that the VM can share with the host at once: 512M... (default: limits.memory of the policy, else 4G)",
    parse: memorySize("--memory"),
  },
  ...policyOptions(INTERFACES, "vm"),
  ...windowOptions(INTERFACES, "the VM"),
  hooks: hooksOption(INTERFACES),
  ...jailOptions(CONFINEMENT),
  device: {
    group: QEMU,
    flags: "--device <NAME>",
    help: `what QEMU calls its generic vhost-user device (default: ${DEFAULT_DEVICE})`,
    default: DEFAULT_DEVICE,
    parse: deviceName,
  },
  shmemFeature: {
    group: QEMU,
    flags: "--shmem-feature <BIT>",
    help: "number of the SHMEM protocol feature of vhost-user (default: 22, as in QEMU 11.1)",
    parse: parseFeature,
  },
  scanout: {
    group: QEMU,
    flags: "--scanout",
    help: "claim a display without a mode, which Linux before 6.2 wants to see",
  },
  ...logOptions,
  ...checkOptions,
};

/** The command line of wayland-proxy-host. */
export const commandLine: CommandLineFor<HostOptions> = {
  name: "wayland-proxy-host",
  usage: "--socket PATH [options] [-- qemu-system-x86_64 [arg...]]",
  description: "Gives a VM of unmodified QEMU a virtio-gpu device that opens windows on this host's compositor.",
  options,
  about: [
    "Start it before QEMU, and start QEMU with the arguments that it prints. In the guest, start wayland-proxy " +
      "--virtio-gpu. It serves one VM at a time, and waits for the next when that VM ends.",
    "With a command it starts QEMU itself, with the same arguments added, and ends with it. The machine's memory is what " +
      "the command says with -m, else 2G.",
  ],
  examples: [
    {
      command: "wayland-proxy-host --socket /run/user/1000/vm.sock --tag '[vm] '",
      meaning: "serves a VM, whose windows have titles that begin with [vm].",
    },
    {
      command: "wayland-proxy-host --socket /tmp/vm.sock -- qemu-system-x86_64 -accel kvm -m 4G disk.qcow2",
      meaning: "starts a VM with that device.",
    },
    { command: "wayland-proxy-host --check", meaning: "reports what is missing for that." },
  ],
  exitStatus:
    "With a command: its own. Without one: 0 when a signal ended the program. Always: 1 when it cannot start, or fails.",
  arguments: "command",
};

/**
 * Reads the arguments (without the names of Node and of the program). Text is returned instead of settings when the
 * user asked for just that: the help or the version. Throws a UserError.
 */
export function parseHostArguments(args: readonly string[]): HostSettings | string {
  const parsed = parseCommandLine(commandLine, args);
  if (typeof parsed === "string") return parsed;
  refuseJsonAlone(parsed.settings);
  refuseRingOfNothing(parsed.settings);
  return { ...parsed.settings, command: parsed.command };
}

function parseFeature(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > 63) {
    throw new UserError(`--shmem-feature ${text} is no number of a feature: write one from 0 to 63`);
  }
  return Number(text);
}
