// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";

/** The messages of the QEMU Machine Protocol, as far as they are used here. */
interface QmpMessage {
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly id?: number;
  readonly error?: { readonly desc: string };
}

interface QmpEvents {
  /** An event's name and data. */
  event: [name: string, data: Readonly<Record<string, unknown>>];
}

/** A connection to QEMU's monitor. */
export class Qmp extends EventEmitter<QmpEvents> {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (error: string | undefined) => void>();
  #lastId = 0;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    // The interface passes on errors of the socket: QEMU may be killed with something unread.
    createInterface({ input: socket })
      .on("line", (line) => this.#receive(JSON.parse(line) as QmpMessage))
      .on("error", () => {});
    socket.on("close", () => {
      for (const settle of this.#waiting.values()) settle("QEMU has gone");
    });
  }

  /** Runs a command; rejects with QEMU's error, or when QEMU goes. */
  execute(command: string): Promise<void> {
    this.#lastId++;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (error) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve();
        else reject(new Error(`QEMU refused ${command}: ${error}`));
      });
      this.#socket.write(`${JSON.stringify({ execute: command, id })}\n`);
    });
  }

  #receive({ event, data, id, error }: QmpMessage): void {
    if (event !== undefined) this.emit("event", event, data ?? {});
    else if (id !== undefined) this.#waiting.get(id)?.(error?.desc);
  }
}
