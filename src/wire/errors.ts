// SPDX-License-Identifier: Apache-2.0
import { isNamed } from "../copies.ts";

/** The codes of `wl_display.error` (Wayland protocol, wl_display.error enum). */
export const DisplayError = { invalidObject: 0, invalidMethod: 1, noMemory: 2, implementation: 3 } as const;

/**
 * A peer broke the protocol. Thrown while a message is read, and answered once, by the session: a client gets
 * `wl_display.error` with the text and is disconnected.
 */
export class ProtocolError extends Error {
  /** The error's number in the enum of the interface of `objectId`; a DisplayError for object 1. */
  readonly code: number;
  /** The id, towards the client, of the object that the error is about; 1 is wl_display. */
  readonly objectId: number;

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this
    return isNamed(value, this, ProtocolError, "ProtocolError");
  }

  constructor(text: string, code: number = DisplayError.invalidMethod, objectId = 1) {
    super(text);
    this.name = "ProtocolError";
    this.code = code;
    this.objectId = objectId;
  }
}
