// SPDX-License-Identifier: Apache-2.0
/**
 * The form of a message on the wire. The modules above fill these shapes from protocol tables; the wire layer itself
 * knows no interface by name.
 */

/** Argument kinds, in the order of the Wayland protocol's own list, with the two forms of `new_id` apart. */
export const ArgKind = {
  int: 0,
  uint: 1,
  fixed: 2,
  string: 3,
  object: 4,
  /** A new object whose interface the protocol fixes: one word. */
  newId: 5,
  /** A new object whose interface the sender chooses (wl_registry.bind): string, version, id. */
  genericNewId: 6,
  array: 7,
  /** No bytes in the stream: taken from the descriptors that came with it. */
  fd: 8,
} as const;
export type ArgKind = (typeof ArgKind)[keyof typeof ArgKind];

export interface Argument {
  readonly name: string;
  readonly kind: ArgKind;
  /** Whether a string or object may be null. */
  readonly nullable: boolean;
  /** The interface of an `object` or `newId`; null where the protocol lets it be any. */
  readonly interface: Interface | null;
  /** The enum that names the values of an `int` or `uint`, as `interface.enum`; null without one. */
  readonly enum: string | null;
}

export interface Message {
  /** The protocol's own name, for instance `set_title`. */
  readonly name: string;
  readonly opcode: number;
  /** The first version of the interface that has this message. */
  readonly since: number;
  /** Whether the message ends the life of the object that it is sent to. */
  readonly destructor: boolean;
  readonly args: readonly Argument[];
  /** The number of descriptors that travel with the message. */
  readonly fds: number;
  /** Whether the message's receiver writes data into its descriptors. Otherwise they are read, or are memory. */
  readonly fdsAreSinks: boolean;
  /** Index of an object argument that this message destroys; -1 for nearly all (wl_fixes.destroy_registry). */
  readonly destroysArg: number;
  /**
   * The number of the message's words, with the header, that come before what a user has typed. For nearly all messages
   * it is larger than any message.
   */
  readonly wordsBeforeTyped: number;
  /**
   * The number of the message among all of its registry, from 0. Others keep what belongs to the message in an array
   * under that number.
   */
  readonly number: number;
}

export interface Interface {
  readonly name: string;
  /**
   * The place of the interface among those of its protocols that are in use; a record of a message names the interface
   * by it.
   */
  readonly index: number;
  /** The highest version that the tables know. */
  readonly version: number;
  readonly requests: readonly Message[];
  readonly events: readonly Message[];
}
