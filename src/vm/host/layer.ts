// SPDX-License-Identifier: Apache-2.0
/**
 * Layers that stay: what a VM has written, in a file, for the next VM. A folder has the file, and is locked while a VM has it.
 * It takes only as much of this machine's disk as is written. A VM with folders of this machine has a disk with an ext4 file
 * system. One with a disk image has a qcow2 of the parts of the image that it has changed.
 */
import { execFile } from "node:child_process";
import {
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../errors.ts";
import { Fd } from "../../native/fd.ts";
import { isLocked } from "../../native/locks.ts";
import { lockExclusive } from "../../native/socket.ts";
import { type DiskImage, diskImage, emptyLayer } from "./image.ts";

/** A layer, as a list shows it. */
export interface LayerStatus {
  readonly name: string;
  readonly file: string;
  /** What it takes of the disk, and may take at most, in bytes. */
  readonly used: number;
  readonly size: number;
  readonly isInUse: boolean;
}

/** A layer that is ours until its lock is closed. */
export interface OpenLayer {
  readonly file: string;
  /** The size in bytes. */
  readonly size: number;
  /** Whether it was made just now. */
  readonly isNew: boolean;
  /** The lock. Who gets a copy of the descriptor holds it, too. */
  readonly lock: Fd;
}

/** What to do where there is no mkfs.ext4. */
export const E2FSPROGS_REMEDY = "install it (package e2fsprogs)";

const BLOCK = 512;

/** What a layer lies over: folders of this machine, or a disk image. */
type Kind = "folders" | "image";

const names: Readonly<Record<Kind, string>> = { folders: "layer.ext4", image: "layer.qcow2" };

/** Says which image a layer is over, as it was then. */
const IMAGE_NOTE = "image.json";

/** The path of a layer's file. */
export function layerFile(folder: string, kind: Kind = "folders"): string {
  return join(folder, names[kind]);
}

/**
 * Takes the layer in a folder, which is made if it is not there. Throws a UserError when another VM has it, or when no file
 * system can be made.
 *
 * @param size of a new one, in bytes
 * @param makeFileSystem the path of mkfs.ext4; null: there is none
 */
export function openLayer(folder: string, size: number, makeFileSystem: string | null): Promise<OpenLayer> {
  return takeLayer(folder, "folders", { make: (file) => makeExt4(file, size, makeFileSystem), check: () => {} });
}

/**
 * Takes the layer over a disk image as `openLayer` does. Throws a UserError also when it is over another image, or when the
 * image has changed since: the parts of it that are in the layer would not fit the others.
 */
export function openImageLayer(folder: string, image: DiskImage): Promise<OpenLayer> {
  const note = join(folder, IMAGE_NOTE);
  const { size, mtimeMs } = statSync(image.file);
  const stamp = JSON.stringify({ file: image.file, size, changed: mtimeMs });
  return takeLayer(folder, "image", {
    make: (file) => {
      writeFileSync(note, stamp);
      writeFileSync(file, emptyLayer(image.size));
    },
    check: () => {
      const then = readFileSync(note, "utf8");
      if (stampOf(then) === stampOf(stamp)) return;
      const { file } = JSON.parse(then) as { file: string };
      throw new UserError(
        `what is kept in ${folder} is over ${file} as it was then, and does not fit ${image.file} now`,
      );
    },
  });
}

/** The part of a note by which an image is known, also at another place. */
function stampOf(note: string): string {
  const { size, changed } = JSON.parse(note) as { size: number; changed: number };
  return `${size} ${changed}`;
}

/** How a layer is made in a file, and what is looked at when it is there. Both throw UserErrors. */
interface Maker {
  make(file: string): Promise<void> | void;
  check(): void;
}

async function takeLayer(folder: string, kind: Kind, { make, check }: Maker): Promise<OpenLayer> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  if (lock === null) throw new UserError(`another VM has what is kept in ${folder}`);
  try {
    const other = kind === "image" ? "folders" : "image";
    if (existsSync(layerFile(folder, other))) {
      const whose = other === "image" ? "with an image" : "without an image";
      throw new UserError(`what is kept in ${folder} is that of VMs ${whose}: keep this under another name`);
    }
    const file = layerFile(folder, kind);
    const isNew = !existsSync(file);
    if (isNew) await makeWhole(file, make);
    else check();
    return { file, size: diskSize(file, kind), isNew, lock };
  } catch (error) {
    lock.close();
    throw error;
  }
}

function diskSize(file: string, kind: Kind): number {
  return kind === "image" ? diskImage(file).size : statSync(file).size;
}

/** All layers in the folders of a folder. */
export function listLayers(folder: string): LayerStatus[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.sort().flatMap((name) => {
    const kind = kindIn(join(folder, name));
    if (kind === null) return [];
    const file = layerFile(join(folder, name), kind);
    const status: Stats = statSync(file);
    const isInUse = isLocked(join(folder, name));
    return [{ name, file, used: status.blocks * BLOCK, size: diskSize(file, kind), isInUse }];
  });
}

/** Removes the layer in a folder. Throws a UserError when there is none, or a VM has it. */
export function removeLayer(folder: string): void {
  if (kindIn(folder) === null) throw new UserError(`nothing is kept in ${folder}`);
  const lock = lockFolder(folder);
  if (lock === null) throw new UserError(`a VM has what is kept in ${folder}: end it first`);
  rmSync(folder, { recursive: true, force: true });
  lock.close();
}

/** The kind of layer in a folder; null when there is none. */
function kindIn(folder: string): Kind | null {
  return (["folders", "image"] as const).find((kind) => existsSync(layerFile(folder, kind))) ?? null;
}

/** Locks a folder; null when another process has the lock, or has removed the folder meanwhile. */
function lockFolder(folder: string): Fd | null {
  const fd = Fd.openFile(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  if (lockExclusive(fd.raw) && fstatSync(fd.raw).ino === statSync(folder, { throwIfNoEntry: false })?.ino) return fd;
  fd.close();
  return null;
}

/** Makes a file, under another name until it is whole. */
async function makeWhole(file: string, make: (unfinished: string) => Promise<void> | void): Promise<void> {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  try {
    await make(unfinished);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

async function makeExt4(file: string, size: number, makeFileSystem: string | null): Promise<void> {
  if (makeFileSystem === null) {
    throw new UserError("there is no program mkfs.ext4, which makes the file system for what is kept", {
      remedy: E2FSPROGS_REMEDY,
    });
  }
  try {
    // Nothing is reserved for root, and what is zero is not written.
    const options = ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1"];
    await promisify(execFile)(makeFileSystem, [...options, file, `${Math.floor(size / 1024)}k`]);
  } catch (error) {
    throw new UserError(`no file system can be made in ${file}: ${(error as Error).message.trim()}`);
  }
}
