// SPDX-License-Identifier: Apache-2.0
/**
 * Disk images, as the user names them. Their format is found by us, in what is at their beginning, and QEMU is told: a guest
 * may have written there what would have QEMU open other files.
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { UserError } from "../../errors.ts";

/** A disk with a system of its own. */
export interface DiskImage {
  readonly kind: "image";
  readonly file: string;
  readonly format: "raw" | "qcow2";
  /** The bytes of the disk. */
  readonly size: number;
}

/** The fields of qcow2 (docs/interop/qcow2.rst of QEMU), big-endian. */
const QCOW2_MAGIC = "QFI\xfb";
const QCOW2_BACKING_FILE = 8;
const QCOW2_BACKING_LENGTH = 16;
const QCOW2_SIZE = 24;
const QCOW2_ENCRYPTION = 32;
const QCOW2_INCOMPATIBLE = 72;
/** Of the incompatible features, that the data are in another file. */
const QCOW2_DATA_FILE = 4n;

/** What firmware looks for at the end of a disk's first block. */
const BOOT_SIGNATURE = 510;

/** More than what we look at: a backing file's name lies in the first cluster. */
const HEAD = 64 * 1024;

/** Looks at an image. Throws a UserError for what no VM can start from. */
export function diskImage(file: string): DiskImage {
  const head = headOf(file);
  if (head.toString("latin1", 0, 4) === QCOW2_MAGIC) return qcow2Image(file, head);
  if (head.length > BOOT_SIGNATURE + 1 && head.readUInt16BE(BOOT_SIGNATURE) === 0x55aa) {
    return { kind: "image", file, format: "raw", size: statSync(file).size };
  }
  throw new UserError(
    `${file} is neither a qcow2 image nor a raw disk with something to boot: unpack it, or convert it (qemu-img convert -O qcow2)`,
  );
}

/** The bytes of the disk in a file with qcow2. Throws a UserError for what no VM of ours can use. */
function qcow2Image(file: string, head: Buffer): DiskImage {
  if (head.length < QCOW2_INCOMPATIBLE + 8) throw new UserError(`${file} is cut off: it has no whole header`);
  const backing = Number(head.readBigUInt64BE(QCOW2_BACKING_FILE));
  if (backing !== 0) {
    const name = head.toString("utf8", backing, backing + head.readUInt32BE(QCOW2_BACKING_LENGTH));
    throw new UserError(
      `${file} is a layer over ${JSON.stringify(name)}, which a VM does not see: make one image of both ` +
        "(qemu-img convert -O qcow2)",
    );
  }
  const isVersion3 = head.readUInt32BE(4) >= 3;
  if (isVersion3 && (head.readBigUInt64BE(QCOW2_INCOMPATIBLE) & QCOW2_DATA_FILE) !== 0n) {
    throw new UserError(`${file} has its data in another file: make one image of both (qemu-img convert -O qcow2)`);
  }
  if (head.readUInt32BE(QCOW2_ENCRYPTION) !== 0) throw new UserError(`${file} is encrypted, which is not supported`);
  return { kind: "image", file, format: "qcow2", size: Number(head.readBigUInt64BE(QCOW2_SIZE)) };
}

function headOf(file: string): Buffer {
  const status = statSync(file, { throwIfNoEntry: false });
  if (!status?.isFile()) throw new UserError(`the VM cannot boot ${file}: there is no such file`);
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw new UserError(`the VM cannot boot ${file}: this user may not read it`);
  }
  const head = Buffer.alloc(HEAD);
  const fd = openSync(file, "r");
  try {
    return head.subarray(0, readSync(fd, head));
  } finally {
    closeSync(fd);
  }
}

const CLUSTER_BITS = 16;
const CLUSTER = 1 << CLUSTER_BITS;
/** The bytes of a disk that one entry of the first table describes. */
const PER_ENTRY = (CLUSTER / 8) * CLUSTER;

/**
 * The content of a layer over an image, in which nothing is written yet: a qcow2 that names no backing file, since QEMU is told
 * which that is.
 */
export function emptyLayer(size: number): Buffer {
  const entries = Math.ceil(size / PER_ENTRY);
  const [table, block, first] = [1, 2, 3];
  const clusters = first + Math.max(1, Math.ceil((entries * 8) / CLUSTER));
  const bytes = Buffer.alloc(clusters * CLUSTER);
  bytes.write(QCOW2_MAGIC, "latin1");
  bytes.writeUInt32BE(3, 4);
  bytes.writeUInt32BE(CLUSTER_BITS, 20);
  // A disk has whole sectors.
  bytes.writeBigUInt64BE(BigInt(Math.ceil(size / 512) * 512), QCOW2_SIZE);
  bytes.writeUInt32BE(entries, 36);
  bytes.writeBigUInt64BE(BigInt(first * CLUSTER), 40);
  bytes.writeBigUInt64BE(BigInt(table * CLUSTER), 48);
  bytes.writeUInt32BE(1, 56);
  // Counts of 16 bits, and the length of the header.
  bytes.writeUInt32BE(4, 96);
  bytes.writeUInt32BE(104, 100);
  bytes.writeBigUInt64BE(BigInt(block * CLUSTER), table * CLUSTER);
  for (let cluster = 0; cluster < clusters; cluster++) bytes.writeUInt16BE(1, block * CLUSTER + cluster * 2);
  return bytes;
}
