// SPDX-License-Identifier: Apache-2.0
/**
 * A file system in user space with one file, run as a process by hanging-files.ts, with /dev/fuse as descriptor 3. A
 * line on its input says what it does from then on: `hang` keeps all answers back, `hang WRITE` those to such requests,
 * `answer` gives them. Each request whose answer is kept back is told in a line of its output. The structures are those of linux/fuse.h, version 7.31.
 */
import { read, write } from "node:fs";
import { createInterface } from "node:readline";

const DEVICE = 3;
const CONTENT = Buffer.alloc(Number(process.argv[2]), "pixels: ");
const Opcode = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  SETATTR: 4,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  STATFS: 17,
  RELEASE: 18,
  FLUSH: 25,
  INIT: 26,
  INTERRUPT: 36,
  BATCH_FORGET: 42,
} as const;
const NAMES = new Map<number, string>(Object.entries(Opcode).map(([name, opcode]) => [opcode, name]));
const ENOSYS = 38;
const IN_HEADER = 40;
const OUT_HEADER = 16;
const ROOT = 1n;
const FILE = 2n;

let size = CONTENT.length;
let hangs: (request: string) => boolean = () => false;
const kept: Buffer[] = [];

function attributes(node: bigint): Buffer {
  const attr = Buffer.alloc(88);
  attr.writeBigUInt64LE(node, 0);
  attr.writeBigUInt64LE(BigInt(node === ROOT ? 0 : size), 8);
  attr.writeUInt32LE(node === ROOT ? 0o40755 : 0o100666, 60);
  attr.writeUInt32LE(1, 64);
  attr.writeUInt32LE(4096, 80);
  return attr;
}

/** The answer to a request, without its header; a number is an error. */
function answerTo(opcode: number, node: bigint, request: Buffer): Buffer | number {
  switch (opcode) {
    case Opcode.INIT: {
      const out = Buffer.alloc(64);
      out.writeUInt32LE(7, 0);
      out.writeUInt32LE(31, 4);
      out.writeUInt32LE(128 * 1024, 8);
      out.writeUInt32LE(128 * 1024, 20);
      return out;
    }
    case Opcode.LOOKUP: {
      const out = Buffer.alloc(40);
      out.writeBigUInt64LE(FILE, 0);
      return Buffer.concat([out, attributes(FILE)]);
    }
    case Opcode.SETATTR:
      size = Number(request.readBigUInt64LE(16));
      return Buffer.concat([Buffer.alloc(16), attributes(node)]);
    case Opcode.GETATTR:
      return Buffer.concat([Buffer.alloc(16), attributes(node)]);
    case Opcode.OPEN:
      return Buffer.alloc(16);
    case Opcode.READ: {
      const offset = Number(request.readBigUInt64LE(8));
      return CONTENT.subarray(offset, Math.min(offset + request.readUInt32LE(16), size));
    }
    case Opcode.WRITE: {
      const count = request.readUInt32LE(16);
      const offset = Number(request.readBigUInt64LE(8));
      size = Math.max(size, offset + count);
      request.copy(CONTENT, offset, 40, 40 + count);
      const out = Buffer.alloc(8);
      out.writeUInt32LE(count, 0);
      return out;
    }
    case Opcode.STATFS:
      return Buffer.alloc(80);
    case Opcode.RELEASE:
    case Opcode.FLUSH:
      return Buffer.alloc(0);
    default:
      return ENOSYS;
  }
}

function answer(request: Buffer): void {
  const opcode = request.readUInt32LE(4);
  const node = request.readBigUInt64LE(16);
  const body = answerTo(opcode, node, request.subarray(IN_HEADER));
  const out = Buffer.alloc(OUT_HEADER);
  out.writeUInt32LE(OUT_HEADER + (typeof body === "number" ? 0 : body.length), 0);
  out.writeInt32LE(typeof body === "number" ? -body : 0, 4);
  request.copy(out, 8, 8, 16);
  // Who has asked may be gone by now.
  write(DEVICE, typeof body === "number" ? out : Buffer.concat([out, body]), () => {});
}

function next(): void {
  const buffer = Buffer.alloc(256 * 1024);
  read(DEVICE, buffer, 0, buffer.length, null, (error, length) => {
    if (error !== null) process.exit(error.code === "ENODEV" ? 0 : 1);
    const request = buffer.subarray(0, length);
    const opcode = request.readUInt32LE(4);
    const isSilent = opcode === Opcode.FORGET || opcode === Opcode.BATCH_FORGET || opcode === Opcode.INTERRUPT;
    const name = NAMES.get(opcode);
    // What it cannot do it says at once: the kernel does not ask for that again.
    if (!isSilent && name !== undefined && hangs(name)) {
      kept.push(Buffer.from(request));
      process.stdout.write(`${name}\n`);
    } else if (!isSilent) {
      answer(request);
    }
    next();
  });
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [word, only] = line.split(" ");
    hangs = (request) => word === "hang" && (only === undefined || only === request);
    if (word === "answer") for (const request of kept.splice(0)) answer(request);
    process.stdout.write(`${line}\n`);
  })
  .on("close", () => process.exit(0));
next();
