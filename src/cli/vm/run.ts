// SPDX-License-Identifier: Apache-2.0
/** A program in a VM from its start to its end. */
import { existsSync, mkdirSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { takeInheritedSockets } from "../../listen/inherited-sockets.ts";
import type { Logger } from "../../log/logger.ts";
import { forbidDumps } from "../../native/memory.ts";
import type { ProgramStart } from "../../vm/channel/messages.ts";
import type { OpenLayer } from "../../vm/host/layer.ts";
import type { System } from "../../vm/host/qemu.ts";
import { SANDBOX_REMEDY } from "../../vm/host/sandbox.ts";
import { RemoteProgram, type Streams } from "../../vm/remote-program.ts";
import { Vm, type VmError, type VmOptions, vmCommand } from "../../vm/vm.ts";
import { bytesText } from "../common/bytes-text.ts";
import { CloseStack } from "../common/close-stack.ts";
import { Diagnostics } from "../common/diagnostics.ts";
import type { Environment } from "../common/environment.ts";
import { confine, prepareJail } from "../common/jail.ts";
import { ControlSocket } from "./control.ts";
import { openDisplay } from "./display.ts";
import { guestEnvironment } from "./guest-environment.ts";
import { refuseOtherVm, runInVm, settingsOfVm } from "./join.ts";
import { openKept } from "./kept.ts";
import { KVM_REMEDY, type MachineFacts, machineOptions, ownLauncher } from "./machine.ts";
import { Claim, claimInherited, claimOrJoin, madeUpName, type VmPlace, vmPlace } from "./names.ts";
import type { VmSettings } from "./options.ts";
import { attend, ownSize, ownStreams, requireTerminal } from "./own-terminal.ts";
import { Signals } from "./signals.ts";
import { caller } from "./user.ts";

/** The exit code when it is not the program's. */
const VM_FAILED = 125;

/** QEMU's complaint about a device that it does not know, or does not let users create. */
const NO_DEVICE = /not a valid device model name|expects a pluggable device type/;

/** QEMU's complaint about KVM. */
const NO_KVM = /KVM internal error|kvm run failed|failed to initialize kvm|Could not access KVM/;

/** The guest's complaint about the disk with what is kept. */
const NO_LAYER = /^launcher: mount \/upper: /m;

/** Ours about a guest whose agent does not answer, and QEMU's about a file that is open elsewhere. */
const NOT_READY = /^it was not ready /;
const IN_USE = /Failed to get .* lock/;

/** The launcher's complaint when it may not make namespaces, or what is in them. */
const NO_SANDBOX = /^launcher: (unshare|write|mount|pivot|filter) /m;

/** Milliseconds that other programs may outlive the first before a line says why we do not end. */
const LINGER_UNEXPLAINED_MS = 1000;

/** Runs the program in the VM that it is meant for, and resolves to the exit code. Throws UserErrors. */
export async function runVm(settings: VmSettings, environment: Environment): Promise<number> {
  const ownName = settings.name ?? madeUpName();
  const place = vmPlace(environment.runtimeDir, ownName);
  // Who only brings a program to a VM that runs is not to wait for that.
  if (!settings.dryRun && !(joins(settings) && existsSync(place.socket))) prepareJail(settings, environment);
  const diagnostics = new Diagnostics("wayland-proxy-vm", settings, environment);
  if (settings.terminal) requireTerminal();
  for (const warning of settings.warnings) diagnostics.log.warn(warning);
  // Before there is anything that a signal would leave behind.
  const signals = new Signals();
  const claim = await claimFor(settings, environment, place);
  if (!(claim instanceof Claim)) {
    const running = await settingsOfVm(claim);
    refuseOtherVm(settings, running);
    return runInVm(claim, programStart(settings, environment, running.image !== undefined), signals, diagnostics.log);
  }
  await using parts = new CloseStack();
  process.once("exit", () => claim.removeFiles());
  parts.defer(() => claim.removeFiles());
  const start = programStart(settings, environment, settings.image !== undefined);
  const facts: MachineFacts = { name: ownName, place: claim.leftovers, start, log: diagnostics.log };
  const options = await machineOptions(settings, environment, facts);
  if (settings.dryRun) return printCommand(options);
  parts.use(diagnostics);
  return await runOwnVm(settings, environment, diagnostics, { facts, options, claim, signals });
}

function printCommand(options: VmOptions): number {
  const { launcher, words, helpers } = vmCommand(options);
  for (const command of [...helpers.map((helper) => helper.words.list), words])
    process.stdout.write(`${[launcher, ...command].map(quote).join(" ")}\n`);
  return 0;
}

/** The parts that a VM of our own is made from. */
interface OwnVm {
  readonly facts: MachineFacts;
  readonly options: VmOptions;
  readonly claim: Claim;
  readonly signals: Signals;
}

async function runOwnVm(
  settings: VmSettings,
  environment: Environment,
  diagnostics: Diagnostics,
  { facts, options, claim, signals }: OwnVm,
): Promise<number> {
  // Before there is anything of a guest in our memory.
  forbidDumps();
  const { log, name, start } = facts;
  await using parts = new CloseStack();
  const layer = await openLayer(settings, environment, options.system, log);
  if (layer !== null) parts.defer(() => layer.lock.close());
  const sockets = join(facts.place.folder, "sockets");
  mkdirSync(sockets, { mode: 0o700 });
  const release = options.system.kind === "image" ? null : options.system.kernel.release;
  const display = await openDisplay(settings, environment, sockets, name, release, diagnostics, parts);
  diagnostics.listen(join(sockets, "control"), () => display.statistics);
  const programs = new RunningPrograms();
  const vm = await Vm.start({ ...options, layerLock: layer?.lock, counted: (count) => programs.counted(count) });
  let isClosing = false;
  parts.defer(() => {
    isClosing = true;
    return vm.close();
  });
  const streams = settings.serve ? null : ownStreams(log);
  const failed = vm.ended.then((error) => {
    if (!isClosing) report(error, options, log);
    return VM_FAILED;
  });
  const asked = new Promise<number>((resolve) => {
    const { switchboard } = vm;
    const target = { switchboard, log, settings, stop: () => resolve(VM_FAILED) };
    const server = new ControlSocket(claim.fd.duplicate(), target);
    parts.defer(() => server.close());
  });
  const over = Promise.race([failed, asked, signals.stopped]);
  // Before QEMU has got to anything of the guest's. It is outside, as is what cleans up after us.
  confine(settings, log, true);
  const isReady = await Promise.race([
    vm.ready.then(
      () => true,
      () => false,
    ),
    over,
  ]);
  if (isReady !== true) return await over;
  if (streams === null) return await Promise.race([programs.last().then(() => 0), over]);
  const code = await runFirst(vm, facts, streams, over, signals);
  if (!signals.terminated) await programs.lastOrOver(start.command[0] ?? "", over, log);
  return code;
}

/** The program that the user wants, as its VM starts it. Throws a UserError. */
function programStart(
  { command, env, terminal }: VmSettings,
  { inheritable }: Environment,
  isOfImage: boolean,
): ProgramStart {
  return {
    command,
    environment: guestEnvironment(inheritable, env, isOfImage ? null : caller(inheritable), terminal === true),
    folder: ownFolder(),
    terminal: terminal ? ownSize() : null,
  };
}

/** Takes the name of a VM to be started, or connects to the one that has it. */
async function claimFor(settings: VmSettings, { service }: Environment, place: VmPlace): Promise<Claim | Socket> {
  const inherited = settings.serve ? takeInheritedSockets(service, process.pid, ["vm"]).get("vm") : undefined;
  if (inherited !== undefined) return claimInherited(place, inherited, ownLauncher());
  return await claimOrJoin(place, joins(settings), ownLauncher());
}

/** Whether a VM of that name that runs will do. */
function joins({ serve, name, dryRun }: VmSettings): boolean {
  return name !== undefined && !serve && !dryRun;
}

/** Takes what is kept for the VM, and says where that is if it is new; null: nothing is. */
async function openLayer(
  { keep, keepSize }: VmSettings,
  environment: Environment,
  system: System,
  log: Logger,
): Promise<OpenLayer | null> {
  if (keep === undefined) return null;
  const layer = await openKept(environment, keep, keepSize, system);
  if (layer.isNew) log.info(`what the VM writes is kept in ${layer.file}, up to ${bytesText(layer.size)}`);
  return layer;
}

/** Runs the program for which the VM was started. */
function runFirst(
  vm: Vm,
  { start }: MachineFacts,
  streams: Streams,
  over: Promise<number>,
  signals: Signals,
): Promise<number> {
  const line = vm.switchboard.connect({ deliver: (frame) => program.onFrame(frame) });
  const program = new RemoteProgram(1, start, streams, (frame) => line.send(frame));
  void over.then((code) => program.end(code));
  return attend(program, start.terminal !== null, signals);
}

/** How many programs run in the VM. */
class RunningPrograms {
  #count = 0;
  #hasBegun = false;
  #idle: (() => void) | null = null;

  counted(count: number): void {
    this.#count = count;
    this.#hasBegun = true;
    if (count === 0) this.#idle?.();
  }

  /** Resolves when there was a program, and none is left. */
  last(): Promise<void> {
    if (this.#hasBegun && this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  /** Resolves when the last has ended, or the VM is over. */
  async lastOrOver(first: string, over: Promise<unknown>, log: Logger): Promise<void> {
    if (this.#count === 0) return;
    const explanation = setTimeout(() => {
      log.info(`${first} has ended, but others run in this VM; SIGTERM, SIGINT or --stop ends them`);
    }, LINGER_UNEXPLAINED_MS);
    await Promise.race([this.last(), over]);
    clearTimeout(explanation);
  }
}

/** The folder that we were started in, if that is still there. */
function ownFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

/** The remedy for an error of QEMU, or of what makes its sandbox. */
function remedyFor(text: string, { system, layer }: VmOptions): string {
  if (system.kind === "image" && NOT_READY.test(text)) {
    return "; does it boot, and was the script of --print-guest-setup run in it? --console shows what it says";
  }
  if (system.kind === "image" && IN_USE.test(text)) return `; another program writes to ${system.file}: end it first`;
  if (NO_LAYER.test(text)) return `; repair what is kept with e2fsck -f ${layer}, or --remove it`;
  if (NO_DEVICE.test(text)) return "; QEMU has to be 11.1 or newer: --qemu PROGRAM names another";
  if (NO_KVM.test(text)) return `; ${KVM_REMEDY}`;
  return NO_SANDBOX.test(text) ? `; ${SANDBOX_REMEDY}` : "";
}

function report(error: VmError, options: VmOptions, log: Logger): void {
  const text = error.lines.join("\n");
  const remedy = remedyFor(`${error.message}\n${text}`, options);
  log.error(`the VM has failed: ${error.message}${remedy}${text === "" ? "" : `\n${text}`}`);
}

/** Quotes a word for a shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
