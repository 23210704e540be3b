// SPDX-License-Identifier: Apache-2.0
import type { Interface } from "./signature.ts";

/** Server-made object ids start here (Wayland protocol, "Object IDs"); below are the client's. */
export const SERVER_ID_BASE = 0xff000000;

/**
 * A Wayland object as the relay sees it: it has an id towards the client, an id towards the host, or both. An id of 0
 * means that the object does not exist on that side: a hook serves it, or has made it. The relay reuses dead instances
 * so that a `wl_callback` for each frame costs no garbage. An instance that a hook has seen is never reused, so a hook
 * may keep it as a key for as long as it likes.
 *
 * The type parameter is the name of the object's interface, or of several that it may have; by default any.
 */
export class WlObject<out I extends string = string> {
  /** The object's id for the client. */
  clientId = 0;
  /** The object's id for the host. */
  hostId = 0;
  /**
   * The interface for the client: another than the host's only where a hook offers one protocol on top of another.
   *
   * @internal
   */
  clientInterface: Interface;
  /** @internal */
  hostInterface: Interface;
  /** The version of its interface. */
  version: number;
  /** The client has sent the destructor. Events still reach it until `delete_id`, as libwayland's clients expect. */
  clientGone = false;
  /**
   * The host has sent a destructor event, or was sent a destructor: whatever comes after that would be about an object that
   * it does not have. Requests that crossed with its event are ignored.
   */
  hostGone = false;
  /**
   * A hook has seen this instance, so that it is not reused.
   *
   * @internal
   */
  pinned = false;
  /**
   * Handles messages to an object that exists on one side only. Without a listener they are ignored.
   *
   * @internal
   */
  listener: ((message: never) => void | Promise<void>) | null = null;
  /**
   * The hooks for a client's objects see the messages of this one as well, before its listener.
   *
   * @internal
   */
  isHooked = false;

  /** @internal */
  constructor(type: Interface, version: number) {
    this.clientInterface = type;
    this.hostInterface = type;
    this.version = version;
  }

  /** The name of its interface, for the client. The compiler tells objects apart by it. */
  get interfaceName(): I {
    return this.clientInterface.name as I;
  }

  /** Whether the client or the host takes the object for one of that interface. */
  is<N extends string>(name: N): this is WlObject<N> {
    return this.clientInterface.name === name || this.hostInterface.name === name;
  }

  /**
   * Makes a dead instance a new object.
   *
   * @internal
   */
  renew(type: Interface, version: number): void {
    this.clientId = 0;
    this.hostId = 0;
    this.clientInterface = type;
    this.hostInterface = type;
    this.version = version;
    this.clientGone = false;
    this.hostGone = false;
    this.listener = null;
    this.isHooked = false;
  }
}
