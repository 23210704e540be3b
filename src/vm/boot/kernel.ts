// SPDX-License-Identifier: Apache-2.0
/** Finds the kernel that a VM boots, and its modules. */
import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { release as runningRelease } from "node:os";
import { join } from "node:path";
import { UserError } from "../../errors.ts";

/** A kernel, and the folder with its modules. */
export interface Kernel {
  /** The release, as `uname -r` prints it where the kernel runs. */
  readonly release: string;
  readonly image: string;
  readonly modules: string;
}

/** The places where a kernel is looked for, and what the user has named. */
export interface KernelSearch {
  readonly image?: string | undefined;
  readonly modules?: string | undefined;
  /** The root of what is searched; default "/". */
  readonly root?: string;
  /** The release to prefer; default: that of the running kernel. */
  readonly running?: string;
}

/** The kernel that was named, else the running one, else the newest. Throws a UserError that says what is missing. */
export function findKernel({ image, modules, root = "/", running = runningRelease() }: KernelSearch): Kernel {
  if (image !== undefined) return namedKernel(image, modules, root);
  if (modules !== undefined) throw new UserError("modules without their kernel are of no use", { code: "vm-kernel" });
  const found = listKernels(root);
  const kernel = found.find(({ release }) => release === running) ?? found.at(-1);
  if (kernel === undefined) {
    throw new UserError("there is no kernel with modules in /boot or /lib/modules", {
      code: "vm-kernel",
      remedy: "install one (Debian: apt install linux-image-amd64)",
    });
  }
  mustBeReadable(kernel.image);
  return kernel;
}

function namedKernel(image: string, modules: string | undefined, root: string): Kernel {
  mustBeReadable(image);
  const release = releaseOf(image);
  const folder = modules ?? join(root, "lib/modules", release ?? "");
  if (modules === undefined && (release === undefined || !existsSync(folder))) {
    throw new UserError(`the modules of ${image} are not in ${folder}`, { code: "vm-modules" });
  }
  if (!existsSync(join(folder, "kernel"))) {
    throw new UserError(`${folder} has no modules of a kernel (no folder "kernel")`, { code: "vm-modules" });
  }
  return { release: release ?? "unknown", image, modules: folder };
}

/** All kernels with modules, the newest last. */
function listKernels(root: string): Kernel[] {
  const places = join(root, "lib/modules");
  const releases = existsSync(places) ? readdirSync(places) : [];
  return releases
    .flatMap((release) => {
      const modules = join(places, release);
      const images = [join(root, "boot", `vmlinuz-${release}`), join(modules, "vmlinuz")];
      const image = images.find((path) => existsSync(path));
      return image === undefined || !existsSync(join(modules, "kernel")) ? [] : [{ release, image, modules }];
    })
    .sort((a, b) => a.release.localeCompare(b.release, "en", { numeric: true }));
}

function mustBeReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UserError(`there is no kernel ${path}`, { code: "vm-kernel" });
    throw new UserError(`${path} cannot be read by this user (${code})`, { remedy: `sudo chmod a+r ${path}` });
  }
}

/** The place at which a bzImage says what it is: Documentation/arch/x86/boot.rst of Linux. */
const MAGIC_OFFSET = 0x202;
const VERSION_OFFSET = 0x20e;
const SETUP_BYTES = 64 * 1024;

/** The release that an image for x86 names; undefined for others. */
function releaseOf(image: string): string | undefined {
  const head = Buffer.alloc(SETUP_BYTES);
  const file = openSync(image, "r");
  const length = readSync(file, head);
  closeSync(file);
  if (length < VERSION_OFFSET + 2 || head.toString("latin1", MAGIC_OFFSET, MAGIC_OFFSET + 4) !== "HdrS")
    return undefined;
  const start = head.readUInt16LE(VERSION_OFFSET) + 0x200;
  const [, release] = /^([\w.+~-]+) /.exec(head.toString("latin1", start, start + 256)) ?? [];
  return release;
}
