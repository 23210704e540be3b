// SPDX-License-Identifier: Apache-2.0
/** The VM that the command line asks for. */
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../check/places.ts";
import { UserError } from "../../errors.ts";
import type { Logger } from "../../log/logger.ts";
import { packageRoot } from "../../native/package-root.ts";
import { findKernel } from "../../vm/boot/kernel.ts";
import { HOME_PLACE, type ProgramStart } from "../../vm/channel/messages.ts";
import { type Acceleration, kvmProblem, START_LIMIT_MS } from "../../vm/host/acceleration.ts";
import { type DiskImage, diskImage } from "../../vm/host/image.ts";
import { type Network, userNetwork } from "../../vm/host/network.ts";
import { passtProblem } from "../../vm/host/passt.ts";
import type { Folders, System } from "../../vm/host/qemu.ts";
import { launcherPath } from "../../vm/launcher.ts";
import type { VmOptions } from "../../vm/vm.ts";
import type { Leftovers } from "../../vm/words.ts";
import type { Environment } from "../common/environment.ts";
import { writeError } from "../common/standard-error.ts";
import { answerOf } from "./answer.ts";
import { consoleLines } from "./console-lines.ts";
import { displayArguments, guestProxy } from "./display.ts";
import { displayVariables, GUEST_X_DISPLAY, guestRuntimeDir } from "./guest-environment.ts";
import { keptFile } from "./kept.ts";
import type { SharedFolder, VmSettings } from "./options.ts";
import { rootServerFor } from "./root-server.ts";
import { findSound } from "./sound.ts";
import { caller, userFolder } from "./user.ts";

const PACKAGE = fileURLToPath(packageRoot);

/** The path of our launcher. Throws a UserError when it is not there. */
export function ownLauncher(): string {
  return launcherPath(PACKAGE);
}

/** The facts that are known besides the command line. */
export interface MachineFacts {
  readonly name: string;
  readonly place: Leftovers;
  readonly start: ProgramStart;
  readonly log: Logger;
}

/** Throws UserErrors for what is missing. */
export async function machineOptions(
  settings: VmSettings,
  environment: Environment,
  { name, place, start, log }: MachineFacts,
): Promise<VmOptions> {
  const acceleration = chooseAcceleration(settings.accel, log);
  const network = await networkOf(settings, environment, log);
  const qemu = qemuForVm(settings, environment);
  const user = caller(environment.inheritable);
  const system = await systemFor(settings, environment);
  const isImage = system.kind === "image";
  const homePlace = isImage ? HOME_PLACE : user.home;
  const home: SharedFolder[] =
    settings.home === undefined ? [] : [{ folder: settings.home, place: homePlace, writable: true }];
  for (const { folder } of [...home, ...settings.share]) mustBeFolder(folder);
  return {
    acceleration,
    startLimit: START_LIMIT_MS[acceleration],
    memory: settings.memory,
    cpus: settings.cpus ?? (acceleration === "kvm" ? availableParallelism() : 1),
    shares: [...home, ...settings.share],
    devices: displayArguments(settings.device),
    system,
    qemu,
    place,
    cache: cacheFolder(environment),
    package: PACKAGE,
    launcher: ownLauncher(),
    network,
    sound: settings.audio ? await findSound(qemu, environment, settings.microphone === true) : null,
    layer: settings.keep === undefined ? null : keptFile(environment, settings.keep, isImage),
    guest: {
      user: {
        uid: user.uid,
        gid: user.gid,
        groups: user.groups,
        home: user.home,
        homeIsShared: settings.home !== undefined,
        environment: {},
      },
      hostname: name,
      runtimeDir: guestRuntimeDir(user),
      environment: {
        ...(isImage ? displayVariables : {}),
        ...(settings.x11 ? { DISPLAY: GUEST_X_DISPLAY } : {}),
      },
      services: [guestProxy(start.environment, settings.x11 === true)],
    },
    ...(settings.console ? { console: consoleLines(writeError) } : {}),
  };
}

/** What the VM boots, and what serves that. Throws a UserError for what is not there. */
async function systemFor(settings: VmSettings, environment: Environment): Promise<System> {
  const boots = bootedBy(settings);
  if (boots.kind === "image") return boots;
  const { virtiofsd } = await rootServerFor(settings, environment, boots.kernel);
  return { ...boots, virtiofsd };
}

/** What the VM boots. Throws a UserError for what is not there. */
export function bootedBy({ image, kernel, modules, root }: VmSettings): DiskImage | Omit<Folders, "virtiofsd"> {
  if (image !== undefined) return diskImage(image);
  if (root !== undefined) mustBeRoot(root);
  return { kind: "folders", kernel: findKernel({ image: kernel, modules }), tree: root };
}

async function networkOf({ net, publish }: VmSettings, environment: Environment, log: Logger): Promise<Network | null> {
  if (net === "none") return null;
  const passt = await passtFor(net, environment);
  if (net === "user" && passt === null) {
    const remedy = `${PASST_REMEDY}; --net slirp says that this is known`;
    log.warn(`without passt the VM reaches what listens on 127.0.0.1 here: ${remedy}`);
  }
  return userNetwork(publish, passt);
}

/** The path of the passt that makes the connections; null: QEMU does. Throws a UserError when passt is wanted and will not do. */
export async function passtFor(net: VmSettings["net"], { searchPath }: Environment): Promise<string | null> {
  if (net === "none" || net === "slirp") return null;
  const found = findProgram("passt", searchPath);
  const problem = found === null ? "there is no program passt" : passtProblem(await answerOf(found, ["--version"]));
  if (problem === null) return found;
  if (net === "user") return null;
  const subject = found === null ? "" : `${found} will not do: `;
  throw new UserError(`${subject}${problem}; ${PASST_REMEDY}, or use --net slirp`);
}

/** What to do without a passt that will do. */
export const PASST_REMEDY = "install passt 2025_05_03 or newer (package passt; Debian 13 has it)";

/** Throws a UserError for a folder that the guest cannot be given. */
function mustBeFolder(path: string): void {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (!isFolder) throw new UserError(`the VM cannot have ${path}: there is no such folder`);
}

/** Throws a UserError for a folder that cannot be a guest's root: what is ours in there is put into its /run. */
function mustBeRoot(path: string): void {
  mustBeFolder(path);
  const run = join(path, "run");
  if (statSync(run, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UserError(
    `the VM cannot have ${path} as its root: there is no folder ${run}; make it, if all else is there`,
  );
}

/** The path of QEMU. The error of a machine without it points to what tells all that is missing: it may be the first of more. */
function qemuForVm(settings: VmSettings, environment: Environment): string {
  try {
    return findQemu(settings, environment);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}; --check says all that is missing`);
  }
}

/** The path of QEMU. Throws a UserError. */
export function findQemu({ qemu }: VmSettings, { searchPath }: Environment): string {
  const program = qemu ?? `qemu-system-${process.arch === "arm64" ? "aarch64" : "x86_64"}`;
  const found = findProgram(program, searchPath);
  if (found !== null) return found;
  throw new UserError(`there is no program ${program}: install QEMU 11.1 or newer, or name it with --qemu`);
}

/** The folder in which initial file systems are kept. */
export function cacheFolder({ inheritable }: Environment): string {
  return join(userFolder(inheritable, "XDG_CACHE_HOME", ".cache"), "wayland-proxy-vm");
}

function chooseAcceleration(wanted: VmSettings["accel"], log: Logger): Acceleration {
  if (wanted !== "auto") return wanted;
  const problem = kvmProblem();
  if (problem === null) return "kvm";
  log.warn(`the VM is slow: ${problem}; --accel tcg says that this is known`);
  return "tcg";
}

/** The remedy where KVM can be opened, and does not work. */
export const KVM_REMEDY =
  "KVM does not work on this machine, maybe since it is a VM itself: do without it by --accel tcg";
