// SPDX-License-Identifier: Apache-2.0
/** Whether wayland-proxy-vm would work. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkCompositor } from "../../check/compositor.ts";
import { attempt, type Finding, failed, missing, ok } from "../../check/finding.ts";
import { checkFdLimit } from "../../check/limits.ts";
import { checkCommand, checkRuntimeDirectory, findProgram } from "../../check/places.ts";
import { UserError } from "../../errors.ts";
import { unixHost } from "../../host/unix.ts";
import { printable } from "../../log/printable.ts";
import { packageRoot } from "../../native/package-root.ts";
import { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { vmPolicy } from "../../protocol/vm-policy.ts";
import { initramfsFor } from "../../vm/boot/initramfs.ts";
import { findKernel, type Kernel } from "../../vm/boot/kernel.ts";
import { kvmProblem } from "../../vm/host/acceleration.ts";
import { tryKvm } from "../../vm/host/kvm-trial.ts";
import { E2FSPROGS_REMEDY } from "../../vm/host/layer.ts";
import { sandboxProblem } from "../../vm/host/sandbox.ts";
import { launcherPath } from "../../vm/launcher.ts";
import { bytesText } from "../common/bytes-text.ts";
import { checkLogs } from "../common/check-logs.ts";
import type { Environment } from "../common/environment.ts";
import { checkConfinement } from "../common/jail.ts";
import { checkPolicy } from "../common/policy-options.ts";
import { checkHooks } from "../common/user-hooks.ts";
import { hostSocketPath } from "../upstream/host-address.ts";
import { answerOf } from "./answer.ts";
import { tagOf } from "./display.ts";
import { findMakeFileSystem, keptFile } from "./kept.ts";
import { bootedBy, cacheFolder, findQemu, KVM_REMEDY, PASST_REMEDY, passtFor } from "./machine.ts";
import { madeUpName } from "./names.ts";
import type { VmSettings } from "./options.ts";
import { rootServerFor } from "./root-server.ts";
import { findSound } from "./sound.ts";

const PACKAGE = fileURLToPath(packageRoot);

/** Looks at everything that these settings ask for, and changes nothing but the cache. */
export async function checkVm(settings: VmSettings, environment: Environment): Promise<Finding[]> {
  const protocol = new ProtocolRegistry();
  const {
    command: [program],
    hooks,
    x11,
    keep,
    audio,
    net,
  } = settings;
  const findings = [
    await attempt("QEMU", () => checkQemu(settings, environment)),
    await attempt("KVM", () => checkKvm(settings, environment)),
    await attempt(settings.image === undefined ? "kernel" : "image", () => checkSystem(settings, environment)),
    await attempt("sandbox", () => checkSandbox()),
    await attempt("runtime directory", () => checkRuntimeDirectory(environment.runtimeDir)),
    await attempt("compositor", () => checkInterfaces(settings, environment)),
    x11 ? [checkXwayland(environment)] : [],
    await attempt("passt", () => checkPasst(net, environment)),
    audio ? await attempt("sound", () => checkSound(settings, environment)) : [],
    keep === undefined ? [] : [checkKept(keep, settings, environment)],
    program === undefined ? [] : [checkCommand(program, environment.searchPath)],
    await checkPolicy({ ...settings, defaultTag: tagOf(settings.name ?? madeUpName()) }, "vm", protocol),
    await checkLogs(settings, protocol),
    await checkHooks(hooks, protocol),
    checkConfinement(settings),
    checkFdLimit(),
  ];
  return findings.flat();
}

async function checkQemu(settings: VmSettings, environment: Environment): Promise<Finding[]> {
  const qemu = findQemu(settings, environment);
  const devices = await answerOf(qemu, ["-device", "help"]);
  if (devices === "") return [failed("QEMU", `${qemu} does not start: install it anew`)];
  const [, number = "of an unknown version"] = /version ([\d.]+)/.exec(await answerOf(qemu, ["--version"])) ?? [];
  if (devices.includes(`name "${settings.device}"`)) return [ok("QEMU", `${qemu}, ${number}`)];
  const text = `${qemu} is ${number}, and has no ${settings.device}: install 11.1 or newer, or name it with --qemu`;
  return [failed("QEMU", text)];
}

async function checkKvm(settings: VmSettings, environment: Environment): Promise<Finding[]> {
  const { accel } = settings;
  if (accel === "tcg") return [missing("KVM", "not wanted (--accel tcg): the VM is slow")];
  const problem = kvmProblem();
  if (problem !== null)
    return [accel === "kvm" ? failed("KVM", problem) : missing("KVM", `the VM is slow: ${problem}`)];
  let failure: string | null;
  try {
    const { image } = findKernel({ image: settings.kernel, modules: settings.modules });
    failure = await tryKvm(findQemu(settings, environment), image);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Which is missing is a finding of its own.
    return [missing("KVM", "can be opened; to try it takes QEMU and a kernel")];
  }
  return [failure === null ? ok("KVM", "boots a kernel") : failed("KVM", `${printable(failure)}; ${KVM_REMEDY}`)];
}

async function checkSystem(settings: VmSettings, environment: Environment): Promise<Finding[]> {
  const boots = bootedBy(settings);
  if (boots.kind === "image") {
    return [ok("image", `${boots.file} (${boots.format}), a disk of ${bytesText(boots.size)}`)];
  }
  const { kernel } = boots;
  const servers = await attempt("virtiofs", () => checkRootServer(settings, environment, kernel));
  const hasVirtiofs = servers.every(({ verdict }) => verdict === "ok");
  const parts = { hasVirtiofs, hasLayer: settings.keep !== undefined };
  initramfsFor(kernel, launcherPath(PACKAGE), cacheFolder(environment), parts);
  return [ok("kernel", `${kernel.image} (${kernel.release}), with all modules in ${kernel.modules}`), ...servers];
}

async function checkRootServer(settings: VmSettings, environment: Environment, kernel: Kernel): Promise<Finding[]> {
  const server = await rootServerFor(settings, environment, kernel);
  if (server.virtiofsd !== null) return [ok("virtiofs", server.virtiofsd)];
  const { reason, remedy } = server.why;
  return [missing("virtiofs", `QEMU serves the VM's system by 9p: ${reason}; ${remedy}`)];
}

function checkSandbox(): Finding {
  const folder = mkdtempSync(join(tmpdir(), "wayland-proxy-vm-"));
  try {
    const problem = sandboxProblem(launcherPath(PACKAGE), folder);
    if (problem === null) return ok("sandbox", "namespaces can be made, in which files are hidden from the VM");
    return failed("sandbox", problem);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function checkInterfaces(settings: VmSettings, { inheritable }: Environment): Promise<Finding[]> {
  const path = hostSocketPath(inheritable, settings.waylandDisplay);
  const policy = vmPolicy(settings);
  const protocol = new ProtocolRegistry();
  policy.check(protocol);
  const remedy = "start it, or name another with --wayland-display";
  return checkCompositor({ name: path, connect: unixHost(path), remedy }, policy, protocol);
}

async function checkSound(settings: VmSettings, environment: Environment): Promise<Finding[]> {
  const { driver, socket } = await findSound(findQemu(settings, environment), environment, false);
  return [ok("sound", `${socket}, by QEMU's driver ${driver}`)];
}

/** What makes connections, which matters as soon as there is a network. */
async function checkPasst(net: VmSettings["net"], environment: Environment): Promise<Finding[]> {
  if (net === "slirp") return [];
  const found = await passtFor(net === "none" ? "user" : net, environment);
  if (found !== null) return [ok("passt", found)];
  const text = `there is none that will do, so with --net user a VM reaches what listens on 127.0.0.1 here: ${PASST_REMEDY}`;
  return [missing("passt", text)];
}

function checkXwayland({ searchPath }: Environment): Finding {
  const found = findProgram("Xwayland", searchPath);
  if (found !== null) return ok("Xwayland", found);
  return failed("Xwayland", "there is none for the VM to use: install it (Debian: xwayland)");
}

function checkKept(name: string, { image }: VmSettings, environment: Environment): Finding {
  const file = keptFile(environment, name, image !== undefined);
  if (existsSync(file)) return ok("kept", file);
  if (image !== undefined) return ok("kept", `${file} is made when it is needed`);
  const program = findMakeFileSystem(environment);
  if (program === null) return failed("kept", `${file} cannot be made without mkfs.ext4: ${E2FSPROGS_REMEDY}`);
  return ok("kept", `${file} is made by ${program} when it is needed`);
}
