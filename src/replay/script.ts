// SPDX-License-Identifier: Apache-2.0
/** What a recorded client did, and what it had to wait for. */
import { Kind, type RecordAt } from "../recorder/record.ts";
import type { RecordedSessions } from "../trace/recording-reader.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import { argumentsOf, Ledger, newIdPlaces } from "./ledger.ts";

/** A request of the recorded client. */
export interface Step {
  /** Milliseconds since the session's beginning. */
  readonly time: number;
  readonly type: Interface;
  readonly message: Message;
  /** The message as it was on the wire. */
  readonly words: Uint32Array;
  /** The events that it must not come before: they paced the client, or brought what the request names. */
  readonly after: readonly string[];
  /** Its words that are objects, the receiver among them, with their names; then those that are new objects. */
  readonly objects: readonly (readonly [place: number, name: string])[];
  readonly made: readonly (readonly [place: number, name: string])[];
  /** Its words that an event has brought: a serial, or a global's number. */
  readonly given: readonly Given[];
}

/** A word of a request that came in an event. */
export interface Given {
  readonly place: number;
  readonly event: string;
  readonly eventPlace: number;
}

/** Whether an argument is a serial: a number from an event that a request gives back. */
export function isSerial(arg: Argument): boolean {
  return arg.kind === ArgKind.uint && arg.name.endsWith("serial");
}

/** The steps of one session; it began at `start`, milliseconds since 1970, and took `duration`. */
export function scriptOf(
  recorded: RecordedSessions,
  session: number,
): { steps: Step[]; start: number; duration: number } {
  const records = recorded.records.filter((record) => record.session === session);
  const start = records[0]?.time ?? 0;
  const writer = new Writer();
  for (const record of records) {
    const type = recorded.type(record);
    if (type === undefined) continue;
    if (record.kind === Kind.toClient) writer.event(type, record);
    if (record.kind === Kind.fromClient) writer.request(type, record, record.time - start);
  }
  return { steps: writer.steps, start, duration: (records.at(-1)?.time ?? start) - start };
}

class Writer {
  readonly steps: Step[] = [];
  readonly #ledger = new Ledger();
  /** The event that brought a serial, or a global's number, last. */
  readonly #serials = new Map<number, Omit<Given, "place">>();
  readonly #globals = new Map<number, Omit<Given, "place">>();
  /** The events that made objects of the host's, by their names. */
  readonly #makers = new Map<string, string>();
  /** Those that the next request answers, perhaps. */
  #paced: string[] = [];

  event(type: Interface, record: RecordAt): void {
    const words = record.words.slice(record.place, record.end);
    const message = type.events[(words[1] as number) & 0xffff];
    if (message === undefined) return;
    const event = this.#ledger.event(type, message, words);
    if (type.name === "wl_registry" && message.name === "global") {
      this.#globals.set(words[2] as number, { event, eventPlace: 2 });
    }
    if (type.name === "wl_callback" || message.name === "configure") this.#paced.push(event);
    for (const place of newIdPlaces(message, words)) {
      this.#makers.set(this.#ledger.nameOf(words[place] as number), event);
    }
    for (const [arg, place] of argumentsOf(message, words)) {
      if (isSerial(arg)) this.#serials.set(words[place] as number, { event, eventPlace: place });
    }
  }

  request(type: Interface, record: RecordAt, time: number): void {
    const words = record.words.slice(record.place, record.end);
    const message = type.requests[(words[1] as number) & 0xffff];
    if (message === undefined) return;
    const objects = [0, ...placesOf(message, words, (arg) => arg.kind === ArgKind.object)]
      .filter((place) => words[place] !== 0)
      .map((place) => [place, this.#ledger.nameOf(words[place] as number)] as const);
    const given = placesOf(message, words, isSerial).flatMap((place) => {
      const from = this.#serials.get(words[place] as number);
      return from === undefined ? [] : [{ place, ...from }];
    });
    if (type.name === "wl_registry" && message.name === "bind") {
      const from = this.#globals.get(words[2] as number);
      if (from !== undefined) given.push({ place: 2, ...from });
    }
    const made = newIdPlaces(message, words).map((place) => {
      const id = words[place] as number;
      const name = `${id}/${this.#ledger.count(`life of ${id}`)}`;
      this.#ledger.born(id, name);
      return [place, name] as const;
    });
    const makers = objects.flatMap(([, name]) => this.#makers.get(name) ?? []);
    const after = [...this.#paced, ...makers, ...given.map(({ event }) => event)];
    this.#paced = [];
    this.steps.push({ time, type, message, words, after, objects, made, given });
  }
}

function placesOf(message: Message, words: Uint32Array, accept: (arg: Argument) => boolean): number[] {
  return [...argumentsOf(message, words)].flatMap(([arg, place]) => (accept(arg) ? [place] : []));
}
