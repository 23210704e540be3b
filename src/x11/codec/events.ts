// SPDX-License-Identifier: Apache-2.0
import type { Events } from "../generated/types.ts";
import { type EventName, events } from "./protocol.ts";
import { Reader } from "./reader.ts";
import { type Values, Writer } from "./writer.ts";

/** Any of the events that the tables know, told apart by `name`. The other fields are the protocol's own. */
export type X11Event = { [Name in EventName]: EventOf<Name> }[EventName];

/** The event called `Name`. */
export type EventOf<Name extends EventName> = EventHead<Name> & Readonly<Events[Name]>;

interface EventHead<Name extends EventName> {
  readonly name: Name;
  /**
   * Sent by a client (SendEvent), who can claim whatever it likes. What the server itself generates has this bit clear,
   * and no client can do that.
   */
  readonly sendEvent: boolean;
  /** The number of our last request that the server had come to before this event; see `X11Connection.sequence`. */
  readonly sequence: number;
}

/** An event that is to be sent. */
export type OutgoingEvent = { [Name in EventName]: { readonly name: Name } & Readonly<Events[Name]> }[EventName];

export const EVENT_SIZE = 32;
const BODY = 4;
const SENT = 0x80;

const byName = new Map(events.map((layout) => [layout.name, layout]));

/** The codec of a connection's events: extensions get their numbers from the server. */
export class EventCodec {
  readonly #layouts = new Map<number, (typeof events)[number]>();
  readonly #writer = new Writer();

  constructor() {
    this.add("", 0);
  }

  /** Adds the events of an extension, whose first has the number `first`. */
  add(extension: string, first: number): void {
    for (const layout of events) if (layout.extension === extension) this.#layouts.set(first + layout.number, layout);
  }

  /** Reads an event; null for one that the tables do not know. */
  read(bytes: Buffer, start: number, sequence: number): X11Event | null {
    const type = bytes.readUInt8(start);
    const layout = this.#layouts.get(type & ~SENT);
    if (layout === undefined) return null;
    const reader = new Reader(bytes, start, EVENT_SIZE);
    const head = { name: layout.name, sendEvent: (type & SENT) !== 0, sequence };
    return reader.message(layout.fields, BODY, head) as unknown as X11Event;
  }

  /** The 32 bytes of an event of the core protocol, for SendEvent. The server fills in the number. */
  write(event: OutgoingEvent): Uint8Array {
    const layout = byName.get(event.name) as (typeof events)[number];
    const writer = this.#writer;
    writer.clear();
    writer.uint8(layout.number);
    writer.fields(layout.fields.slice(0, 1), event as unknown as Values);
    writer.uint16(0);
    writer.fields(layout.fields.slice(1), event as unknown as Values);
    writer.zeros(EVENT_SIZE - writer.length);
    return writer.bytes.subarray(0, EVENT_SIZE);
  }
}
