// SPDX-License-Identifier: Apache-2.0
/** Reports our state to systemd, or to whoever has started us and speaks its protocol: see sd_notify(3). */
import { counted } from "../../log/counted.ts";
import type { Logger } from "../../log/logger.ts";
import type { Fd } from "../../native/fd.ts";
import { connectDatagram, sendDatagram } from "../../native/socket.ts";
import type { Environment } from "./environment.ts";

/** Milliseconds between two reports of how many clients there are: they may come and go in crowds. */
const STATUS_INTERVAL = 500;

/** Milliseconds until a manager that is too busy to listen gets the report again. */
const RETRY_INTERVAL = 50;

/** Hears of our state; without one that listens, all calls do nothing. */
export class ServiceManager {
  /** Connected at once: it has to be us who send, and a jail would refuse it. Null without a manager that listens. */
  #socket: Fd | null = null;
  readonly #log: Logger;
  readonly #watchdog: NodeJS.Timeout | undefined;
  /** The values that are to be sent next, by their names. */
  readonly #unsent = new Map<string, string>();
  #retry: NodeJS.Timeout | undefined;
  #clients: () => number = () => 0;
  #report: NodeJS.Timeout | undefined;

  constructor({ service }: Environment, pid: number, log: Logger) {
    const { NOTIFY_SOCKET: address, WATCHDOG_USEC: patience, WATCHDOG_PID: watched = String(pid) } = service;
    this.#log = log;
    if (address === undefined || address === "") return;
    try {
      this.#socket = connectDatagram(address);
    } catch (error) {
      this.#giveUp(error);
    }
    const interval = Number(patience) / 1000 / 2;
    if (watched !== String(pid) || !(interval >= 1)) return;
    // Twice as often as asked for. That the event loop comes round to it is what shows that we are well.
    this.#watchdog = setInterval(() => this.#send("WATCHDOG", "1"), interval).unref();
  }

  /** Clients can connect; `clients` returns how many there are. */
  ready(clients: () => number): void {
    this.#clients = clients;
    this.#unsent.set("STATUS", this.#status);
    this.#send("READY", "1");
  }

  /** A client has come or gone. */
  counted(): void {
    if (this.#socket === null) return;
    this.#report ??= setTimeout(() => {
      this.#report = undefined;
      this.#send("STATUS", this.#status);
    }, STATUS_INTERVAL).unref();
  }

  /** We are about to end. */
  stopping(): void {
    clearTimeout(this.#report);
    clearInterval(this.#watchdog);
    this.#send("STOPPING", "1");
  }

  get #status(): string {
    return counted(this.#clients(), "client");
  }

  #send(name: string, value: string): void {
    this.#unsent.set(name, value);
    if (this.#retry === undefined) this.#flush();
  }

  #flush(): void {
    this.#retry = undefined;
    if (this.#socket === null) return;
    try {
      const text = [...this.#unsent].map(([name, value]) => `${name}=${value}`).join("\n");
      if (sendDatagram(this.#socket, text)) this.#unsent.clear();
      else this.#retry = setTimeout(() => this.#flush(), RETRY_INTERVAL).unref();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    this.#socket?.close();
    this.#socket = null;
    this.#log.warn(`no report to the service manager is possible: ${(error as Error).message}; see NOTIFY_SOCKET`);
  }
}
