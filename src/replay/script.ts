// SPDX-License-Identifier: Apache-2.0
/** What a recorded client did, and what it had to wait for. */
import { Kind, type RecordAt } from "../log/record.ts";
import type { RecordedSessions } from "../log/recording-reader.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import { SERVER_ID_BASE } from "../wire/wl-object.ts";
import { argumentsOf, Ledger } from "./ledger.ts";

/** A number in a request that stands for what an event brought. */
export interface Reference {
  /** The word of the request. */
  readonly place: number;
  /** The event, and which of its words. */
  readonly event: string;
  readonly eventPlace: number;
  readonly kind: "serial" | "object" | "global";
}

/** A request of the recorded client. */
export interface Step {
  /** Milliseconds since the session's beginning. */
  readonly time: number;
  readonly type: Interface;
  readonly message: Message;
  /** The message as it was on the wire. */
  readonly words: Uint32Array;
  /** Events that had come before, and that paced the client. */
  readonly after: readonly string[];
  readonly references: readonly Reference[];
}

/** Whether an argument is a serial: a number from an event that a request gives back. */
function isSerial(arg: Argument): boolean {
  return arg.kind === ArgKind.uint && arg.name.endsWith("serial");
}

/** The steps of one session; it began at `start`, milliseconds since 1970, and took `duration`. */
export function scriptOf(
  recorded: RecordedSessions,
  session: number,
): { steps: Step[]; start: number; duration: number } {
  const steps: Step[] = [];
  const ledger = new Ledger();
  /** The latest event that brought a serial, a global's name, or an object of the host's. */
  const serials = new Map<number, Pick<Reference, "event" | "eventPlace">>();
  const globals = new Map<number, string>();
  const objects = new Map<number, Pick<Reference, "event" | "eventPlace">>();
  let paced: string[] = [];
  const records = recorded.records.filter((record) => record.session === session);
  const start = records[0]?.time ?? 0;
  for (const record of records) {
    const found = messageOf(recorded, record);
    if (found === null) continue;
    const { type, message, words } = found;
    if (record.kind === Kind.toClient) {
      const event = ledger.event(type, message, words);
      if (type.name === "wl_registry" && message.name === "global") globals.set(words[2] as number, event);
      if (type.name === "wl_callback" || message.name === "configure") paced.push(event);
      for (const [arg, place] of argumentsOf(message, words)) {
        const value = words[place] as number;
        if (isSerial(arg)) serials.set(value, { event, eventPlace: place });
        if (arg.kind === ArgKind.newId) objects.set(value, { event, eventPlace: place });
      }
      continue;
    }
    const references: Reference[] = [];
    const refer = (place: number): void => {
      const object = objects.get(words[place] as number);
      if ((words[place] as number) >= SERVER_ID_BASE && object) references.push({ place, kind: "object", ...object });
    };
    const after = [...paced, ...ledger.deletions(message, words)];
    paced = [];
    refer(0);
    for (const [arg, place] of argumentsOf(message, words)) {
      if (arg.kind === ArgKind.object) refer(place);
      const serial = isSerial(arg) ? serials.get(words[place] as number) : undefined;
      if (serial !== undefined) references.push({ place, kind: "serial", ...serial });
    }
    if (type.name === "wl_registry" && message.name === "bind") {
      const event = globals.get(words[2] as number);
      if (event !== undefined) references.push({ place: 2, event, eventPlace: 2, kind: "global" });
    }
    ledger.request(message, words);
    steps.push({ time: record.time - start, type, message, words, after, references });
  }
  return { steps, start, duration: (records.at(-1)?.time ?? start) - start };
}

function messageOf(
  recorded: RecordedSessions,
  record: RecordAt,
): { type: Interface; message: Message; words: Uint32Array } | null {
  if (record.kind !== Kind.fromClient && record.kind !== Kind.toClient) return null;
  const type = recorded.type(record);
  const words = record.words.slice(record.place, record.end);
  const opcode = (words[1] as number) & 0xffff;
  const message = type?.[record.kind === Kind.fromClient ? "requests" : "events"][opcode];
  return type === undefined || message === undefined ? null : { type, message, words };
}
