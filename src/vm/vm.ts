// SPDX-License-Identifier: Apache-2.0
/** A virtual machine that boots from folders of this one, and runs programs. It knows nothing of windows. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Fd } from "../native/fd.ts";
import { listenUnix } from "../native/socket.ts";
import { type InitramfsParts, initramfsFor } from "./boot/initramfs.ts";
import { ChannelError, type Frame, FrameKind, FrameReader, frameBytes, jsonBody } from "./channel/frame.ts";
import type { GuestSetup } from "./channel/messages.ts";
import { guestSteps, shareTag } from "./host/guest-steps.ts";
import { Helper, type HelperCommand } from "./host/helper.ts";
import { KVM_FAILURE } from "./host/kvm-trial.ts";
import { passtCommand } from "./host/passt.ts";
import { type Machine, qemuArguments } from "./host/qemu.ts";
import { type GuestSystem, type OwnPrograms, type SandboxContent, sandboxWords, socketNames } from "./host/sandbox.ts";
import { soundEnvironment } from "./host/sound.ts";
import { Switchboard } from "./host/switchboard.ts";
import { Tail } from "./host/tail.ts";
import { virtiofsdCommand } from "./host/virtiofsd.ts";
import type { Leftovers } from "./words.ts";

/** Milliseconds that a guest may take to write what it holds in its memory. */
const POWER_OFF_LIMIT_MS = 30_000;

/** The form of a VM. */
export interface VmOptions extends Machine {
  /** The program of QEMU: its path. */
  readonly qemu: string;
  /**
   * An empty folder that only we can enter, for as long as the VM runs, with the socket and the lock that belong to it. Its
   * own sockets are in "sockets", which is made. Whoever makes it calls `watchLeftovers` before.
   */
  readonly place: Leftovers;
  /** The folder in which initial file systems are kept. */
  readonly cache: string;
  /** The package that we are. */
  readonly package: string;
  /** The launcher in it. */
  readonly launcher: string;
  readonly guest: Omit<GuestSetup, "isKept" | "nameserver" | "shares">;
  /** The lock of the layer that stays, which is kept until QEMU has ended, even if we are killed before. */
  readonly layerLock?: Fd | undefined;
  /** Milliseconds after which a VM that takes no programs yet is given up. */
  readonly startLimit: number;
  /** Gets what the guest's console says. */
  readonly console?: ((bytes: Buffer) => void) | undefined;
  /** Called when a program was started or has ended, with how many run. */
  readonly counted?: ((programs: number) => void) | undefined;
}

/** The VM has ended, or could not begin. */
export class VmError extends Error {
  /** The last lines of its console, and of QEMU. */
  readonly lines: readonly string[];

  constructor(message: string, lines: readonly string[]) {
    super(message);
    this.lines = lines;
  }
}

/** The command that starts QEMU, and what is done around it. */
export interface VmCommand {
  readonly launcher: string;
  readonly words: readonly string[];
  /** Those that are started before. */
  readonly helpers: readonly HelperCommand[];
}

/** Makes what a VM needs, and says how it is started. */
export function vmCommand(options: VmOptions): VmCommand {
  const { shares, layer } = options;
  const { folder } = options.place;
  for (const name of ["sockets", "root"]) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const system = systemOf(options);
  const own: OwnPrograms = { package: options.package, node: process.execPath };
  const content: SandboxContent = {
    ...own,
    folder: join(folder, "root"),
    sockets: join(folder, "sockets"),
    system,
    shares,
    layer,
    soundSocket: options.sound?.socket ?? null,
    qemu: options.qemu,
    devices: ["/dev/null", "/dev/urandom", ...(options.acceleration === "kvm" ? ["/dev/kvm"] : [])],
    network: options.network !== null && options.network.passt === null,
    parent: process.pid,
  };
  const words = sandboxWords(content, qemuArguments(options)).list;
  return { launcher: options.launcher, words, helpers: helpersOf(options, system, own) };
}

/** The programs beside QEMU. */
function helpersOf({ network, place }: VmOptions, system: GuestSystem, own: OwnPrograms): HelperCommand[] {
  const socket = (name: keyof typeof socketNames): string => join(place.folder, "sockets", socketNames[name]);
  const helpers: HelperCommand[] = [];
  if (network !== null && network.passt !== null) {
    helpers.push(passtCommand(network.passt, network, socket("network"), process.pid));
  }
  if (system.kind === "folders" && system.virtiofsd !== null) {
    const content = { ...own, folder: join(place.folder, "root"), system, parent: process.pid };
    helpers.push(virtiofsdCommand({ ...content, program: system.virtiofsd }, socket("root")));
  }
  return helpers;
}

/** What the guest boots, which is made if it has no system of its own. */
function systemOf({ system, place, launcher, cache, layer, shares, network }: VmOptions): GuestSystem {
  if (system.kind === "image") return system;
  const { kernel, tree, virtiofsd } = system;
  const parts: InitramfsParts = { hasVirtiofs: virtiofsd !== null, hasLayer: layer !== null };
  const script = join(place.folder, "script");
  writeFileSync(script, guestSteps(shares, network, layer !== null).text);
  const initramfs = initramfsFor(kernel, launcher, cache, parts);
  return { kind: "folders", kernel: kernel.image, initramfs, script, tree, virtiofsd };
}

/** A running VM. */
export class Vm {
  /** Through which programs are started. */
  readonly switchboard: Switchboard;
  /** Resolves when its agent takes programs; rejects with a VmError when it does not get that far. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, to the reason. */
  readonly ended: Promise<VmError>;
  readonly #console = new Tail();
  readonly #errors = new Tail();
  readonly #options: VmOptions;
  #server: Server | null = null;
  #helpers: readonly Helper[] = [];
  #agent: Socket | null = null;
  /** For the agent, until QEMU has connected it. */
  #early: Buffer[] = [];
  #qemu: ChildProcess | null = null;
  #startTimer: NodeJS.Timeout | undefined;
  #isReady = false;
  #failure: VmError | null = null;
  #tellReady!: () => void;
  #tellEnd!: (reason: VmError) => void;

  private constructor(options: VmOptions) {
    this.#options = options;
    this.switchboard = new Switchboard(
      (bytes) => this.#toAgent(bytes),
      (programs) => options.counted?.(programs),
    );
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    const isReady = new Promise<void>((resolve) => {
      this.#tellReady = resolve;
    });
    const failed = this.ended.then((reason) => Promise.reject(reason));
    this.ready = Promise.race([isReady, failed]);
    // Whoever waits for neither learns of the end by `ended`.
    this.ready.catch(() => {});
  }

  /** Starts a VM. Throws UserErrors. */
  static async start(options: VmOptions): Promise<Vm> {
    const vm = new Vm(options);
    await vm.#start();
    return vm;
  }

  /** Ends it, and resolves when nothing of it is left. At once, unless what it has written is to stay. */
  async close(): Promise<void> {
    if (this.#options.layer !== null && this.#isReady) await this.#powerOff();
    this.#fail("it was ended");
    await this.ended;
  }

  /** Lets the guest end itself, and write what it holds in its memory before. */
  async #powerOff(): Promise<void> {
    // The agent ends with its connection, and the machine with the agent.
    this.#agent?.end();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POWER_OFF_LIMIT_MS);
      void this.ended.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #start(): Promise<void> {
    const { launcher, words, helpers } = vmCommand(this.#options);
    const server = createServer((socket) => this.#onAgent(socket));
    this.#server = server;
    const path = join(this.#options.place.folder, "sockets", socketNames.agent);
    // A socket that Node has made it would also remove, which a jail refuses. It goes with its folder.
    const fd = listenUnix(path).take();
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ fd }, resolve));
    // As children of ours they are to be there before a jail is.
    this.#helpers = helpers.map((helper) => new Helper(launcher, helper, (reason) => this.#fail(reason)));
    const qemu = spawn(launcher, words, {
      stdio: ["ignore", "pipe", "pipe", this.#options.layerLock?.raw ?? "ignore"],
      env: { PATH: "/usr/bin:/bin", ...soundEnvironment(this.#options.sound) },
      // Ctrl-C on our terminal is for the program in the VM.
      detached: true,
    });
    this.#qemu = qemu;
    qemu.stdout?.on("data", (bytes: Buffer) => {
      this.#console.add(bytes);
      this.#options.console?.(bytes);
    });
    qemu.stderr?.on("data", (bytes: Buffer) => {
      this.#errors.add(bytes);
      const [failure] = KVM_FAILURE.exec(this.#errors.text) ?? [];
      if (failure !== undefined) this.#fail(failure);
    });
    const { startLimit } = this.#options;
    this.#startTimer = setTimeout(() => this.#fail(`it was not ready after ${startLimit / 1000} s`), startLimit);
    qemu.on("error", (error) => this.#fail(`it cannot be started: ${error.message}`));
    qemu.on("close", (code, signal) => {
      clearTimeout(this.#startTimer);
      this.#fail(signal === null ? `QEMU ended with status ${code}` : `QEMU was ended by ${signal}`);
      this.#server?.close();
      for (const helper of this.#helpers) helper.close();
      this.#agent?.destroy();
      this.#tellEnd(this.#failure as VmError);
    });
  }

  /** QEMU has connected the serial port of the agent. */
  #onAgent(socket: Socket): void {
    // One port, one connection.
    this.#server?.close();
    this.#agent = socket;
    const reader = new FrameReader();
    const { guest, layer, network, system, shares } = this.#options;
    const tagged = shares.map(({ place, writable }, index) => ({ tag: shareTag(index), place, writable }));
    const setup: GuestSetup = {
      ...guest,
      isKept: layer !== null,
      nameserver: network?.nameserver ?? null,
      shares: system.kind === "image" ? tagged : [],
    };
    socket.write(frameBytes(FrameKind.setup, 0, jsonBody(setup)));
    for (const bytes of this.#early) socket.write(bytes);
    this.#early = [];
    socket.on("data", (bytes) => {
      try {
        for (const frame of reader.read(bytes)) this.#onFrame(frame);
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        this.#fail(error.message);
      }
    });
    // What it sends can make us answer: a guest that reads nothing is heard no more, either.
    socket.on("drain", () => socket.resume());
    socket.on("error", () => {});
  }

  #toAgent(bytes: Buffer): void {
    if (this.#agent === null) this.#early.push(bytes);
    if (this.#agent?.write(bytes) === false) this.#agent.pause();
  }

  #onFrame(frame: Frame): void {
    if (frame.kind !== FrameKind.ready) {
      this.switchboard.fromAgent(frame);
      return;
    }
    if (this.#isReady) throw new ChannelError("the guest says twice that it is ready");
    this.#isReady = true;
    clearTimeout(this.#startTimer);
    this.#tellReady();
  }

  #fail(reason: string): void {
    this.#failure ??= new VmError(reason, [...this.#errors.lines(5), ...this.#console.lines(20)]);
    this.#qemu?.kill("SIGKILL");
  }
}
