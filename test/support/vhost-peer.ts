// SPDX-License-Identifier: Apache-2.0
import { Fd } from "../../src/native/fd.ts";
import { receive, send } from "../../src/native/socket.ts";
import { READABLE, Watch } from "../../src/native/watch.ts";

/** A message with the descriptors that came with it. */
export interface Message {
  readonly request: number;
  readonly flags: number;
  readonly payload: Buffer;
  readonly fds: Fd[];
}

/** A socket with vhost-user messages on it, as QEMU sees it. */
export class VhostPeer {
  readonly fd: Fd;
  readonly #watch: Watch;
  readonly #buffer = Buffer.alloc(65_536);
  readonly #fdsIn = new Int32Array(29);
  #input = Buffer.alloc(0);
  #fds: Fd[] = [];

  constructor(fd: Fd, onMessage: (message: Message) => void, onEnd: () => void) {
    this.fd = fd;
    this.#watch = new Watch(fd.raw, () => {
      const count = receive(fd.raw, this.#buffer, 0, this.#buffer.length, this.#fdsIn);
      if (count === -11) return;
      if (count <= 0) {
        this.#watch.set(0);
        onEnd();
        return;
      }
      for (let i = 1; i <= (this.#fdsIn[0] as number); i++) this.#fds.push(new Fd(this.#fdsIn[i] as number));
      this.#input = Buffer.concat([this.#input, this.#buffer.subarray(0, count)]);
      while (this.fd.open && this.#input.length >= 12) {
        const size = this.#input.readUInt32LE(8);
        if (this.#input.length < 12 + size) break;
        const payload = this.#input.subarray(12, 12 + size);
        const request = this.#input.readUInt32LE(0);
        // The device sends a descriptor with SHMEM_MAP (9) only.
        const message = { request, flags: this.#input.readUInt32LE(4), payload, fds: [] as Fd[] };
        if (request === 9 && (message.flags & 4) === 0) message.fds.push(...this.#fds.splice(0, 1));
        this.#input = this.#input.subarray(12 + size);
        onMessage(message);
      }
    });
    this.#watch.set(READABLE);
  }

  send(request: number, flags: number, payload: Buffer, fds: readonly number[] = []): void {
    const bytes = Buffer.alloc(12 + payload.length);
    bytes.writeUInt32LE(request, 0);
    bytes.writeUInt32LE(flags, 4);
    bytes.writeUInt32LE(payload.length, 8);
    payload.copy(bytes, 12);
    this.sendRaw(bytes, fds);
  }

  sendRaw(bytes: Buffer, fds: readonly number[] = []): void {
    if (this.fd.open && bytes.length > 0) send(this.fd.raw, bytes, 0, bytes.length, Int32Array.from(fds), fds.length);
  }

  close(): void {
    if (!this.fd.open) return;
    this.#watch.close();
    this.fd.close();
    for (const fd of this.#fds.splice(0)) fd.close();
  }
}
