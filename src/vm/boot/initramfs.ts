// SPDX-License-Identifier: Apache-2.0
/** The initial file system of a VM: the launcher, the modules, and the first steps. It is kept for the next VM. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MountFlag, Words } from "../words.ts";
import { type CpioEntry, cpioArchive } from "./cpio.ts";
import type { Kernel } from "./kernel.ts";
import { type Module, readModules } from "./modules.ts";

/** The modules for each VM. Shared folders come by 9p. */
const modules = [
  ...["virtio_pci", "virtio_console", "9p", "9pnet_virtio", "overlay", "virtio_gpu"],
  ...["virtio_net", "virtio_snd", "af_packet"],
];
/** Those for a root that comes by virtiofs. */
const virtiofsModules = ["virtiofs"];
/** Those for a layer that stays. Older kernels look for the checksum under a name that is no dependency. */
const layerModules = ["crc32c_generic", "virtio_blk", "ext4"];
/** Those that a VM can do without. */
const optionalModules = new Set(["virtio_net", "virtio_snd", "af_packet", "crc32c_generic"]);

/** The name of the root's share. */
export const ROOT_TAG = "root";
/** The name of the share with what is for the guest alone, where the root is on a disk. */
export const OWN_TAG = "wayland-proxy-vm";
/** The folder in which the first steps of the guest mount the root's share. */
export const LOWER = "/lower";
/** The folder of the guest, and in the root's share, with what is for the guest alone. */
export const OWN_FOLDER = "/run/wayland-proxy-vm";
/** The file in there with the steps that follow. */
export const SCRIPT = "script";

/** Options for mounting a share whose files nobody else changes; one that others change is not to be cached. */
export const SHARE_OPTIONS = "trans=virtio,version=9p2000.L,msize=512000";

/** What not every VM has. */
export interface InitramfsParts {
  /** Whether its root comes by virtiofs, not by 9p. */
  readonly hasVirtiofs: boolean;
  /** Whether it has a layer that stays. */
  readonly hasLayer: boolean;
}

/** The path of an initial file system for a kernel, which is made if it is not in the folder `cache`. */
export function initramfsFor(
  kernel: Kernel,
  launcher: string,
  cache: string,
  { hasVirtiofs, hasLayer }: InitramfsParts,
): string {
  const wanted = [...modules, ...(hasVirtiofs ? virtiofsModules : []), ...(hasLayer ? layerModules : [])];
  const program = readFileSync(launcher);
  const script = (names: readonly string[]): string => firstSteps(names, hasVirtiofs).text;
  const key = createHash("sha256")
    .update(program)
    .update(script(wanted))
    .update(JSON.stringify([kernel.modules, ...stampsOf(kernel)]))
    .digest("hex");
  const path = join(cache, `${kernel.release}-${key.slice(0, 16)}.cpio`);
  if (existsSync(path)) return path;
  const found = readModules(kernel.modules, wanted, optionalModules);
  const archive = cpioArchive(entriesOf(program, found, script(found.map(({ name }) => name))));
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  // Two at once write the same.
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, archive, { mode: 0o600 });
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return path;
}

/** Returns times that change when the modules do. */
function stampsOf({ image, modules: folder }: Kernel): number[] {
  return [image, folder, join(folder, "kernel"), join(folder, "modules.builtin")].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
}

function entriesOf(launcher: Uint8Array, found: readonly Module[], script: string): CpioEntry[] {
  const folders = ["dev", "proc", "sys", "modules", "lower", "upper", "new"];
  return [
    ...folders.map((path): CpioEntry => ({ kind: "folder", path, mode: 0o755 })),
    { kind: "file", path: "init", mode: 0o755, content: launcher },
    { kind: "file", path: "script", mode: 0o644, content: Buffer.from(script) },
    ...found.map(
      ({ name, content }): CpioEntry => ({ kind: "file", path: `modules/${name}.ko`, mode: 0o644, content }),
    ),
  ];
}

/** Up to where the host's folders can be seen, in which the other steps are. */
function firstSteps(names: readonly string[], hasVirtiofs: boolean): Words {
  const words = new Words()
    .mount("dev", "/dev", "devtmpfs")
    .mount("proc", "/proc", "proc")
    .mount("sys", "/sys", "sysfs");
  for (const name of names) words.module(`/modules/${name}.ko`);
  if (hasVirtiofs) words.mount(ROOT_TAG, LOWER, "virtiofs", MountFlag.readOnly);
  else words.mount(ROOT_TAG, LOWER, "9p", MountFlag.readOnly, `${SHARE_OPTIONS},cache=loose`);
  return words.continueWith(`${LOWER}${OWN_FOLDER}/${SCRIPT}`);
}
