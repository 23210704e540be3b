// SPDX-License-Identifier: Apache-2.0
import { ftruncateSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../log/counted.ts";
import type { Logger } from "../log/logger.ts";
import { Fd } from "../native/fd.ts";
import { memfd } from "../native/memory.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import { type Trace, TracePoint } from "../recorder/trace.ts";
import { Session } from "../relay/session.ts";
import { ArgKind, type Interface, type Message } from "../wire/signature.ts";
import type { Transport } from "../wire/transport.ts";
import { PlayedTransport } from "./played-transport.ts";
import { argumentsOf, ReplayNames, textAt } from "./replay-names.ts";
import { isSerial, type Step } from "./script.ts";

/** Milliseconds that an event may be late, after which the client goes on without it. */
const EVENT_TIMEOUT_MS = 1000;

/** Globals whose objects take buffers of a GPU, of which a recording has nothing. */
const gpuGlobals: ReadonlySet<string> = new Set(["zwp_linux_dmabuf_v1", "wl_drm"]);

/** What stands for pixels, of which a recording has none either: a gray that is opaque in the usual formats. */
const GRAY = Buffer.alloc(64 * 1024, Uint8Array.of(0x80, 0x80, 0x80, 0xff));

/**
 * Plays what a recorded client did to a host. Everything goes through a session as a real client's does, which sees to
 * the host's ids. Every object gets an id of its own here, so that none has to be free again in time. What a request
 * takes from an event, a serial or an object, is what the same event brings now.
 */
export class Player implements Trace {
  readonly #log: Logger;
  readonly #transport = new PlayedTransport();
  readonly #names = new ReplayNames();
  /** The events that have come, by their names. */
  readonly #events = new Map<string, Uint32Array>();
  /** The ids that objects have here, and their versions. What could not be made is not among them. */
  readonly #ids = new Map<string, number>([["1", 1]]);
  readonly #versions = new Map<number, number>([[1, 1]]);
  /** Files of pools, by the ids of these, for when they grow. */
  readonly #pools = new Map<number, Fd>();
  readonly #ended: Promise<void>;
  #nextId = 2;
  #lastSerial = 0;
  #skipped = 0;
  #isOver = false;
  #hasFailed = false;
  #onEvent: () => void = () => {};

  constructor(host: Transport, protocol: ProtocolRegistry, name: string, log: Logger) {
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

  /** Plays all of it. Resolves to whether the host took it to the end. */
  async play(steps: readonly Step[], duration: number): Promise<boolean> {
    const start = performance.now();
    for (const step of steps) {
      await this.#waitUntil(start + step.time);
      for (const event of step.after) await this.#await(event);
      if (this.#isOver) break;
      if (!this.#perform(step)) this.#skipped++;
    }
    await this.#waitUntil(start + duration);
    const isComplete = !this.#isOver && !this.#hasFailed;
    this.#transport.end();
    await this.#ended;
    for (const file of this.#pools.values()) file.close();
    if (this.#skipped > 0)
      this.#log.warn(`${this.#skipped} of ${counted(steps.length, "request")} could not be played here`);
    return isComplete;
  }

  tick(): void {}

  onMessage(
    point: TracePoint,
    type: Interface,
    message: Message,
    words: Uint32Array,
    offset: number,
    end: number,
  ): void {
    if (point !== TracePoint.toClient) return;
    const event = words.slice(offset, end);
    const name = this.#names.event(type, message, event);
    this.#events.set(name, event);
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
    for (const { offset, event, eventOffset } of given) {
      // A serial of input that nobody gives now: hosts ignore a request whose serial is too old.
      words[offset] = this.#events.get(event)?.[eventOffset] ?? this.#lastSerial;
    }
    if (type.name === "wl_registry" && message.name === "bind") {
      version = this.#bind(words, given.map(({ event }) => event).join());
      if (version === 0) return false;
    }
    for (const [place, name] of made) {
      const id = this.#nextId++;
      words[place] = id;
      this.#ids.set(name, id);
      this.#versions.set(id, version);
      this.#names.define(id, name);
    }
    const fds = message.args.filter((arg) => arg.kind === ArgKind.fd).map(() => this.#file(type, message, words));
    if (type.name === "wl_shm_pool") this.#usePool(message, words);
    this.#transport.give(Buffer.from(words.buffer, words.byteOffset, words.byteLength), fds);
    return true;
  }

  /** Lowers the version of a bind to what this host has; @returns it, or 0 if it has no such global. */
  #bind(words: Uint32Array, event: string): number {
    const global = this.#events.get(event);
    if (global === undefined || gpuGlobals.has(textAt(words, 3))) return 0;
    const offset = 4 + (((words[3] as number) + 3) >>> 2);
    words[offset] = Math.min(words[offset] as number, global.at(-1) as number);
    return words[offset] as number;
  }

  #file(type: Interface, message: Message, words: Uint32Array): Fd {
    if (type.name !== "wl_shm" || message.name !== "create_pool") return new Fd(openSync("/dev/null", "r+"));
    const [, , pool, size] = words as unknown as [number, number, number, number];
    const file = memfd("wayland-proxy-replay", size);
    this.#pools.set(pool, file.duplicate());
    return file;
  }

  /** Does to the file of a pool what the client must have done. */
  #usePool(message: Message, words: Uint32Array): void {
    const file = this.#pools.get(words[0] as number);
    if (file === undefined) return;
    if (message.name === "resize") ftruncateSync(file.raw, words[2] as number);
    // Only where a buffer is: foot's pool has 512 MiB, nearly all of which are never touched.
    const [, , , offset, , height, stride] = words as unknown as number[];
    if (message.name === "create_buffer") paint(file.raw, offset as number, (height as number) * (stride as number));
  }

  async #waitUntil(time: number): Promise<void> {
    const left = time - performance.now();
    if (left > 1 && !this.#isOver) await Promise.race([sleep(left), this.#ended]);
  }

  /** Waits for an event, but not for ever: another host need not send it. */
  async #await(event: string): Promise<void> {
    const patience = performance.now() + EVENT_TIMEOUT_MS;
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

function paint(fd: number, from: number, size: number): void {
  const end = from + size;
  for (let offset = from; offset < end; ) offset += writeSync(fd, GRAY, 0, Math.min(GRAY.length, end - offset), offset);
}
