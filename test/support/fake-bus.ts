// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import { createServer, type Server, type Socket } from "node:net";
import type { BusMessage } from "../../src/dbus/dbus-library.ts";
import { SIGNAL } from "../../src/dbus/session-bus.ts";

interface Message extends BusMessage {
  readonly serial?: number;
  readonly replySerial?: number;
  readonly errorName?: string;
}

/** The bytes of messages: the library has no types for that. */
const codec = createRequire(import.meta.url)("@homebridge/dbus-native/lib/message.js") as {
  marshall(message: Message): Buffer;
  unmarshalMessages(stream: Socket, received: (message: Message) => void, options: object): void;
};

const METHOD_RETURN = 2;
const ERROR = 3;

/** A call of a method, and how it is answered. */
export interface BusCall {
  readonly member: string;
  readonly body: readonly unknown[];
  /** Answers it, with values of a signature. */
  reply(signature?: string, ...values: readonly unknown[]): void;
  /** Answers that nobody is there. */
  refuse(): void;
}

/** The bus of a session for one client, and all services on it. */
export class FakeBus {
  /** The rules by which the client gets signals. */
  readonly rules: unknown[] = [];
  #socket: Socket | null = null;
  #serial = 1;
  readonly #server: Server;

  /** @param called answers what is not for the bus itself */
  constructor(path: string, called: (call: BusCall) => void) {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      socket.on("error", () => {});
      const login = (data: Buffer): void => {
        const text = data.toString("latin1");
        if (text.includes("AUTH EXTERNAL")) socket.write("OK 0123456789abcdef0123456789abcdef\r\n");
        if (!text.includes("BEGIN")) return void socket.once("data", login);
        const rest = data.subarray(text.indexOf("BEGIN") + 7);
        if (rest.length > 0) socket.unshift(rest);
        codec.unmarshalMessages(socket, (message) => this.#called(message, called), {});
      };
      socket.once("data", login);
    }).listen(path);
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  signal(from: { readonly path: string; readonly interface: string }, member: string, ...rest: SignalRest): void {
    const [signature, body, sender = ":1.7"] = rest;
    this.#send({ type: SIGNAL, ...from, member, sender, signature, body });
  }

  #called({ serial = 0, member = "", body = [] }: Message, called: (call: BusCall) => void): void {
    const reply = (signature?: string, ...values: readonly unknown[]): void =>
      this.#send({
        type: METHOD_RETURN,
        replySerial: serial,
        ...(signature === undefined ? {} : { signature, body: values }),
      });
    if (member === "Hello") return reply("s", ":1.9");
    if (member === "AddMatch") {
      this.rules.push(body[0]);
      return reply();
    }
    const errorName = "org.freedesktop.DBus.Error.ServiceUnknown";
    called({ member, body, reply, refuse: () => this.#send({ type: ERROR, replySerial: serial, errorName }) });
  }

  #send(message: Message): void {
    this.#socket?.write(codec.marshall({ serial: ++this.#serial, ...message }));
  }
}

type SignalRest = readonly [signature: string, body: readonly unknown[], sender?: string];
