// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../src/native/fd.ts";
import { connectUnix } from "../../src/native/socket.ts";
import type { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import type { FakeObject } from "./fake-object.ts";
import type { Received } from "./inbox.ts";
import { Peer } from "./peer.ts";

/** A global as it was announced to a client. */
export interface Global {
  readonly name: number;
  readonly interface: string;
  readonly version: number;
}

/** The error that a client got before it was disconnected. */
export interface DisplayErrorText {
  readonly objectId: number;
  readonly code: number;
  readonly text: string;
}

/** A scriptable Wayland client. */
export class FakeClient extends Peer {
  /** The globals that the client's registries have announced and not removed. */
  readonly globals: Map<number, Global> = new Map();
  #registry: FakeObject | undefined;
  #error: DisplayErrorText | undefined;

  /** @param host the path of a socket, or a connection, which is handed over */
  constructor(host: string | Fd, protocol: ProtocolRegistry, name = "the client") {
    super(name, "client", typeof host === "string" ? connectUnix(host) : host, protocol);
  }

  /** The client's first registry, which is made when it is first asked for. */
  get registry(): FakeObject {
    this.#registry ??= this.display.create("get_registry");
    return this.#registry;
  }

  /** Resolves when the host has handled everything that was sent until now, and all that it said to it has come. */
  async roundtrip(): Promise<void> {
    const callback = this.display.create("sync");
    await this.expect("wl_callback.done", ({ object }) => object === callback);
  }

  /** The globals of an interface, as announced until now. */
  offered(interfaceName: string): Global[] {
    return [...this.globals.values()].filter((global) => global.interface === interfaceName);
  }

  /** Binds the first global of an interface, at its version or a lower one. */
  async bind(interfaceName: string, version?: number): Promise<FakeObject> {
    const { registry } = this;
    if (this.offered(interfaceName).length === 0) await this.roundtrip();
    const global = this.offered(interfaceName)[0];
    if (global === undefined) throw new Error(`no ${interfaceName} is offered`);
    return registry.create("bind", global.name, interfaceName, version ?? global.version);
  }

  /** Resolves with the error that ended this client's connection. */
  async disconnected(): Promise<DisplayErrorText> {
    await this.closed;
    if (this.#error === undefined) throw new Error("the connection ended without an error");
    return this.#error;
  }

  protected override end(object: FakeObject): void {
    object.alive = false;
    // Ids of its own stay taken until the server has seen the end, too.
    if (!this.isOwn(object)) this.forget(object);
  }

  protected override handle(message: Received): void {
    const { name } = message;
    if (name === "wl_display.error") {
      this.#error = {
        objectId: message.objectArg("object_id").id,
        code: message.arg("code") as number,
        text: message.arg("message") as string,
      };
    } else if (name === "wl_display.delete_id") {
      const id = message.arg("id") as number;
      const object = this.objectAt(id);
      if (object === undefined || object.alive) this.violation(`delete_id of ${object ?? id}`);
      if (object !== undefined) this.forget(object);
    } else if (name === "wl_registry.global") {
      const global = message.args as unknown as Global;
      this.globals.set(global.name, global);
    } else if (name === "wl_registry.global_remove") {
      this.globals.delete(message.arg("name") as number);
    }
  }
}
