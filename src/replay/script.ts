// SPDX-License-Identifier: Apache-2.0
/** The script of a recorded client: what it did, and what it had to wait for. */
import { UserError } from "../errors.ts";
import { Kind, type RecordAt } from "../recorder/record.ts";
import type { RecordedSessions } from "../trace/recording-reader.ts";
import { argumentsOf } from "../wire/arguments.ts";
import { MAX_REQUEST_SIZE } from "../wire/limits.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import { isWhole, newIdPlaces, ReplayNames } from "./replay-names.ts";

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
  /**
   * The words of the request that are objects, the receiver among them, with their names; then those that are new
   * objects.
   */
  readonly objects: readonly (readonly [place: number, name: string])[];
  readonly made: readonly (readonly [place: number, name: string])[];
  /** The words of the request that an event has brought: a serial, or a global's number. */
  readonly given: readonly EventReference[];
}

/** A word of a request that came in an event. */
export interface EventReference {
  readonly offset: number;
  readonly event: string;
  readonly eventOffset: number;
  /** Whether the request answers the event, since it is for the object that the event came from: a configure, a ping. */
  readonly isAnswer: boolean;
}

/** The event that a number came from. */
interface Origin extends Pick<EventReference, "event" | "eventOffset"> {
  /** The id of the object that the event came from. */
  readonly sender: number;
}

/** Whether an argument is a serial: a number from an event that a request returns. */
export function isSerial(arg: Argument): boolean {
  return arg.kind === ArgKind.uint && arg.name.endsWith("serial");
}

/** The actions of one client. */
export interface Script {
  readonly steps: readonly Step[];
  /** The time at which the client began, in milliseconds since 1970, and the milliseconds that it took. */
  readonly start: number;
  readonly duration: number;
}

/** Requests that can be played: hours of a busy program. */
const MAX_STEPS = 500_000;

/**
 * Returns the scripts of some sessions, by their numbers. Requests that are malformed or cut are left out.
 *
 * @throws UserError when that is too much to be played
 */
export function scriptsOf(recorded: RecordedSessions, sessions: ReadonlySet<number>): Map<number, Script> {
  const writers = new Map<number, Writer>();
  let steps = 0;
  for (const record of recorded.records()) {
    if (!sessions.has(record.session)) continue;
    let writer = writers.get(record.session);
    if (writer === undefined) {
      writer = new Writer(record.time);
      writers.set(record.session, writer);
    }
    writer.duration = record.time - writer.start;
    const type = recorded.type(record);
    if (type === undefined || record.end - record.offset < 2) continue;
    if (record.kind === Kind.toClient) writer.event(type, record);
    if (record.kind !== Kind.fromClient) continue;
    writer.request(type, record);
    if (++steps > MAX_STEPS) throw new UserError(`more than ${MAX_STEPS} requests cannot be played: choose sessions`);
  }
  return writers;
}

class Writer implements Script {
  readonly steps: Step[] = [];
  readonly start: number;
  duration = 0;
  readonly #names = new ReplayNames();
  /** The event that brought a serial, or a global's number, last. */
  readonly #serials = new Map<number, Origin>();
  readonly #globals = new Map<number, Origin>();
  /** The events that made objects of the host's, by their names. */
  readonly #makers = new Map<string, string>();
  /** The events that the next request answers, perhaps. */
  #paced: string[] = [];

  constructor(start: number) {
    this.start = start;
  }

  event(type: Interface, record: RecordAt): void {
    const words = record.words.slice(record.offset, record.end);
    const message = type.events[(words[1] as number) & 0xffff];
    if (message === undefined) return;
    const event = this.#names.event(type, message, words);
    const sender = words[0] as number;
    if (type.name === "wl_registry" && message.name === "global") {
      this.#globals.set(words[2] as number, { event, eventOffset: 2, sender });
    }
    if (type.name === "wl_callback" || message.name === "configure") this.#paced.push(event);
    for (const offset of newIdPlaces(message, words)) {
      this.#makers.set(this.#names.nameOf(words[offset] as number), event);
    }
    for (const [arg, offset] of argumentsOf(message, words)) {
      if (isSerial(arg)) this.#serials.set(words[offset] as number, { event, eventOffset: offset, sender });
    }
  }

  request(type: Interface, record: RecordAt): void {
    const words = record.words.slice(record.offset, record.end);
    const message = type.requests[(words[1] as number) & 0xffff];
    if (message === undefined || words.byteLength > MAX_REQUEST_SIZE || !isWhole(message, words)) return;
    const objects = [0, ...placesOf(message, words, (arg) => arg.kind === ArgKind.object)]
      .filter((offset) => words[offset] !== 0)
      .map((offset) => [offset, this.#names.nameOf(words[offset] as number)] as const);
    const given = placesOf(message, words, isSerial).flatMap((offset) => {
      const from = this.#serials.get(words[offset] as number);
      return from === undefined ? [] : [referenceTo(from, offset, words)];
    });
    if (type.name === "wl_registry" && message.name === "bind") {
      const from = this.#globals.get(words[2] as number);
      if (from !== undefined) given.push(referenceTo(from, 2, words));
    }
    const made = newIdPlaces(message, words).map((offset) => {
      const id = words[offset] as number;
      const name = `${id}/${this.#names.count(`life of ${id}`)}`;
      this.#names.define(id, name);
      return [offset, name] as const;
    });
    const makers = objects.flatMap(([, name]) => this.#makers.get(name) ?? []);
    const after = [...this.#paced, ...makers, ...given.map(({ event }) => event)];
    this.#paced = [];
    this.steps.push({ time: record.time - this.start, type, message, words, after, objects, made, given });
  }
}

function referenceTo({ event, eventOffset, sender }: Origin, offset: number, words: Uint32Array): EventReference {
  return { offset, event, eventOffset, isAnswer: sender === words[0] };
}

function placesOf(message: Message, words: Uint32Array, accept: (arg: Argument) => boolean): number[] {
  return [...argumentsOf(message, words)].flatMap(([arg, offset]) => (accept(arg) ? [offset] : []));
}
