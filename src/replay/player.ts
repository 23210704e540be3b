// SPDX-License-Identifier: Apache-2.0
import { openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../log/counted.ts";
import type { Logger } from "../log/logger.ts";
import { SystemError } from "../native/errors.ts";
import { Fd } from "../native/fd.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { type Trace, TracePoint } from "../recorder/trace.ts";
import type { HookTable } from "../relay/hooks.ts";
import { processObjects } from "../relay/object-budget.ts";
import { Session } from "../relay/session.ts";
import { argumentsOf, endOfArgument, textAt } from "../wire/arguments.ts";
import { ArgKind, type Interface, type Message } from "../wire/signature.ts";
import type { Transport } from "../wire/transport.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import { PlayedTransport } from "./played-transport.ts";
import { type PixelBudget, Pools } from "./pools.ts";
import { ReplayNames } from "./replay-names.ts";
import { isSerial, type Script, type Step } from "./script.ts";

/** Milliseconds that an event may be late, after which the client goes on without it. */
const EVENT_TIMEOUT_MS = 1000;

/** Messages that may wait for the host. */
const MAX_WAITING_MESSAGES = 256;

/** Globals whose objects take buffers of a GPU, of which a recording has nothing. */
const gpuGlobals: ReadonlySet<string> = new Set(["zwp_linux_dmabuf_v1", "wl_drm"]);

/** The services and settings that a played client needs. */
export interface PlayerOptions {
  /** The protocols, with the hooks that decide what clients see. */
  readonly protocol: ProtocolRegistry;
  readonly hooks: HookTable;
  /** The client's name in log lines. */
  readonly name: string;
  readonly log: Logger;
  readonly budget: PixelBudget;
}

/**
 * The way in which a play ended: as recorded, by a mistake of the client's or the host's, or because it took too long.
 */
export type Ending = "complete" | "failed" | "late";

/**
 * Plays what a recorded client did to a host. Everything goes through a session as a real client's does. The session
 * checks it, hides what clients are not to have, and sees to the host's ids. Every object gets an id of its own here,
 * so that none has to be free again in time. Where a request takes a serial or an object from an event, it gets what
 * the same event brings now.
 */
export class Player implements Trace {
  readonly isObserved = true;
  readonly #log: Logger;
  readonly #transport = new PlayedTransport();
  readonly #names = new ReplayNames();
  /** The events that the script needs, by their names; null until they come. */
  readonly #events = new Map<string, Uint32Array | null>();
  /** The events that were waited for in vain. */
  readonly #missed = new Set<string>();
  /** The ids that objects have here, and their versions. What could not be made is not among them. */
  readonly #ids = new Map<string, number>([["1", 1]]);
  readonly #versions = new Map<number, number>([[1, 1]]);
  readonly #pools: Pools;
  readonly #ended: Promise<void>;
  #nextId = 2;
  #lastSerial = 0;
  #isOver = false;
  #hasFailed = false;
  #onEvent: () => void = () => {};

  constructor(host: Transport, { protocol, hooks, name, log, budget }: PlayerOptions) {
    this.#log = log;
    this.#pools = new Pools(budget);
    let end = (): void => {};
    this.#ended = new Promise((resolve) => {
      end = resolve;
    });
    new Session(this.#transport, host, {
      protocol,
      hooks,
      objects: processObjects,
      hostWatch: null,
      log,
      trace: this,
      identity: { pid: null, uid: null, name: () => name },
      failed: () => {
        this.#hasFailed = true;
      },
      ended: () => {
        this.#isOver = true;
        this.#onEvent();
        end();
      },
    });
  }

  /**
   * Plays all of it, once.
   *
   * @param deadline when it is to end at the latest, on the clock of performance.now()
   */
  async play({ steps, duration }: Script, deadline: number): Promise<Ending> {
    for (const { after, given } of steps) {
      for (const event of [...after, ...given.map((reference) => reference.event)]) this.#events.set(event, null);
    }
    const start = performance.now();
    let skipped = 0;
    for (const step of steps) {
      await this.#until(() => performance.now() >= start + step.time, Math.min(start + step.time, deadline));
      for (const event of step.after) {
        if (this.#missed.has(event)) continue;
        const end = Math.min(performance.now() + EVENT_TIMEOUT_MS, deadline);
        await this.#until(() => this.#events.get(event) !== null, end);
        if (this.#events.get(event) === null) this.#missed.add(event);
      }
      while (this.#transport.waiting > MAX_WAITING_MESSAGES && !this.#isOver && performance.now() < deadline) {
        await sleep(1);
      }
      if (this.#isOver || performance.now() >= deadline) break;
      if (!this.#perform(step)) skipped++;
    }
    await this.#until(() => false, Math.min(start + duration, deadline));
    const isLate = performance.now() >= deadline;
    const hasFailed = this.#isOver || this.#hasFailed;
    this.#transport.end();
    await this.#ended;
    this.#pools.close();
    if (skipped > 0) this.#log.warn(`${skipped} of ${counted(steps.length, "request")} could not be played here`);
    return hasFailed ? "failed" : isLate ? "late" : "complete";
  }

  tick(): void {}

  onMessage(point: TracePoint, { type, message, words, offset, end }: WireMessage): void {
    if (point !== TracePoint.toClient) return;
    const event = words.slice(offset, end);
    const name = this.#names.event(type, message, event);
    if (this.#events.has(name)) this.#events.set(name, event);
    for (const [arg, at] of argumentsOf(message, event)) {
      const word = event[at] as number;
      if (isSerial(arg)) this.#lastSerial = word;
      if (arg.kind === ArgKind.newId) {
        this.#ids.set(this.#names.nameOf(word), word);
        this.#versions.set(word, this.#versions.get(event[0] as number) ?? 1);
      }
    }
    this.#onEvent();
  }

  /**
   * Sends a request, with what stands for its numbers and descriptors now.
   *
   * @returns false when something that it needs is not there
   */
  #perform({ type, message, words: recorded, objects, made, given }: Step): boolean {
    const words = recorded.slice();
    for (const [place, name] of objects) {
      const id = this.#ids.get(name);
      if (id === undefined) return false;
      words[place] = id;
    }
    let version = this.#versions.get(words[0] as number) ?? 1;
    if (message.since > version) return false;
    for (const { offset, event, eventOffset, isAnswer } of given) {
      const brought = this.#events.get(event)?.[eventOffset];
      // A host ends who answers what it has not asked.
      if (brought === undefined && isAnswer) return false;
      // A serial of input that nobody gives now: hosts ignore a request whose serial is too old.
      words[offset] = brought ?? this.#lastSerial;
    }
    if (type.name === "wl_registry" && message.name === "bind") {
      version = this.#bind(words, given.map(({ event }) => event).join());
      if (version === 0) return false;
    }
    const ids = made.map(([place], index) => {
      words[place] = this.#nextId + index;
      return words[place] as number;
    });
    const fds = this.#files(type, message, words);
    if (fds === null) return false;
    this.#nextId += made.length;
    for (const [index, [, name]] of made.entries()) {
      const id = ids[index] as number;
      this.#ids.set(name, id);
      this.#versions.set(id, version);
      this.#names.define(id, name);
    }
    this.#changePools(type, message, words);
    this.#transport.give(Buffer.from(words.buffer, words.byteOffset, words.byteLength), fds);
    return true;
  }

  /** Lowers the version of a bind to what this host has; @returns it, or 0 if it has no such global. */
  #bind(words: Uint32Array, event: string): number {
    const global = this.#events.get(event);
    if (!global || gpuGlobals.has(textAt(words, 3))) return 0;
    const offset = endOfArgument(ArgKind.string, words, 3, words.length);
    words[offset] = Math.min(words[offset] as number, global.at(-1) as number);
    return words[offset] as number;
  }

  /** The descriptors of a request; null when there can be none. */
  #files(type: Interface, message: Message, words: Uint32Array): Fd[] | null {
    const fds: Fd[] = [];
    try {
      for (let i = 0; i < message.fds; i++) {
        const isPool = type.name === "wl_shm" && message.name === "create_pool";
        // Its arguments are the new object, the descriptor and the size.
        const file = isPool ? this.#pools.create(words[2] as number, (words[3] as number) | 0) : nothing();
        if (file === null) break;
        fds.push(file);
      }
    } catch (error) {
      // There are too many.
      if (!(error instanceof SystemError) && (error as NodeJS.ErrnoException).code !== "EMFILE") throw error;
    }
    if (fds.length === message.fds) return fds;
    for (const fd of fds) fd.close();
    return null;
  }

  /** Changes the file of a pool as the client must have done. */
  #changePools(type: Interface, message: Message, words: Uint32Array): void {
    const id = words[0] as number;
    if (type.name === "wl_shm_pool" && message.name === "resize") this.#pools.resize(id, (words[2] as number) | 0);
    if (type.name === "wl_shm_pool" && message.name === "create_buffer") {
      const [, , buffer, offset, , height, stride] = words as unknown as number[] & { length: 7 };
      this.#pools.addBuffer(
        id,
        buffer as number,
        (offset as number) | 0,
        ((height as number) | 0) * ((stride as number) | 0),
      );
    }
    if (message.destructor) this.#pools.destroy(id);
  }

  /** Waits until something is the case, but not beyond a time: another host need not send an event. */
  async #until(isTrue: () => boolean, end: number): Promise<void> {
    while (!this.#isOver && !isTrue()) {
      const left = end - performance.now();
      if (left <= 0) return;
      const timer = new AbortController();
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#onEvent = resolve;
        }),
        sleep(Math.min(left, MAX_TIMER_MS), undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  }
}

/** The longest time that a timer can have; a longer one would be over at once. */
const MAX_TIMER_MS = 0x7fffffff;

/** Returns a file in place of one that the recording does not have. */
function nothing(): Fd {
  return new Fd(openSync("/dev/null", "r+"));
}
