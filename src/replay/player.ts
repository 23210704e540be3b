// SPDX-License-Identifier: Apache-2.0
import { ftruncateSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../log/logger.ts";
import { Passage, type Trace } from "../log/trace.ts";
import { Fd } from "../native/fd.ts";
import { memfd } from "../native/memory.ts";
import type { Protocol } from "../protocol/protocol.ts";
import { Session } from "../relay/session.ts";
import { ArgKind, type Interface, type Message } from "../wire/signature.ts";
import type { Transport } from "../wire/transport.ts";
import { argumentsOf, Ledger, newIds } from "./ledger.ts";
import { PlayedTransport } from "./played-transport.ts";
import type { Reference, Step } from "./script.ts";

/** Milliseconds that an event may be late, after which the client goes on without it. */
const PATIENCE = 1000;

/** Globals whose objects take buffers of a GPU, of which a recording has nothing. */
const gpuGlobals: ReadonlySet<string> = new Set(["zwp_linux_dmabuf_v1", "wl_drm"]);

/** What stands for pixels, of which a recording has none either: a gray that is opaque in the usual formats. */
const GRAY = Buffer.alloc(64 * 1024, Uint8Array.of(0x80, 0x80, 0x80, 0xff));

/**
 * Plays what a recorded client did to a host. Everything goes through a session as a real client's does, so that ids
 * fit. What a request takes from an event, a serial or an object, is what the same event brings now.
 */
export class Player implements Trace {
  readonly #log: Logger;
  readonly #transport = new PlayedTransport();
  readonly #ledger = new Ledger();
  /** The events that have come, by their names. */
  readonly #events = new Map<string, Uint32Array>();
  /** The recorded ids of objects of the host's, by those that they have now. */
  readonly #recordedIds = new Map<number, number>();
  /** Client's ids of objects that could not be made, and versions of those that could. */
  readonly #absent = new Set<number>();
  readonly #versions = new Map<number, number>([[1, 1]]);
  /** Files of pools, for when these grow. */
  readonly #pools = new Map<number, Fd>();
  #lastSerial = 0;
  #onEvent: () => void = () => {};
  #skipped = 0;
  readonly #ended: Promise<void>;
  #isOver = false;
  #reason = "";

  constructor(host: Transport, protocol: Protocol, name: string, log: Logger) {
    this.#log = log;
    let end = (): void => {};
    this.#ended = new Promise((resolve) => {
      end = resolve;
    });
    new Session(this.#transport, host, {
      protocol,
      log,
      trace: this,
      name: () => name,
      failed: (reason) => {
        this.#reason = reason;
      },
      ended: () => {
        this.#isOver = true;
        this.#onEvent();
        end();
      },
    });
  }

  /** Plays all of it. Resolves to whether the host took it to the end. */
  async play(steps: readonly Step[], duration: number): Promise<boolean> {
    const start = performance.now();
    for (const step of steps) {
      await this.#waitUntil(start + step.time);
      for (const event of step.after) await this.#await(event);
      for (const { event } of step.references) await this.#await(event);
      if (this.#isOver) break;
      this.#perform(step);
    }
    await this.#waitUntil(start + duration);
    this.#transport.end();
    await this.#ended;
    for (const fd of this.#pools.values()) fd.close();
    if (this.#skipped > 0) this.#log.warn(`${this.#skipped} requests could not be played here`);
    return this.#reason === "";
  }

  tick(): void {}

  passed(passage: Passage, type: Interface, message: Message, words: Uint32Array, place: number, end: number): void {
    if (passage !== Passage.toClient) return;
    const copy = words.slice(place, end);
    const id = copy[0] as number;
    for (const [arg, at] of argumentsOf(message, copy))
      if (arg.name === "serial") this.#lastSerial = copy[at] as number;
    this.#events.set(this.#ledger.event(type, message, copy, this.#recordedIds.get(id) ?? id), copy);
    this.#onEvent();
  }

  /** Sends a request, with what stands for its numbers and descriptors now. */
  #perform({ type, message, words: recorded, references }: Step): void {
    const words = recorded.slice();
    const made = newIds(message, words);
    if (!this.#isPlayable(message, words) || !references.every((one) => this.#resolve(words, one))) {
      this.#skipped++;
      for (const id of made) this.#absent.add(id);
      return;
    }
    let version = this.#versions.get(recorded[0] as number) ?? 1;
    if (type.name === "wl_registry" && message.name === "bind") version = this.#bindable(words, references[0]);
    for (const id of made) {
      this.#absent.delete(id);
      this.#versions.set(id, version);
    }
    this.#ledger.request(message, recorded);
    const fds = message.args.filter((arg) => arg.kind === ArgKind.fd).map(() => this.#file(type, message, words));
    if (type.name === "wl_shm_pool" && message.name === "resize") this.#grow(words);
    this.#transport.give(Buffer.from(words.buffer, words.byteOffset, words.byteLength), fds);
  }

  #isPlayable(message: Message, words: Uint32Array): boolean {
    if (this.#absent.has(words[0] as number)) return false;
    if (message.since > (this.#versions.get(words[0] as number) ?? message.since)) return false;
    for (const [arg, place] of argumentsOf(message, words)) {
      if (arg.kind === ArgKind.object && this.#absent.has(words[place] as number)) return false;
    }
    return true;
  }

  /** @returns false when there is nothing that the reference could stand for */
  #resolve(words: Uint32Array, { place, event, eventPlace, kind }: Reference): boolean {
    const came = this.#events.get(event);
    if (kind === "serial") {
      // Of input that nobody gives now: the host takes a serial that is too old for a request to ignore.
      words[place] = came?.[eventPlace] ?? this.#lastSerial;
      return true;
    }
    if (came === undefined) return false;
    if (kind === "global" && gpuGlobals.has(textAt(came, 3))) return false;
    if (kind === "object") this.#recordedIds.set(came[eventPlace] as number, words[place] as number);
    words[place] = came[eventPlace] as number;
    return true;
  }

  /** Lowers the version of a bind to what this host has; @returns it. */
  #bindable(words: Uint32Array, reference: Reference | undefined): number {
    const at = 4 + (((words[3] as number) + 3) >>> 2);
    const global = reference && this.#events.get(reference.event);
    const offered = global?.[global.length - 1] ?? (words[at] as number);
    words[at] = Math.min(words[at] as number, offered);
    return words[at] as number;
  }

  #file(type: Interface, message: Message, words: Uint32Array): Fd {
    if (type.name !== "wl_shm" || message.name !== "create_pool") return new Fd(openSync("/dev/null", "r+"));
    const size = words[3] as number;
    const file = memfd("wayland-proxy-replay", size);
    paint(file.raw, 0, size);
    this.#pools.get(words[2] as number)?.close();
    this.#pools.set(words[2] as number, file.duplicate());
    return file;
  }

  #grow(words: Uint32Array): void {
    const file = this.#pools.get(words[0] as number);
    if (file === undefined) return;
    const size = words[2] as number;
    ftruncateSync(file.raw, size);
    paint(file.raw, 0, size);
  }

  async #waitUntil(time: number): Promise<void> {
    const left = time - performance.now();
    if (left > 1 && !this.#isOver) await Promise.race([sleep(left), this.#ended]);
  }

  /** Waits for an event, but not for ever: another host need not send it. */
  async #await(event: string): Promise<void> {
    const patience = performance.now() + PATIENCE;
    while (!this.#events.has(event) && !this.#isOver) {
      const left = patience - performance.now();
      if (left <= 0) return;
      const timer = new AbortController();
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#onEvent = resolve;
        }),
        sleep(left, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  }
}

function textAt(words: Uint32Array, place: number): string {
  const start = words.byteOffset + ((place + 1) << 2);
  return Buffer.from(words.buffer, start, Math.max((words[place] as number) - 1, 0)).toString("latin1");
}

function paint(fd: number, from: number, size: number): void {
  for (let at = from; at < size; ) at += writeSync(fd, GRAY, 0, Math.min(GRAY.length, size - at), at);
}
