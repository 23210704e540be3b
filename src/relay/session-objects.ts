// SPDX-License-Identifier: Apache-2.0
import { DisplayError, ProtocolError } from "../wire/errors.ts";
import type { ObjectTable } from "../wire/object-table.ts";
import type { Interface } from "../wire/signature.ts";
import { SERVER_ID_BASE, WlObject } from "../wire/wl-object.ts";
import type { Disconnection } from "./disconnection.ts";
import type { ObjectBudget, ObjectHolder } from "./object-budget.ts";

/** Dead objects that are kept for reuse, of whichever session they were. */
const MAX_SPARE_OBJECTS = 256;
const spare: WlObject[] = [];

/** The objects of one session, as they come and go in the tables of both sides. */
export class SessionObjects implements ObjectHolder {
  /** wl_display, which both sides have from the start. */
  readonly display: WlObject<"wl_display">;
  readonly #client: ObjectTable;
  readonly #host: ObjectTable;
  readonly #budget: ObjectBudget;
  readonly #disconnection: Disconnection;

  constructor(
    displayType: Interface,
    client: ObjectTable,
    host: ObjectTable,
    budget: ObjectBudget,
    disconnection: Disconnection,
  ) {
    this.#client = client;
    this.#host = host;
    this.#budget = budget;
    this.#disconnection = disconnection;
    this.display = new WlObject(displayType, 1);
    this.display.clientId = this.display.hostId = 1;
    this.display.pinned = true;
    client.set(1, this.display);
    host.set(1, this.display);
    budget.add(this);
  }

  get objectBytes(): number {
    return this.#client.bytes + this.#host.bytes;
  }

  cutOff(reason: string, code: number): void {
    this.#disconnection.cutOff(reason, code);
  }

  /**
   * An object that a message makes. If all sessions have too many, the one that has the most is ended.
   *
   * @throws ProtocolError when that is this one
   */
  create(type: Interface, version: number): WlObject {
    if (this.#budget.isExceeded && !this.#budget.makeRoom(this)) {
      throw new ProtocolError(this.#budget.reason, DisplayError.noMemory);
    }
    const object = spare.pop();
    if (object === undefined) return new WlObject(type, version);
    object.renew(type, version);
    return object;
  }

  /** Keeps an instance that nothing refers to any more. */
  recycle(object: WlObject): void {
    if (!object.pinned && spare.length < MAX_SPARE_OBJECTS) spare.push(object);
  }

  /** Forgets an object that the host has deleted; @returns whether the client has an id for it, too. */
  forget(object: WlObject): boolean {
    this.#host.release(object.hostId);
    object.hostId = 0;
    if (object.clientId === 0 || object.clientId >= SERVER_ID_BASE) return false;
    this.#client.remove(object.clientId);
    return true;
  }

  /** Forgets the id of an object that only the client has; @returns it. */
  forgetClientId(object: WlObject): number {
    const id = object.clientId;
    this.#client.remove(id);
    object.clientId = 0;
    return id;
  }

  /** The session is over. */
  close(): void {
    this.#budget.delete(this);
  }
}
