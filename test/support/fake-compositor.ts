// SPDX-License-Identifier: Apache-2.0
import { unlinkSync } from "node:fs";
import type { Fd } from "../../src/native/fd.ts";
import { accept, listenUnix } from "../../src/native/socket.ts";
import { READABLE, Watch } from "../../src/native/watch.ts";
import type { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import type { Global } from "./fake-client.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Received } from "./inbox.ts";
import { Peer } from "./peer.ts";

/**
 * A client's connection as the compositor has it. It answers sync and get_registry by itself, and deletes ids at once.
 */
export class HostConnection extends Peer {
  /** Whether ids are deleted as soon as their object has ended; if not, see `deleteId`. */
  deletesIds = true;
  /** Whether `wl_display.sync` is answered. */
  answersSync = true;
  readonly compositor: FakeCompositor;
  readonly #registries = new Set<FakeObject>();

  constructor(fd: Fd, compositor: FakeCompositor, protocol: ProtocolRegistry) {
    super("the host", "host", fd, protocol);
    this.compositor = compositor;
  }

  /** Tells the client that an id of its own is free again. */
  deleteId(object: FakeObject): void {
    this.forget(object);
    this.display.send("delete_id", object.id);
  }

  /** Says what the client did wrong, and leaves. */
  fail(object: FakeObject, code: number, text: string): void {
    this.display.send("error", object, code, text);
    this.close();
  }

  announce({ name, interface: type, version }: Global): void {
    for (const registry of this.#registries) registry.send("global", name, type, version);
  }

  withdraw(name: number): void {
    for (const registry of this.#registries) registry.send("global_remove", name);
  }

  protected override end(object: FakeObject): void {
    object.alive = false;
    this.#registries.delete(object);
    if (this.isOwn(object)) this.forget(object);
    else if (this.deletesIds) this.deleteId(object);
  }

  protected override handle(message: Received): void {
    const { name } = message;
    if (name === "wl_display.sync" && this.answersSync) {
      message.objectArg("callback").send("done", 0);
    } else if (name === "wl_display.get_registry") {
      const registry = message.objectArg("registry");
      this.#registries.add(registry);
      for (const global of this.compositor.globals) {
        registry.send("global", global.name, global.interface, global.version);
      }
    } else if (name === "wl_fixes.destroy_registry") {
      this.end(message.objectArg("registry"));
    }
    this.compositor.reactions.get(name)?.(message);
  }
}

/** A scriptable compositor. */
export class FakeCompositor {
  readonly path: string;
  /** The globals that the compositor offers; `announce` and `withdraw` change them while clients are there. */
  readonly globals: Global[] = [];
  readonly connections: Set<HostConnection> = new Set();
  /** The reactions of the compositor when a client has sent a message, by `interface.message`. */
  readonly reactions: Map<string, (message: Received) => void> = new Map();
  readonly #protocol: ProtocolRegistry;
  readonly #fd: Fd;
  readonly #watch: Watch;
  readonly #arrived: HostConnection[] = [];
  readonly #waiting: ((connection: HostConnection) => void)[] = [];
  #names = 0;

  /** @param globals `name` or `name version` of the interfaces that it offers; their highest version by default */
  constructor(path: string, protocol: ProtocolRegistry, globals: readonly string[]) {
    this.path = path;
    this.#protocol = protocol;
    for (const text of globals) this.globals.push(this.#global(text));
    this.#fd = listenUnix(path);
    this.#watch = new Watch(this.#fd.raw, () => {
      for (let fd = accept(this.#fd.raw); fd !== null; fd = accept(this.#fd.raw)) this.#welcome(fd);
    });
    this.#watch.set(READABLE);
  }

  /** The next client that connects, or the one that was not asked for yet. */
  nextConnection(): Promise<HostConnection> {
    const arrived = this.#arrived.shift();
    return arrived ? Promise.resolve(arrived) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Begins to offer a global. */
  announce(text: string): Global {
    const global = this.#global(text);
    this.globals.push(global);
    for (const connection of this.connections) connection.announce(global);
    return global;
  }

  /** Ceases to offer a global. */
  withdraw(global: Global): void {
    this.globals.splice(this.globals.indexOf(global), 1);
    for (const connection of this.connections) connection.withdraw(global.name);
  }

  /** Dies: closes all connections and the socket, and removes it. */
  close(): void {
    if (!this.#fd.open) return;
    this.#watch.close();
    this.#fd.close();
    unlinkSync(this.path);
    for (const connection of this.connections) connection.close();
  }

  #global(text: string): Global {
    const [type = "", version] = text.split(" ");
    const highest = this.#protocol.get(type)?.version ?? 1;
    // Real hosts do not start at 1 or leave no gaps either.
    const name = 3 + 2 * this.#names++;
    return { name, interface: type, version: version === undefined ? highest : Number(version) };
  }

  #welcome(fd: Fd): void {
    const connection = new HostConnection(fd, this, this.#protocol);
    this.connections.add(connection);
    void connection.whenClosed.then(() => this.connections.delete(connection));
    const waiting = this.#waiting.shift();
    if (waiting) waiting(connection);
    else this.#arrived.push(connection);
  }
}
