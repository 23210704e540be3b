// SPDX-License-Identifier: Apache-2.0
/** Programs in VMs of wayland-proxy-vm. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Desktop, unprivileged } from "../../desktop/support/desktop.ts";
import type { Program } from "../../desktop/support/program.ts";
import { eventually } from "../../support/eventually.ts";
import { tree } from "./machine.ts";

const command = fileURLToPath(new URL("../../../bin/wayland-proxy-vm.cjs", import.meta.url));

/** How a program ended, and what it wrote. */
export interface Outcome {
  readonly code: number | null;
  readonly output: Buffer;
  readonly errors: string;
}

/** The folder with the modules of the kernel that the tests boot. */
function modulesFolder(): string {
  const folder = join(tree, ".cache/forky/root/usr/lib/modules");
  const [release] = existsSync(folder) ? readdirSync(folder) : [];
  if (release === undefined) throw new Error(`${folder} is missing; run: sh scripts/setup-vm.sh`);
  return join(folder, release);
}

/** What the VMs are made of. */
export function vmParts(): { readonly qemu: string; readonly kernel: string; readonly modules: string } {
  const vm = join(tree, ".cache/vm");
  return { qemu: join(vm, "qemu-system-x86_64"), kernel: join(vm, "newest/vmlinuz"), modules: modulesFolder() };
}

/** The path of the virtiofsd that the tests use. */
export function virtiofsdPath(): string {
  return join(tree, ".cache/vm/virtiofsd");
}

/** Runs wayland-proxy-vm as a user without privileges, or as we are. */
export class DisposableVms {
  readonly folder: string;
  readonly #desktop: Desktop;
  readonly #uid: number | null;
  readonly #image: string | null;

  /**
   * @param uid whose VMs these are; null: of who runs the tests
   * @param image the disk that they boot; null: they have this machine's system
   */
  constructor(desktop: Desktop, uid: number | null = unprivileged ?? null, image: string | null = null) {
    this.#desktop = desktop;
    this.#uid = uid;
    this.#image = image;
    this.folder = join(desktop.home, "vm");
    // These folders are on the way to what belongs to the user.
    chmodSync(desktop.home, 0o711);
    for (const name of ["", "run", "cache", "home", "shared", "secret"]) {
      mkdirSync(join(this.folder, name), { mode: 0o700 });
      if (uid !== null) chownSync(join(this.folder, name), uid, uid);
    }
  }

  /** What VMs have in the runtime directory. */
  get files(): string[] {
    const folder = join(this.folder, "run/wayland-proxy-vm");
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  get environment(): Record<string, string> {
    return {
      // The passt and the virtiofsd of this machine may be too old.
      PATH: `${join(tree, ".cache/vm")}:${process.env["PATH"]}`,
      HOME: join(this.folder, "home"),
      XDG_RUNTIME_DIR: join(this.folder, "run"),
      XDG_CACHE_HOME: join(this.folder, "cache"),
      WAYLAND_DISPLAY: this.#desktop.compositor.socket,
      LANG: "C.UTF-8",
    };
  }

  /** The words that run it, with these arguments. */
  words(...args: readonly string[]): string[] {
    return this.asUser(...this.ownWords(...args));
  }

  /** Those, for whoever is that user. */
  ownWords(...args: readonly string[]): string[] {
    const { qemu, kernel, modules } = vmParts();
    const system = this.#image === null ? ["--kernel", kernel, "--modules", modules] : ["--image", this.#image];
    const machine = ["--qemu", qemu, "--accel", "tcg", "--memory", "1G"];
    return [process.execPath, command, ...machine, ...system, ...args];
  }

  /** The words that run a command as the user whose VMs these are. */
  asUser(...words: readonly string[]): string[] {
    const drop =
      this.#uid === null ? [] : ["setpriv", `--reuid=${this.#uid}`, `--regid=${this.#uid}`, "--clear-groups", "--"];
    return [...drop, ...words];
  }

  /** Starts a program. It ends with the desktop at the latest. */
  start(...args: readonly string[]): Program {
    const [program = "", ...rest] = this.words(...args);
    return this.#desktop.start(this.#desktop.direct, program, rest, { env: this.environment });
  }

  /** Runs a program to its end, with these variables besides. */
  run(
    args: readonly string[],
    input: Uint8Array = new Uint8Array(),
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const [program = "", ...rest] = this.words(...args);
    const child = spawn(program, rest, { env: { ...this.environment, ...variables }, cwd: "/" });
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => errors.push(bytes));
    // A program that does not read all of its input.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, output: Buffer.concat(output), errors: Buffer.concat(errors).toString() });
      });
    });
  }
}

/** A process, and its command line. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync("/proc").flatMap((id) => {
    if (!/^\d+$/.test(id)) return [];
    try {
      const stat = readFileSync(`/proc/${id}/stat`, "latin1");
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${id}/cmdline`, "latin1").replaceAll("\0", " ");
      return [{ pid: Number(id), parent: Number(parent), command }];
    } catch {
      return []; // gone meanwhile
    }
  });
}

/** All that a process has started, and what that has started. */
export function descendantsOf(pid: number): Process[] {
  const all = processes();
  const found: Process[] = [];
  const visit = (parent: number): void => {
    for (const one of all.filter((other) => other.parent === parent)) {
      found.push(one);
      visit(one.pid);
    }
  };
  visit(pid);
  return found;
}

/** Whether a process is QEMU itself, which others start with the same arguments. */
export function isQemu({ command }: Process): boolean {
  return command.includes("memory-backend-memfd") && !command.includes("/launcher ");
}

/** Whether a process is virtiofsd itself. */
export function isVirtiofsd({ command }: Process): boolean {
  return command.includes("virtiofsd --fd ") && !command.includes("/launcher ");
}

/** How long a boot may take, in milliseconds; six seconds are usual. */
export const bootPatience: number = 60_000;

/** Boots a VM of this name, in which a program waits for its end. */
export async function bootVm(vms: DisposableVms, name: string, ...options: string[]): Promise<Program> {
  const first = vms.start("--name", name, ...options, "sh", "-c", "echo has booted; exec sleep 1000");
  await eventually(
    () => `the VM to boot, which says ${first.output}`,
    () => {
      assert.ok(first.running, `it ended: ${first.output}`);
      return first.output.includes("has booted");
    },
    bootPatience,
  );
  return first;
}

/** Does what ends a VM, whose first program this is, and fails unless all files and processes of it are gone then. */
export async function leavesNothing(vms: DisposableVms, first: Program, end: () => unknown): Promise<void> {
  const all = descendantsOf(first.pid);
  await end();
  await first.end(bootPatience);
  await eventually(
    () => `all files of the VM to be removed: ${vms.files}`,
    () => vms.files.length === 0,
  );
  const left = (): Process[] => all.filter(({ pid }) => existsSync(`/proc/${pid}`));
  await eventually(
    () => `all its processes to end: ${JSON.stringify(left())}`,
    () => left().length === 0,
  );
}
