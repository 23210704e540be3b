// SPDX-License-Identifier: Apache-2.0
import { Socket } from "node:net";
import type { Fd } from "../../../src/native/fd.ts";
import type { EventName } from "../../../src/x11/codec/protocol.ts";
import type { Values } from "../../../src/x11/codec/writer.ts";
import {
  errorPacket,
  eventPacket,
  readRequest,
  replyPacket,
  requestLength,
  setupPacket,
  type XRequest,
} from "./wire.ts";

/** The server that a client's connection belongs to. */
export interface XClientOwner {
  readonly root: number;
  readonly size: { readonly width: number; readonly height: number };
  requested(client: XClient, request: XRequest): void;
  left(client: XClient): void;
}

const SETUP_REQUEST = 12;

/** The server's end of a client's connection. */
export class XClient {
  /** The first id of what the client makes. */
  readonly idBase: number;
  /** The number of its latest request. */
  sequence = 0;
  readonly #socket: Socket;
  readonly #owner: XClientOwner;
  #received = Buffer.alloc(0);
  #isSetUp = false;

  constructor(fd: Fd, idBase: number, owner: XClientOwner) {
    this.idBase = idBase;
    this.#owner = owner;
    this.#socket = new Socket({ fd: fd.take(), readable: true, writable: true });
    this.#socket.on("data", (bytes) => this.#take(bytes));
    // It may leave without reading all.
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => owner.left(this));
  }

  reply(request: XRequest, values: Values): void {
    this.#socket.write(replyPacket(request, this.sequence, values));
  }

  error(request: XRequest, code: number, value: number): void {
    this.#socket.write(errorPacket(code, this.sequence, value, request.major));
  }

  event(name: EventName, values: Values): void {
    this.#socket.write(eventPacket(name, this.sequence, values));
  }

  /** An event that another client has sent, as it sent it. */
  sentEvent(bytes: Uint8Array): void {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(0) | 0x80, 0);
    copy.writeUInt16LE(this.sequence & 0xffff, 2);
    this.#socket.write(copy);
  }

  /** Deals with none of its requests for a while, as a server that is busy with others. */
  pause(): void {
    this.#socket.pause();
  }

  /** Deals with what has come meanwhile. */
  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    if (!this.#isSetUp) {
      if (this.#received.length < SETUP_REQUEST) return;
      this.#isSetUp = true;
      this.#received = this.#received.subarray(SETUP_REQUEST);
      const { root, size } = this.#owner;
      this.#socket.write(setupPacket(root, size.width, size.height, this.idBase));
    }
    let offset = 0;
    for (;;) {
      const rest = this.#received.subarray(offset);
      const length = requestLength(rest);
      if (length === 0 || length > rest.length) break;
      offset += length;
      this.sequence += 1;
      this.#owner.requested(this, readRequest(rest.subarray(0, length)));
    }
    this.#received = this.#received.subarray(offset);
  }
}
