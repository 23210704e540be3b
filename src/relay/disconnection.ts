// SPDX-License-Identifier: Apache-2.0
import { printable } from "../log/printable.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { SessionOptions } from "./session-options.ts";

/** The longest text of an error that is sent. libwayland's message buffer has 4096 bytes. */
const MAX_ERROR_TEXT = 1000;

/** Sends the client its last event. */
export interface ErrorSender {
  /** Sends `wl_display.error`, about wl_display itself where no object is named. */
  sendError(about: WlObject | undefined, code: number, message: string): void;
}

/** Ends a session before its time: the log and the client learn why, and what is underway still gets there. */
export class Disconnection {
  readonly #client: Endpoint;
  readonly #host: Endpoint;
  readonly #sender: ErrorSender;
  readonly #options: Pick<SessionOptions, "log" | "identity" | "failed">;

  constructor(
    client: Endpoint,
    host: Endpoint,
    sender: ErrorSender,
    options: Pick<SessionOptions, "log" | "identity" | "failed">,
  ) {
    this.#client = client;
    this.#host = host;
    this.#sender = sender;
    this.#options = options;
  }

  /**
   * Disconnects the client for a reason that is not in its messages.
   *
   * @param code of the enum wl_display.error
   */
  cutOff(reason: string, code: number = DisplayError.implementation): void {
    if (!this.#client.open) return;
    this.#report("warn", `${this.#name} is disconnected: ${reason}`);
    this.#end(new ProtocolError(`wayland-proxy: disconnected: ${reason}`, code));
  }

  /** Passes a fatal error of the host on to the client. */
  hostError(object: WlObject | undefined, code: number, text: string): void {
    const about = object ? `${object.hostInterface.name}#${object.clientId}` : "an unknown object";
    this.#report("warn", `${this.#name}: the host refused ${about}: ${printable(text)} (error ${code})`);
    const id = object && object.clientId !== 0 ? object.clientId : 1;
    this.#end(new ProtocolError(text, id === 1 && object?.hostId !== 1 ? DisplayError.implementation : code, id));
  }

  /** Something was thrown while messages of one side were handled. */
  fail(error: unknown, fromClient: boolean): void {
    if (error instanceof ProtocolError && fromClient) {
      this.#report("warn", `${this.#name} is disconnected: ${printable(error.message)}`);
      this.#end(error);
    } else if (error instanceof ProtocolError) {
      this.#report("error", `${this.#name} is disconnected: ${printable(error.message)}`);
      this.#end(new ProtocolError(`wayland-proxy: ${error.message}`, DisplayError.implementation));
    } else {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#report("error", `${this.#name} is disconnected by an internal error: ${detail}`, true);
      const text = `wayland-proxy: internal error: ${error instanceof Error ? error.message : detail}`;
      this.#end(new ProtocolError(text, DisplayError.implementation));
    }
  }

  get #name(): string {
    return this.#options.identity.name();
  }

  #report(level: "warn" | "error", text: string, isDefect = false): void {
    this.#options.log[level](text);
    this.#options.failed(text, isDefect);
  }

  /** Sends the client the reason, and ends both connections once they have taken what was underway. */
  #end(error: ProtocolError): void {
    if (!this.#client.open) {
      this.#client.close();
      this.#host.close();
      return;
    }
    // The object may be unknown to our tables by now, while its id still tells the client what was wrong.
    const about = this.#client.objects.get(error.objectId);
    this.#sender.sendError(about, error.code, error.message.slice(0, MAX_ERROR_TEXT));
    this.#client.finish();
    this.#host.finish();
  }
}
