// SPDX-License-Identifier: Apache-2.0
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { WireMessage } from "../wire/wire-message.ts";
import { Kind } from "./record.ts";
import { Ring } from "./ring.ts";
import type { Trace, TracePoint } from "./trace.ts";

/** Names that are asked for in a tenth of a second: each is a file in /proc, and clients may come by the thousands. */
const MAX_NAMES = 10;

/** The message that observers see. */
const kept = new WireMessage(new Uint32Array());

/** Sees all that is recorded, while it happens: the log, or a file. */
export interface Observer {
  opened?(sessionTrace: SessionTrace): void;
  onMessage(sessionTrace: SessionTrace, point: TracePoint, wire: WireMessage): void;
  closed?(sessionTrace: SessionTrace): void;
}

/** The flight recorder's part of one session. */
export class SessionTrace implements Trace {
  readonly number: number;
  readonly protocol: ProtocolRegistry;
  readonly #recorder: FlightRecorder;
  readonly #ring: Ring;
  readonly #observers: readonly Observer[];
  readonly #keepsTyped: boolean;
  readonly #findName: () => string;
  #name: string | null = null;

  constructor(recorder: FlightRecorder, number: number, protocol: ProtocolRegistry, findName: () => string) {
    this.#recorder = recorder;
    this.#ring = recorder.ring;
    this.#observers = recorder.observers;
    this.#keepsTyped = recorder.keepsTyped;
    this.number = number;
    this.protocol = protocol;
    this.#findName = findName;
  }

  /** The client's name in log lines. */
  get name(): string {
    this.#name ??= this.#findName();
    return this.#name;
  }

  /** The time when the clock was last read, in milliseconds since 1970. */
  get now(): number {
    return this.#ring.now;
  }

  get isObserved(): boolean {
    return this.#observers.length > 0;
  }

  tick(): void {
    this.#ring.tick();
  }

  onMessage(point: TracePoint, wire: WireMessage): void {
    // What a user has typed is not kept, and so cannot come out.
    const typed = wire.offset + wire.message.wordsBeforeTyped;
    const end = typed > wire.end || this.#keepsTyped ? wire.end : typed;
    this.#ring.message(point, this.number, wire, end);
    if (this.#observers.length > 0) this.#tell(point, wire, end);
  }

  /** Shows observers a message in a view of its own, which may end earlier: the one that goes on is whole. */
  #tell(point: TracePoint, { type, message, words, offset }: WireMessage, end: number): void {
    const shown = kept.show(type, message, words, offset, end);
    for (const observer of this.#observers) observer.onMessage(this, point, shown);
  }

  /** The session has ended. */
  close(): void {
    this.#recorder.closed(this);
  }
}

/** Keeps the latest messages of all sessions in memory, for when a user asks what has happened. */
export class FlightRecorder {
  /** @internal */
  readonly ring: Ring;
  readonly keepsTyped: boolean;
  /** Empty, unless the user wants to see or keep everything. */
  readonly observers: Observer[] = [];
  /** All whose records may still be in the ring. */
  readonly #traces = new Map<number, SessionTrace>();
  /** The traces of ended sessions, and when they ended, in the ring's terms. */
  readonly #closed: { readonly sessionTrace: SessionTrace; readonly age: number }[] = [];
  #opened = 0;
  #namesSince = 0;
  #names = 0;

  /**
   * @param size the bytes of the ring; with 0 there is none, and only observers see messages
   * @param keepsTyped whether keys and typed texts are kept, too; otherwise messages with them end before these
   */
  constructor(size: number, keepsTyped = false) {
    this.ring = new Ring(size);
    this.keepsTyped = keepsTyped;
  }

  /** A session begins. Its client has that name. */
  open(protocol: ProtocolRegistry, findName: () => string): SessionTrace {
    while (this.#closed.length > 0 && this.ring.isGone((this.#closed[0] as { age: number }).age)) {
      this.#traces.delete((this.#closed.shift() as { sessionTrace: SessionTrace }).sessionTrace.number);
    }
    const sessionTrace = new SessionTrace(this, ++this.#opened, protocol, findName);
    this.#traces.set(sessionTrace.number, sessionTrace);
    this.ring.tick();
    if (this.#mayName()) this.ring.text(Kind.opened, sessionTrace.number, sessionTrace.name);
    for (const observer of this.observers) observer.opened?.(sessionTrace);
    return sessionTrace;
  }

  /** Finds the session with that number, if its records may still be here. */
  sessionTrace(number: number): SessionTrace | undefined {
    return this.#traces.get(number);
  }

  closed(sessionTrace: SessionTrace): void {
    this.ring.text(Kind.closed, sessionTrace.number, "");
    this.#closed.push({ sessionTrace, age: this.ring.age });
    for (const observer of this.observers) observer.closed?.(sessionTrace);
  }

  /**
   * Something was logged.
   *
   * @internal
   */
  line(kind: Kind, text: string): void {
    this.ring.tick();
    this.ring.text(kind, 0, text);
  }

  /**
   * Whether a name may be asked for now. That is best done early, since the process may be gone when a user wants to
   * know.
   */
  #mayName(): boolean {
    if (this.ring.now - this.#namesSince > 100) {
      this.#namesSince = this.ring.now;
      this.#names = 0;
    }
    return ++this.#names <= MAX_NAMES;
  }
}
