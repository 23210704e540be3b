// SPDX-License-Identifier: Apache-2.0
/** Serves the control socket of a VM: other processes of this user, which run programs in it, or end it. */
import { createServer, type Server, type Socket } from "node:net";
import type { Logger } from "../../log/logger.ts";
import type { Fd } from "../../native/fd.ts";
import { ChannelError, FrameKind, FrameReader, frameBytes, jsonBody } from "../../vm/channel/frame.ts";
import type { Switchboard } from "../../vm/host/switchboard.ts";
import { bytesOf } from "../../vm/remote-program.ts";

/** The VM that a control socket leads to. */
export interface ControlTarget {
  readonly switchboard: Switchboard;
  readonly log: Logger;
  /** What the VM was started with, for those who ask. */
  readonly settings: unknown;
  /** Ends the VM, when a caller asks for that. */
  readonly stop: () => void;
}

export class ControlSocket {
  readonly #server: Server;
  readonly #target: ControlTarget;
  readonly #sockets = new Set<Socket>();

  /** @param fd a listening socket, of which this is the owner from now on */
  constructor(fd: Fd, target: ControlTarget) {
    this.#target = target;
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.listen({ fd: fd.take() });
  }

  /** Ends all connections. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #answer(): Buffer {
    return frameBytes(FrameKind.settings, 0, jsonBody(this.#target.settings));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const line = this.#target.switchboard.connect({ deliver: (frame) => socket.write(bytesOf(frame)) });
    const reader = new FrameReader();
    socket.on("data", (bytes) => {
      try {
        for (const frame of reader.read(bytes)) {
          if (frame.kind === FrameKind.stop) this.#target.stop();
          else if (frame.kind === FrameKind.settings) socket.write(this.#answer());
          else line.send(frame);
        }
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        this.#target.log.warn(`a program of another process was ended: it sent ${error.message}`);
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      line.close();
    });
  }
}
