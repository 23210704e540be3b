// SPDX-License-Identifier: Apache-2.0
import { openSync } from "node:fs";
import { Fd } from "../../../src/native/fd.ts";
import { F_SEAL_SHRINK, memfd, seal } from "../../../src/native/memory.ts";
import { pipe } from "../../../src/native/pipe.ts";
import { socketPair } from "../../../src/native/socket.ts";
import { MemoryTransport } from "../memory-transport.ts";
import type { Random } from "./random.ts";
import type { Part } from "./recordings.ts";

/** Files have holes only; a number that came out of a mutation is no size of one. */
const LARGEST = 1024 * 1024 * 1024;

/** The descriptors that a message brings: those that it should. */
export function properFiles({ files }: Part): Fd[] {
  return files.map((size) => (size === 0 ? new Fd(openSync("/dev/null", "r+")) : file(Math.min(size, LARGEST))));
}

/** Makes files that nobody expects. */
export function anyFiles(part: Part, random: Random): Fd[] {
  return part.files.map((size) => {
    switch (random.below(7)) {
      case 0:
        return new Fd(openSync("/dev/null", "r"));
      case 1:
        return file(random.below(4096));
      case 2:
        return keepOne(pipe(), random);
      case 3:
        return keepOne(socketPair(), random);
      case 4: {
        const sealed = file(Math.min(size, LARGEST));
        seal(sealed.raw, F_SEAL_SHRINK);
        return sealed;
      }
      case 5:
        return new Fd(openSync(".", "r"));
      default:
        return file(Math.min(size, LARGEST));
    }
  });
}

function file(size: number): Fd {
  return memfd("fuzz", size);
}

function keepOne(ends: [Fd, Fd], random: Random): Fd {
  const kept = random.below(2);
  (ends[1 - kept] as Fd).close();
  return ends[kept] as Fd;
}

/** One end of a session. */
export class FuzzTransport extends MemoryTransport {
  /** Gives bytes, and lets the session handle what it will. */
  feed(bytes: Buffer, fds: readonly Fd[]): void {
    if (this.open) this.give(bytes, fds);
    else for (const fd of fds) fd.close();
    this.turn();
  }

  /** Lets the session handle what has come. One that comes back without having taken anything spins. */
  turn(): void {
    for (let calls = 0; this.open && this.watched.readable && this.#isDue; calls++) {
      if (calls > 1000) throw new Error("a session was called again and again, and took nothing");
      const before = this.waiting;
      this.deliver(1);
      if (this.waiting < before) calls = 0;
    }
    this.drain();
  }

  hangUp(): void {
    this.ended = true;
    this.turn();
  }

  /** How many descriptors were sent. */
  get fds(): number {
    return this.sent.reduce((sum, { inodes }) => sum + inodes.length, 0);
  }

  get #isDue(): boolean {
    return this.waiting > 0 || this.ended;
  }
}
