// SPDX-License-Identifier: Apache-2.0
/** A disk image with a Debian of its own, which is ready for wayland-proxy-vm. */
import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, existsSync, fstatSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tree } from "./machine.ts";

const command = fileURLToPath(new URL("../../../bin/wayland-proxy-vm.cjs", import.meta.url));

/** Where the first partition begins, in bytes; before it there are the table of partitions and GRUB. */
const PARTITION = 2 ** 20;
const BLOCK = 512;
const TABLE = 446;
const LINUX = 0x83;

/** The parts, which scripts/vm-image.sh makes; null where that could not be. */
export function diskParts(): string | null {
  const folder = join(tree, ".cache/vm/image");
  return existsSync(join(folder, "done")) ? folder : null;
}

/**
 * Makes a raw disk in a folder: runs in a copy of the tree, as an administrator would, what `--print-guest-setup` prints, and
 * puts the boot loader before it. Returns its path.
 */
export function makeDisk(parts: string, folder: string): string {
  const [copy, disk] = [join(folder, "tree"), join(folder, "disk.raw")];
  // On one file system, files are shared with the tree until they are replaced.
  execFileSync("sh", [
    "-c",
    `cp -al "$0" "$1" 2>/dev/null || { rm -rf "$1"; cp -a "$0" "$1"; }`,
    join(parts, "tree"),
    copy,
  ]);
  writeFileSync(join(copy, "setup.sh"), execFileSync(process.execPath, [command, "--print-guest-setup"]));
  const said = execFileSync("chroot", [copy, "sh", "/setup.sh", "tester"], { encoding: "utf8" });
  if (!said.includes("runs programs as tester here")) throw new Error(`the setup has said: ${said}`);
  writeFileSync(join(copy, "etc/default/locale"), 'LANG="C.UTF-8"\n');
  const options = `offset=${PARTITION},lazy_itable_init=1,lazy_journal_init=1`;
  execFileSync("mkfs.ext4", ["-q", "-F", "-m", "0", "-d", copy, "-E", options, disk, "400M"], { stdio: "pipe" });
  execFileSync("rm", ["-rf", copy]);
  addBoot(parts, disk);
  chmodSync(disk, 0o644);
  return disk;
}

function addBoot(parts: string, disk: string): void {
  const boot = readFileSync(join(parts, "boot.img"));
  const file = openSync(disk, "r+");
  // GRUB has code for floppies where a disk has its table.
  boot.fill(0, TABLE, BLOCK - 2);
  boot.writeUInt8(LINUX, TABLE + 4);
  boot.writeUInt32LE(PARTITION / BLOCK, TABLE + 8);
  boot.writeUInt32LE((fstatSync(file).size - PARTITION) / BLOCK, TABLE + 12);
  writeSync(file, boot, 0, BLOCK, 0);
  const core = readFileSync(join(parts, "core.img"));
  writeSync(file, core, 0, core.length, BLOCK);
  closeSync(file);
}
