// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Logger } from "../../src/log/logger.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { compileHooks, type Hooks } from "../../src/relay/hooks.ts";
import type { HostWatch } from "../../src/relay/host-watch.ts";
import { ObjectBudget } from "../../src/relay/object-budget.ts";
import { Session } from "../../src/relay/session.ts";
import { packet, string, word } from "./codec.ts";
import { openDescriptors } from "./descriptors.ts";
import { echoProtocol } from "./echo.ts";
import { MemoryTransport } from "./memory-transport.ts";

/**
 * A session between two transports that a test drives call by call. The client has bound an echo_manager as object 3 and
 * made an echo as object 4, and so they are called on the host.
 */
export class Relay {
  readonly client: MemoryTransport = new MemoryTransport();
  readonly host: MemoryTransport = new MemoryTransport();
  readonly protocol: ProtocolRegistry = new ProtocolRegistry(echoProtocol);
  readonly session: Session;
  readonly log: string[] = [];
  readonly #before = openDescriptors();
  #ended = false;

  constructor(
    hooks: unknown = {},
    budget: ObjectBudget = new ObjectBudget(Number.POSITIVE_INFINITY),
    watch: HostWatch | null = null,
  ) {
    this.session = new Session(this.client, this.host, {
      protocol: this.protocol,
      hooks: compileHooks(this.protocol, [hooks as Hooks]),
      objects: budget,
      hostWatch: watch,
      log: this.#logger(),
      trace: null,
      identity: { pid: null, uid: null, name: () => "the client" },
      failed: () => {},
      ended: () => {
        this.#ended = true;
      },
    });
    this.client.give(packet(1, 1, word(2)).bytes);
    this.client.give(packet(2, 0, Buffer.concat([word(1), string("echo_manager"), word(3), word(3)])).bytes);
    this.client.give(packet(3, 0, word(4)).bytes);
    this.client.deliver();
    this.host.sent.length = 0;
  }

  end(): void {
    this.session.close();
    assert.ok(this.#ended);
    assert.deepEqual(openDescriptors(), this.#before);
  }

  get ended(): boolean {
    return this.#ended;
  }

  #logger(): Logger {
    const line = (text: string) => void this.log.push(text);
    return { error: line, warn: line, info: line, debug: line };
  }
}
