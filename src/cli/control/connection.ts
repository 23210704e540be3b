// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { CONTROL_VERSION, type ControlCommand } from "../../control/protocol.ts";
import { controlNames, controlPath } from "../../control/socket-path.ts";
import { UserError } from "../../errors.ts";
import { nearest } from "../../protocol/nearest.ts";

/** The facts that a program reports about itself. */
interface Greeting {
  readonly protocol?: string;
  readonly version?: number;
  readonly program?: string;
  readonly pid?: number;
}

type Message = Readonly<Record<string, unknown>>;

/** A connection with a running program. */
export class ControlClient {
  readonly name: string;
  readonly greeting: Greeting;
  readonly #socket: Socket;
  readonly #messages: AsyncIterator<Message>;

  private constructor(name: string, socket: Socket, greeting: Greeting, messages: AsyncIterator<Message>) {
    this.name = name;
    this.#socket = socket;
    this.greeting = greeting;
    this.#messages = messages;
  }

  /**
   * Connects to a running program. Resolves to null when there is none.
   *
   * @throws UserError for a peer that speaks another protocol
   */
  static async open(runtimeDir: string, name: string): Promise<ControlClient | null> {
    const socket = createConnection(controlPath(runtimeDir, name));
    try {
      await once(socket, "connect");
    } catch {
      return null;
    }
    socket.on("error", () => {});
    const messages = messagesOf(createInterface({ input: socket }));
    const { value: greeting = {} } = (await messages.next()) as { value?: Greeting };
    if (greeting.protocol !== "wayland-proxy-control" || greeting.version !== CONTROL_VERSION) {
      socket.destroy();
      throw new UserError(
        `${name} does not speak version ${CONTROL_VERSION} of our protocol: is it another release of wayland-proxy?`,
      );
    }
    return new ControlClient(name, socket, greeting, messages);
  }

  /** @throws UserError with what the program says against it */
  async ask(
    command: ControlCommand,
    details: { readonly client?: string; readonly action?: string; readonly selection?: string },
  ): Promise<Message> {
    this.#socket.write(`${JSON.stringify({ id: 1, command, ...details })}\n`);
    for (;;) {
      const { value, done } = await this.#messages.next();
      if (done === true) throw new UserError(`${this.name} has closed the connection`);
      if (value["id"] !== 1) continue;
      if (typeof value["error"] === "string") throw new UserError(`${this.name}: ${value["error"]}`);
      return value["result"] as Message;
    }
  }

  /** The events that the program reports from now on, until it ends. */
  async *events(): AsyncIterable<Message> {
    for (;;) {
      const { value, done } = await this.#messages.next();
      if (done === true) return;
      yield value;
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function* messagesOf(lines: Interface): AsyncGenerator<Message> {
  for await (const line of lines) yield JSON.parse(line) as Message;
}

/**
 * Connects to the program with that name, or to all that run.
 *
 * @throws UserError when there is none
 */
export async function connectTo(runtimeDir: string, name: string | undefined): Promise<ControlClient[]> {
  const names = controlNames(runtimeDir);
  const wanted = name === undefined ? names : [name];
  const found = (await Promise.all(wanted.map((one) => ControlClient.open(runtimeDir, one)))).filter(
    (one) => one !== null,
  );
  if (found.length > 0) return found;
  if (name === undefined) throw new UserError("no wayland-proxy is running that could be controlled");
  const hint = nearest(name, names);
  const others = names.length === 0 ? "there is none" : `there is ${names.join(", ")}`;
  throw new UserError(`no "${name}" is running: ${hint === undefined ? others : `did you mean ${hint}?`}`);
}
