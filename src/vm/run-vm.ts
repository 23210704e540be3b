// SPDX-License-Identifier: Apache-2.0
import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { packageRoot } from "../native/package-root.ts";
import { findKernel } from "./boot/kernel.ts";
import type { TerminalSize } from "./channel/messages.ts";
import { kvmProblem, START_LIMIT_MS } from "./host/acceleration.ts";
import { diskImage } from "./host/image.ts";
import { type OpenLayer, openImageLayer, openLayer } from "./host/layer.ts";
import { type PublishedPort, userNetwork } from "./host/network.ts";
import { TemporaryPlace } from "./host/place.ts";
import type { System } from "./host/qemu.ts";
import type { Share } from "./host/sandbox.ts";
import type { Sound } from "./host/sound.ts";
import { findSystemProgram } from "./host/system-programs.ts";
import { launcherPath } from "./launcher.ts";
import { RemoteProgram } from "./remote-program.ts";
import { Vm, type VmError } from "./vm.ts";

const DEFAULT_MEMORY = 2 * 2 ** 30;
const DEFAULT_LAYER = 16 * 2 ** 30;
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** The form of a VM. All of it has a default. */
export interface MachineOptions {
  /** The path of QEMU; default: qemu-system-x86_64 or its like in the system's folders. */
  readonly qemu?: string | undefined;
  /** The kernel's image; default: that of the running kernel, else the newest. */
  readonly kernel?: string | undefined;
  /** The folder with its modules; default: the one in /lib/modules. */
  readonly modules?: string | undefined;
  /** Default: "auto", which is "kvm" where this user can open /dev/kvm. */
  readonly acceleration?: "auto" | "kvm" | "tcg";
  /** In bytes; default: 2 GiB. */
  readonly memory?: number;
  /** The number of processors; default: all of this machine, in software one. */
  readonly cpus?: number;
  /** A tree to boot from, read-only; default: the system's own folders, without what is secret in them. */
  readonly root?: string | undefined;
  /** The path of virtiofsd, which then serves what is booted from, not for root; default: QEMU does, by 9p. */
  readonly virtiofsd?: string;
  /**
   * A disk image with a system of its own to boot from, raw or qcow2, which is only read (`wayland-proxy-vm --print-guest-setup`
   * says what it needs); default: none.
   */
  readonly image?: string | undefined;
  /** Folders that the VM sees. */
  readonly shares?: readonly Share[];
  /** Default: no network. By QEMU itself, or by passt, whose path is named. */
  readonly network?: { readonly passt?: string; readonly published?: readonly PublishedPort[] };
  /** Default: no sound card. */
  readonly sound?: Sound;
  /** A folder in which what the VM writes is kept, up to so many bytes (16 GiB); default: nothing is. */
  readonly keep?: { readonly folder: string; readonly size?: number };
  /** Further arguments for QEMU. Paths in them are those of its sandbox. */
  readonly devices?: readonly string[];
  /** The name of the VM in its network; default: "vm". */
  readonly hostname?: string;
  /** The folder in which initial file systems are kept; default: in $HOME/.cache. */
  readonly cache?: string;
  /** Gets what the kernel of the VM says. A guest may say anything: control characters, too. */
  readonly console?: (bytes: Buffer) => void;
}

/** A program for a VM. */
export interface ProgramOptions {
  /** The program, which is searched in the PATH of its environment, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Default: PATH, HOME and XDG_RUNTIME_DIR, in a VM of an image as there. What is named here is added. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder that it is started in, if the VM has it; default: the home directory. */
  readonly folder?: string;
  /** Default: nothing to read. */
  readonly input?: Readable;
  /** A stream of its own, which is ended with it; default: standard output of this process. */
  readonly output?: Writable;
  /** A stream of its own, which is ended with it; default: standard error of this process. */
  readonly errors?: Writable;
  /** The size of a terminal for it, to which `output` belongs; default: no terminal. */
  readonly terminal?: TerminalSize;
}

/** A program that runs in a VM. */
export interface VmProgram {
  /** Resolves as shells count: 128 + N for signal N, 127 for a program that is not there; 125 when the VM has ended. */
  readonly exitCode: Promise<number>;
  /** Sends a signal, by its number. */
  signal(number: number): void;
  /** Tells it a new size of its terminal. */
  resize(size: TerminalSize): void;
}

const VM_ENDED = 125;

/** A VM that runs. */
export class RunningVm {
  /** Resolves to the reason when it has ended. */
  readonly ended: Promise<VmError>;
  readonly #vm: Vm;
  readonly #user: { readonly home: string; readonly runtimeDir: string } | null;
  #closing: Promise<void> | null = null;
  readonly #release: () => void;

  /**
   * @param user our own, who is the guest's; null: its image has one
   * @internal
   */
  constructor(vm: Vm, user: { readonly home: string; readonly runtimeDir: string } | null, release: () => void) {
    this.#vm = vm;
    this.#user = user;
    this.#release = release;
    this.ended = vm.ended;
    void vm.ended.then(release);
  }

  /** Starts a program in it. */
  run(options: ProgramOptions): VmProgram {
    const { input = null, output = process.stdout, errors = process.stderr, terminal = null } = options;
    const user = this.#user;
    const environment = user === null ? {} : { PATH: DEFAULT_PATH, HOME: user.home, XDG_RUNTIME_DIR: user.runtimeDir };
    const start = {
      command: options.command,
      environment: { ...environment, ...options.environment },
      folder: options.folder ?? user?.home ?? null,
      terminal,
    };
    // What cannot be written shows in the exit code.
    for (const stream of [output, errors]) stream.on("error", () => {});
    const line = this.#vm.switchboard.connect({ deliver: (frame) => program.onFrame(frame) });
    const program = new RemoteProgram(1, start, { input, output, errors }, (frame) => line.send(frame));
    void this.ended.then(() => program.end(VM_ENDED));
    void program.exitCode.then(() => {
      options.output?.end();
      options.errors?.end();
    });
    return program;
  }

  /** Ends it, and resolves when nothing of it is left, and what it keeps is written. */
  close(): Promise<void> {
    this.#closing ??= this.#vm.close().then(this.#release);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Starts a VM, and resolves when it takes programs. Throws a UserError for what is missing on this machine, and a VmError when
 * the VM ends before.
 */
export async function startVm(options: MachineOptions = {}): Promise<RunningVm> {
  const { acceleration: wanted = "auto", shares = [], keep, network } = options;
  const acceleration = wanted === "auto" ? (kvmProblem() === null ? "kvm" : "tcg") : wanted;
  const home = homedir();
  const uid = process.geteuid?.() ?? 0;
  const runtimeDir = `/run/user/${uid}`;
  const folder = fileURLToPath(packageRoot);
  const found = {
    qemu: options.qemu ?? findQemu(),
    system: systemOf(options),
    launcher: launcherPath(folder),
  };
  const layer = keep === undefined ? null : await layerFor(found.system, keep);
  let place: TemporaryPlace | null = null;
  const release = (): void => {
    place?.close();
    layer?.lock.close();
  };
  try {
    place = new TemporaryPlace(found.launcher);
    const vm = await Vm.start({
      ...found,
      acceleration,
      startLimit: START_LIMIT_MS[acceleration],
      memory: options.memory ?? DEFAULT_MEMORY,
      cpus: options.cpus ?? (acceleration === "kvm" ? availableParallelism() : 1),
      shares,
      network: network === undefined ? null : userNetwork(network.published ?? [], network.passt ?? null),
      layer: layer?.file ?? null,
      layerLock: layer?.lock,
      sound: options.sound ?? null,
      devices: options.devices ?? [],
      place,
      cache: options.cache ?? join(home, ".cache/wayland-proxy-vm"),
      package: folder,
      guest: {
        user: {
          uid,
          gid: process.getegid?.() ?? 0,
          groups: process.getgroups?.() ?? [],
          home,
          homeIsShared: shares.some((share) => share.place === home),
          environment: {},
        },
        hostname: options.hostname ?? "vm",
        runtimeDir,
        environment: {},
        services: [],
      },
      ...(options.console === undefined ? {} : { console: options.console }),
    });
    await vm.ready;
    return new RunningVm(vm, options.image === undefined ? { home, runtimeDir } : null, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** Runs one program in a VM of its own, and resolves to the exit code. Throws as `startVm` does. */
export async function runVm(options: MachineOptions & ProgramOptions): Promise<number> {
  await using vm = await startVm(options);
  return await vm.run(options).exitCode;
}

function systemOf({ image, kernel, modules, root, virtiofsd }: MachineOptions): System {
  if (image !== undefined) return diskImage(image);
  return { kind: "folders", kernel: findKernel({ image: kernel, modules }), tree: root, virtiofsd: virtiofsd ?? null };
}

function layerFor(
  system: System,
  { folder, size = DEFAULT_LAYER }: { folder: string; size?: number },
): Promise<OpenLayer> {
  if (system.kind === "image") return openImageLayer(folder, system);
  return openLayer(folder, size, findSystemProgram("mkfs.ext4"));
}

function findQemu(): string {
  const name = `qemu-system-${process.arch === "arm64" ? "aarch64" : "x86_64"}`;
  const found = findSystemProgram(name);
  if (found !== null) return found;
  throw new UserError(`there is no program ${name}: install QEMU 11.1 or newer`);
}
