// SPDX-License-Identifier: Apache-2.0
/** A connection through a device that a test directs, and who uses it. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Logger } from "../../../src/log/logger.ts";
import type { Fd } from "../../../src/native/fd.ts";
import type { VirtioTransport } from "../../../src/virtio/channel.ts";
import { connectVirtio } from "../../../src/virtio/connect.ts";
import { findDevice } from "../../../src/virtio/device.ts";
import { FdQueue } from "../../../src/wire/fd-queue.ts";
import { EAGAIN } from "../../../src/wire/transport.ts";
import { openDescriptors, untilOpen } from "../../support/descriptors.ts";
import { FakeDriver } from "../../support/fake-driver.ts";
import { type FakeHostContext, type HostKind, hostKinds } from "../../support/fake-virtio-host.ts";

/** What a session does with a transport. */
export class Owner {
  readonly transport: VirtioTransport;
  /** All that was received. */
  bytes: Buffer = Buffer.alloc(0);
  readonly fds: FdQueue = new FdQueue();
  /** The value that `receive` returned at last, or the error that it threw. */
  end: unknown;
  /** How much is received at once. */
  appetite = 65536;
  #changed: () => void = () => {};
  #isWritable = false;

  constructor(transport: VirtioTransport) {
    this.transport = transport;
    transport.listen(
      () => this.#readable(),
      () => {
        this.#isWritable = true;
        transport.watch(this.end === undefined, false);
        this.#changed();
      },
    );
    transport.watch(true, false);
  }

  /** Waits until something is so; asked after each call of the transport. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Waits for so many bytes in all. */
  async received(length: number): Promise<Buffer> {
    await this.until(() => this.bytes.length >= length);
    return this.bytes;
  }

  /** Sends everything, waiting as often as it has to; the descriptors are closed. */
  async send(bytes: Uint8Array, fds: readonly Fd[] = [], areSinks = false): Promise<void> {
    const queue = new FdQueue();
    for (const fd of fds) queue.push(fd.take(), areSinks);
    try {
      for (let at = 0; at < bytes.length; ) {
        const result = this.transport.send(bytes, at, bytes.length - at, queue, queue.length);
        if (result === EAGAIN) {
          await this.#writable();
          continue;
        }
        assert.ok(result > 0, `send returned ${result}`);
        queue.clear();
        at += result;
      }
    } finally {
      queue.clear();
    }
  }

  async #writable(): Promise<void> {
    this.#isWritable = false;
    this.transport.watch(true, true);
    await this.until(() => this.#isWritable);
  }

  #readable(): void {
    const buffer = Buffer.alloc(this.appetite);
    try {
      const result = this.transport.receive(buffer, 0, buffer.length, this.fds);
      assert.notEqual(result, EAGAIN, "called although there is nothing to receive");
      if (result > 0) this.bytes = Buffer.concat([this.bytes, buffer.subarray(0, result)]);
      else this.end = result;
    } catch (error) {
      this.end = error;
    }
    if (this.end !== undefined) this.transport.watch(false, false);
    this.#changed();
  }
}

/** A host, and connections to it; nothing is left of them when the test ends. */
export class Setting {
  readonly driver: FakeDriver;
  /** What was logged. */
  readonly log: string[] = [];
  /** How many of these lines are for the user. */
  warnings = 0;
  readonly #owners: Owner[] = [];

  constructor(t: TestContext, kind: HostKind = hostKinds.ours) {
    const before = openDescriptors();
    this.driver = new FakeDriver(kind);
    t.after(async () => {
      for (const { transport, fds } of this.#owners) {
        transport.close();
        fds.clear();
      }
      await Promise.all(this.#owners.map(({ transport }) => transport.closed));
      assert.equal(this.driver.files.size, 0, "contexts that are still open");
      this.driver.resume();
      this.driver.close();
      assert.deepEqual(
        this.driver.contexts.flatMap(({ mistakes }) => mistakes),
        [],
      );
      await untilOpen(before);
    });
  }

  get logger(): Logger {
    const add = (text: string): void => void this.log.push(text);
    const warn = (text: string): void => {
      this.warnings++;
      add(text);
    };
    return { error: add, warn, info: add, debug: add };
  }

  connect(signal: AbortSignal = new AbortController().signal): Promise<VirtioTransport> {
    return connectVirtio(findDevice(this.driver), signal, this.logger);
  }

  /** A client's connection, and what the host has for it. */
  async pair(): Promise<{ owner: Owner; host: FakeHostContext }> {
    const owner = new Owner(await this.connect());
    this.#owners.push(owner);
    return { owner, host: this.driver.contexts.at(-1) as FakeHostContext };
  }
}

/** Bytes that differ from place to place. */
export function pattern(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    bytes[i] = state >> 16;
  }
  return bytes;
}
