// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { connect, type Socket } from "node:net";

// sway-ipc(7): a magic word, the length of what follows and its type, each of the latter in the machine's byte order.
const MAGIC = "i3-ipc";
const HEAD = MAGIC.length + 8;
const SUBSCRIBE = 2;
const WINDOW_EVENT = 0x80000003;

/** Counts the windows that a sway shows, at the moment when each comes. */
export class SwayWindows {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #count = 0;
  #told: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
  }

  /** @param path of its socket for sway-ipc(7) */
  static async watch(path: string): Promise<SwayWindows> {
    const socket = connect(path);
    await once(socket, "connect");
    const wanted = Buffer.from('["window"]');
    const head = Buffer.alloc(HEAD, MAGIC);
    head.writeUInt32LE(wanted.length, MAGIC.length);
    head.writeUInt32LE(SUBSCRIBE, MAGIC.length + 4);
    socket.write(Buffer.concat([head, wanted]));
    return new SwayWindows(socket);
  }

  /** Resolves when one more has come. */
  async next(): Promise<void> {
    while (this.#count === 0) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
    this.#count--;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      if (this.#received.length < HEAD) return;
      const end = HEAD + this.#received.readUInt32LE(MAGIC.length);
      if (this.#received.length < end) return;
      const type = this.#received.readUInt32LE(MAGIC.length + 4);
      const text = this.#received.toString("utf8", HEAD, end);
      this.#received = this.#received.subarray(end);
      if (type !== WINDOW_EVENT || (JSON.parse(text) as { change: string }).change !== "new") continue;
      this.#count++;
      this.#told();
    }
  }
}
