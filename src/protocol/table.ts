// SPDX-License-Identifier: Apache-2.0
/**
 * Protocols as data. The generated tables and the XML reader give the same shape: one line of text for each message and
 * each enum. So to load all protocols costs next to nothing, and a difference shows as a changed line:
 *
 *     name[!][@SINCE] argument…        a message; `!` marks a destructor
 *     argument = name:type[?][:what]   `?` marks what may be null; what = the interface, or the enum of an int or uint
 *     name[|][@SINCE] entry=VALUE[@SINCE]…   an enum; `|` marks a bit field
 *
 * `new_id` without an interface is the form of wl_registry.bind. An enum of another interface is named `interface.enum`.
 * SINCE is left out where it is 1.
 */
export interface InterfaceTable {
  readonly name: string;
  readonly version: number;
  readonly requests: readonly string[];
  readonly events: readonly string[];
  readonly enums: readonly string[];
}

/** Arguments of a message; libwayland refuses one with more (WL_CLOSURE_MAX_ARGS). */
export const MAX_ARGS = 20;

/** One protocol file: some interfaces that belong together. */
export interface ProtocolTable {
  /** The protocol's name; for messages to people only. */
  readonly protocol: string;
  readonly interfaces: readonly InterfaceTable[];
}
