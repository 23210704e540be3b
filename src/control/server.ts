// SPDX-License-Identifier: Apache-2.0
/** Answers those who control a running program, on a socket of its own. */
import { Socket } from "node:net";
import type { SelectionField } from "../clipboard/clipboard.ts";
import { UserError } from "../errors.ts";
import { ClientListener } from "../listen/client-listener.ts";
import type { DisplaySocket } from "../listen/display-socket.ts";
import { limitedLogger } from "../log/limited-logger.ts";
import type { Logger } from "../log/logger.ts";
import { printable, printableJson } from "../log/printable.ts";
import type { Fd } from "../native/fd.ts";
import { peerCredentials } from "../native/socket.ts";
import type { Reloaded } from "../policy/explain.ts";
import { nearest } from "../protocol/nearest.ts";
import type { Statistics } from "../sessions.ts";
import { LINGER_TIMEOUT } from "../wire/limits.ts";
import {
  type ClipboardAction,
  CONTROL_VERSION,
  type ControlCommand,
  type ControlEvent,
  clipboardActions,
  clipboardSelections,
  commandNames,
  MAX_REQUEST_LINE,
} from "./protocol.ts";

/** Connections at once; the next one is closed. */
const MAX_CONNECTIONS = 32;

/** Bytes that wait for a peer that does not read, at which the connection is closed. */
const MAX_WAITING = 4 * 1024 * 1024;

/** A client that can be controlled. */
export interface ControlledClient {
  readonly id: string;
  readonly name: string;
  readonly windows: readonly { readonly title: string; readonly appId: string }[];
  readonly requests: number;
  readonly events: number;
  readonly objects: number;
  /** Asks it to close its windows; @returns how many it has. */
  close(): number;
  /** Disconnects the client. */
  kill(): void;
}

/** A running program, as those who control it see it. */
export interface ControlTarget {
  readonly name: string;
  readonly program: string;
  clients(): readonly ControlledClient[];
  statistics(): Statistics;
  policy(): readonly string[];
  /** Throws a UserError for a file with a mistake. */
  reload(): Promise<Reloaded>;
  dump(): void;
  /** Moves what was copied or marked, or takes it back. Throws a UserError when that is not possible. */
  clipboard(action: ClipboardAction, selection: SelectionField): Promise<object>;
}

/** A request, as it came. */
interface Request {
  readonly id?: unknown;
  readonly command?: unknown;
  readonly client?: unknown;
  readonly action?: unknown;
  readonly selection?: unknown;
}

export class ControlServer {
  readonly #socket: DisplaySocket;
  readonly #target: ControlTarget;
  readonly #log: Logger;
  readonly #listener: ClientListener;
  readonly #connections = new Set<ControlConnection>();

  /** @param socket it closes */
  constructor(socket: DisplaySocket, target: ControlTarget, log: Logger) {
    this.#socket = socket;
    this.#target = target;
    this.#log = limitedLogger(log);
    this.#listener = new ClientListener(socket.fd, (fd) => this.#accept(fd), this.#log);
  }

  /**
   * Reports an event to those who watch. It is put into words only if a peer is connected: a client's name is a file in
   * /proc.
   */
  emit(describe: () => ControlEvent): void {
    if (this.#connections.size === 0) return;
    const event = describe();
    for (const connection of this.#connections) connection.tell(event);
  }

  close(): void {
    this.#listener.close();
    this.#socket.close();
    for (const connection of this.#connections) connection.close();
  }

  #accept(fd: Fd): void {
    const { uid } = peerCredentials(fd.raw);
    // The socket's mode keeps others out; whoever has changed that has not meant this.
    const isOurs = uid === 0 || uid === process.getuid?.();
    if (!isOurs || this.#connections.size >= MAX_CONNECTIONS) {
      this.#log.warn(
        isOurs
          ? `a connection to the control socket is refused: there are ${MAX_CONNECTIONS} already`
          : `a connection of user ${uid} to the control socket is refused: it is for our own user`,
      );
      fd.close();
      return;
    }
    const connection: ControlConnection = new ControlConnection(fd, this.#target, this.#log, () => {
      this.#connections.delete(connection);
    });
    this.#connections.add(connection);
  }
}

/** The connection of a peer. What one does wrong ends its own connection, and costs nobody else anything. */
class ControlConnection {
  readonly #socket: Socket;
  readonly #target: ControlTarget;
  readonly #log: Logger;
  #input = "";
  #isBusy = false;
  #watches = false;
  #logs = false;

  /** Becomes the owner of `fd`. */
  constructor(fd: Fd, target: ControlTarget, log: Logger, closed: () => void) {
    this.#target = target;
    this.#log = log;
    this.#socket = new Socket({ fd: fd.take(), readable: true, writable: true });
    this.#socket.setEncoding("utf8");
    this.#socket.on("error", () => {});
    this.#socket.on("close", closed);
    this.#socket.on("data", (text: string) => {
      this.#input += text;
      void this.#proceed();
    });
    const { name, program } = target;
    this.#send({ protocol: "wayland-proxy-control", version: CONTROL_VERSION, name, program, pid: process.pid });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Sends an event to who wants it. */
  tell(event: ControlEvent): void {
    if (event.event === "log" ? this.#logs : this.#watches) this.#send(event);
  }

  /** Handles whole lines, one after the other; nothing more is read meanwhile. */
  async #proceed(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#socket.pause();
    for (;;) {
      const end = this.#input.indexOf("\n");
      if (end > MAX_REQUEST_LINE || (end < 0 && this.#input.length > MAX_REQUEST_LINE)) {
        this.#send({ error: `a request has at most ${MAX_REQUEST_LINE} characters` });
        this.#socket.setTimeout(LINGER_TIMEOUT, () => this.#socket.destroy());
        this.#socket.destroySoon();
        return;
      }
      if (end < 0 || this.#socket.destroyed) break;
      const line = this.#input.slice(0, end);
      this.#input = this.#input.slice(end + 1);
      if (line.trim() !== "") await this.#answer(line);
    }
    this.#isBusy = false;
    this.#socket.resume();
  }

  async #answer(line: string): Promise<void> {
    let request: Request = {};
    try {
      request = parse(line);
      this.#send({ ...idOf(request), result: await this.#obey(request) });
    } catch (error) {
      // What is no fault of the user's must not end the program either, which others use.
      if (!(error instanceof UserError)) this.#log.error(`a command has failed: ${(error as Error).stack}`);
      this.#send({ ...idOf(request), error: (error as Error).message });
    }
  }

  async #obey({ command, client, action, selection }: Request): Promise<object> {
    const target = this.#target;
    const name = commandNames.find((one) => one === command);
    if (name === undefined) throw new UserError(`there is no command ${quoted(command)}${didYouMean(command)}`);
    const commands: Readonly<Record<ControlCommand, () => object | Promise<object>>> = {
      list: () => ({ clients: target.clients().map(({ close: _close, kill: _kill, ...rest }) => rest) }),
      stats: () => {
        const { totals, clients } = target.statistics();
        return { totals, clients: clients.map(({ name: find, ...rest }) => ({ name: find(), ...rest })) };
      },
      policy: () => ({ sentences: target.policy() }),
      reload: () => target.reload(),
      dump: () => {
        target.dump();
        return {};
      },
      close: () => ({ windows: this.#find(client).close() }),
      kill: () => {
        this.#find(client).kill();
        return {};
      },
      clipboard: () => target.clipboard(checkedAction(action), checkedSelection(selection)),
      watch: () => {
        this.#watches = true;
        return {};
      },
      log: () => {
        this.#logs = true;
        return {};
      },
    };
    return commands[name]();
  }

  #find(id: unknown): ControlledClient {
    const found = this.#target.clients().find((client) => client.id === id);
    if (found !== undefined) return found;
    throw new UserError(
      id === undefined ? "it needs a client: the field client, with an id" : `there is no client ${quoted(id)}`,
    );
  }

  #send(message: object): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(`${printableJson(message)}\n`);
    if (this.#socket.writableLength > MAX_WAITING) this.#socket.destroy();
  }
}

function checkedAction(action: unknown): ClipboardAction {
  const found = clipboardActions.find((one) => one === action);
  if (found !== undefined) return found;
  throw new UserError(`it needs an action: the field action, with ${clipboardActions.join(", ")}`);
}

function checkedSelection(selection: unknown): SelectionField {
  const found = clipboardSelections.find((one) => one === (selection ?? "clipboard"));
  if (found !== undefined) return found;
  throw new UserError(`there is no selection ${quoted(selection)}; there are ${clipboardSelections.join(", ")}`);
}

function parse(line: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError('a request is a line with a JSON object, such as {"command": "list"}');
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UserError('a request is a JSON object, such as {"command": "list"}');
}

/** Answers have the id of their request, if that has a simple one. */
function idOf({ id }: Request): { id?: string | number } {
  return typeof id === "string" || typeof id === "number" ? { id } : {};
}

function quoted(value: unknown): string {
  return printable(JSON.stringify(value) ?? "none");
}

function didYouMean(command: unknown): string {
  const hint = typeof command === "string" ? nearest(command, commandNames) : undefined;
  return hint === undefined ? `; there are ${commandNames.join(", ")}` : `: did you mean ${hint}?`;
}
