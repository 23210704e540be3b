// SPDX-License-Identifier: Apache-2.0

/** The description of the core protocol or of an extension; the lines are made of the words of layout.ts. */
export interface ExtensionTable {
  /** The name by which other parts of the protocol call it; "" is the core protocol. */
  readonly name: string;
  /** The name by which QueryExtension knows it. */
  readonly xname: string;
  /** `NAME OPCODE FIELD…`, and behind `->` the fields of the reply, if there is one. */
  readonly requests: readonly string[];
  /** `NAME NUMBER FIELD…`, the number being relative to the extension's first event. */
  readonly events: readonly string[];
  /** `NAME NUMBER`, relative to the extension's first error. */
  readonly errors: readonly string[];
}
