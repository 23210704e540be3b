// SPDX-License-Identifier: Apache-2.0
/**
 * Layers that stay: what a VM has written, in a file, for the next VM. A folder has the file, and is locked while a VM has it.
 * The file is a disk with an ext4 file system, and takes only as much of this machine's disk as is written.
 */
import { execFile } from "node:child_process";
import {
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../errors.ts";
import { Fd } from "../../native/fd.ts";
import { lockExclusive } from "../../native/socket.ts";

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

/** The path of a layer's file. */
export function layerFile(folder: string): string {
  return join(folder, "layer.ext4");
}

/**
 * Takes the layer in a folder, which is made if it is not there. Throws a UserError when another VM has it, or when no file
 * system can be made.
 *
 * @param size of a new one, in bytes
 * @param makeFileSystem the path of mkfs.ext4; null: there is none
 */
export async function openLayer(folder: string, size: number, makeFileSystem: string | null): Promise<OpenLayer> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  if (lock === null) throw new UserError(`another VM has what is kept in ${folder}`);
  try {
    const file = layerFile(folder);
    const isNew = !existsSync(file);
    if (isNew) await make(file, size, makeFileSystem);
    return { file, size: statSync(file).size, isNew, lock };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** All layers in the folders of a folder. */
export function listLayers(folder: string): LayerStatus[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.sort().flatMap((name) => {
    const file = layerFile(join(folder, name));
    const status: Stats | undefined = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return [];
    const lock = lockFolder(join(folder, name));
    lock?.close();
    return [{ name, file, used: status.blocks * BLOCK, size: status.size, isInUse: lock === null }];
  });
}

/** Removes the layer in a folder. Throws a UserError when there is none, or a VM has it. */
export function removeLayer(folder: string): void {
  if (!existsSync(layerFile(folder))) throw new UserError(`nothing is kept in ${folder}`);
  const lock = lockFolder(folder);
  if (lock === null) throw new UserError(`a VM has what is kept in ${folder}: end it first`);
  rmSync(folder, { recursive: true, force: true });
  lock.close();
}

/** Locks a folder; null when another process has the lock, or has removed the folder meanwhile. */
function lockFolder(folder: string): Fd | null {
  const fd = Fd.openFile(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  if (lockExclusive(fd.raw) && fstatSync(fd.raw).ino === statSync(folder, { throwIfNoEntry: false })?.ino) return fd;
  fd.close();
  return null;
}

/** Under another name until it is whole. */
async function make(file: string, size: number, makeFileSystem: string | null): Promise<void> {
  if (makeFileSystem === null) {
    throw new UserError("there is no program mkfs.ext4, which makes the file system for what is kept", {
      remedy: E2FSPROGS_REMEDY,
    });
  }
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  try {
    // Nothing is reserved for root, and what is zero is not written.
    const options = ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1"];
    await promisify(execFile)(makeFileSystem, [...options, unfinished, `${Math.floor(size / 1024)}k`]);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new UserError(`no file system can be made in ${file}: ${(error as Error).message.trim()}`);
  }
}
