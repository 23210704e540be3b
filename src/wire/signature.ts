// SPDX-License-Identifier: Apache-2.0
/**
 * What a message looks like on the wire. The rooms above fill these shapes from protocol tables; the wire layer
 * itself knows no interface by name.
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
  /** For `object` and `newId`: which interface; null where the protocol lets it be any. */
  readonly interface: Interface | null;
  /** For `int` and `uint`: the enum that names its values, as `interface.enum`; null without one. */
  readonly enum: string | null;
}

export interface Message {
  /** The protocol's own name, for instance `set_title`. */
  readonly name: string;
  readonly opcode: number;
  /** The first version of the interface that has this message. */
  readonly since: number;
  /** Whether it ends the life of the object that it is sent to. */
  readonly destructor: boolean;
  readonly args: readonly Argument[];
  /** How many descriptors travel with it. */
  readonly fds: number;
  /** Whether its receiver is to write into them: somebody wants data there. Any others are read, or are memory. */
  readonly fdsAreSinks: boolean;
  /** Index of an object argument that this message destroys; -1 for nearly all (wl_fixes.destroy_registry). */
  readonly destroysArg: number;
  /** Words of it, with the header, that come before what somebody typed; more than it can have, for nearly all. */
  readonly wordsBeforeTyped: number;
  /** Its number among all messages of its registry, from 0, by which others keep what belongs to it in an array. */
  readonly number: number;
}

export interface Interface {
  readonly name: string;
  /** Its place among the interfaces of its protocols that are in use; a record of a message names it so. */
  readonly index: number;
  /** The highest version that the tables know. */
  readonly version: number;
  readonly requests: readonly Message[];
  readonly events: readonly Message[];
}
