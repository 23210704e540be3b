// SPDX-License-Identifier: Apache-2.0
import type { Atoms } from "../client/atoms.ts";
import type { X11Error } from "../codec/errors.ts";
import { EventCodec, type X11Event } from "../codec/events.ts";
import type { Value, Values } from "../codec/writer.ts";
import { type Meaning, NumberText } from "./number-text.ts";
import { propertyText } from "./property-text.ts";

/** Elements of a list that are shown, and letters of a text. */
const MAX_ELEMENTS = 20;
const MAX_LETTERS = 200;

/** The places of atoms in the data of a ClientMessage, by the name of its type (ICCCM, EWMH, XDND). */
const atomsIn: Readonly<Record<string, readonly number[]>> = {
  WM_PROTOCOLS: [0],
  _NET_WM_STATE: [1, 2],
  XdndEnter: [2, 3, 4],
  XdndPosition: [4],
  XdndStatus: [4],
  XdndFinished: [2],
};

/**
 * The messages of one connection as lines for people: ids in hexadecimal, atoms by their names where these are known, and
 * the names of enums. A request has its number in front, and so has what it is answered with:
 *
 *     -> 57 ConfigureWindow(window=0x40000a, stack_mode=Above)
 *     <- MapRequest(parent=root, window=0x40000a)
 *     -> 58 GetGeometry(drawable=0x40000a)
 *     <- 58 GetGeometry: depth=24, root=root, x=0, y=0, width=300, height=200, border_width=0
 *     <- 57 error: ConfigureWindow: BadWindow (0x40000a)
 */
export class MessageTrace {
  readonly #write: (line: string) => void;
  readonly #atoms: Atoms;
  readonly #numbers: NumberText;
  /** Reads events of the core protocol, and no others are sent. */
  readonly #events = new EventCodec();

  /** @param root the root window */
  constructor(write: (line: string) => void, atoms: Atoms, root: number) {
    this.#write = write;
    this.#atoms = atoms;
    this.#numbers = new NumberText(atoms, root);
  }

  request(sequence: number, name: string, values: Values = {}): void {
    this.#write(`-> ${sequence} ${name}(${this.#fields(name, values)})`);
  }

  /** @param asked the fields of the request */
  reply(sequence: number, name: string, values: Values, asked: Values = {}): void {
    this.#write(`<- ${sequence} ${name}: ${this.#fields(name, values, { ...asked, ...values })}`);
  }

  event(event: X11Event): void {
    this.#write(`<- ${this.#eventText(event)}`);
  }

  error({ sequence, message }: X11Error): void {
    this.#write(`<- ${sequence} error: ${message}`);
  }

  #eventText({ name, sendEvent, sequence: _, ...values }: X11Event): string {
    return `${sendEvent ? "a client's " : ""}${name}(${this.#fields(name, values as unknown as Values)})`;
  }

  /** @param all fields that say how others are to be read */
  #fields(message: string, values: Values, all: Values = values): string {
    const meanings = this.#numbers.meaningsOf(message);
    return Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${this.#field(message, name, value as Value, all, meanings.get(name) ?? [])}`)
      .join(", ");
  }

  #field(message: string, name: string, value: Value, all: Values, meaning: Meaning): string {
    if (message === "SendEvent" && name === "event") return this.#sentEvent(value as Uint8Array);
    const type = this.#nameOf(all["type"]);
    if (message === "ClientMessage" && name === "data") {
      const atoms = atomsIn[type ?? ""] ?? [];
      const texts = (value as readonly number[]).map((one, index) =>
        this.#numbers.text(one, atoms.includes(index) ? ["atom"] : []),
      );
      return `[${texts.join(", ")}]`;
    }
    if (value instanceof Uint8Array && "format" in all) {
      const names = { property: this.#nameOf(all["property"]), type };
      return propertyText(value, Number(all["format"]), names, (part, of) => this.#value(part, of));
    }
    return this.#value(value, meaning);
  }

  #value(value: Value, meaning: Meaning): string {
    if (typeof value === "number") return this.#numbers.text(value, meaning);
    if (typeof value === "string") {
      return JSON.stringify(value.length > MAX_LETTERS ? `${value.slice(0, MAX_LETTERS)}…` : value);
    }
    if (value instanceof Uint8Array) return `${value.length} bytes`;
    if (Array.isArray(value)) {
      const list = value as readonly Value[];
      const shown = list.slice(0, MAX_ELEMENTS).map((one) => this.#value(one, meaning));
      return `[${shown.join(", ")}${list.length > MAX_ELEMENTS ? `, … ${list.length} in all` : ""}]`;
    }
    return typeof value === "object" ? `{${this.#fields("", value as Values)}}` : String(value);
  }

  #sentEvent(bytes: Uint8Array): string {
    const event = this.#events.read(Buffer.from(bytes), 0, 0);
    return event === null ? `${bytes.length} bytes` : this.#eventText(event);
  }

  #nameOf(atom: Value | undefined): string | undefined {
    return this.#atoms.known(Number(atom));
  }
}
