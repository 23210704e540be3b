// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../native/fd.ts";

/** Listens to what happens to an X client's copy while it is a selection of the host's. */
export interface SourceEvents {
  /** A program wants it in that type, written to a descriptor, which may be taken, and is closed afterwards if it was not. */
  send(mimeType: string, fd: Fd): void;
  /** Something else was copied. */
  cancelled(): void;
}

/** Something that can be pasted. */
export interface SelectionOffer {
  /** The types in which the data can be had. */
  readonly mimeTypes: readonly string[];
  /** The read end of a pipe that the data comes through; null when it is not to be had. Throws a SystemError (EMFILE). */
  receive(mimeType: string): Fd | null;
  /** Releases the offer; what was asked for still comes. */
  destroy(): void;
}

/** Something that an X client has copied, as a selection of the host's. */
export interface HostSource {
  /** Takes the offer back. */
  destroy(): void;
}

/** One of the host's selections, of which we are a client like any other. */
export interface HostSelection<Offer extends SelectionOffer = SelectionOffer> {
  /**
   * Whether the host reports the selection only while we have the keyboard. Such a host also takes notice of what we
   * put there only then, with a serial of newer input than that of what is there. It ignores anything else, and does
   * not say so.
   */
  readonly isFocusBound: boolean;
  /** Called with what is selected, whenever that changes, and before we get the keyboard; null for nothing. */
  onSelection(listener: (offer: Offer | null) => void): void;
  /** Puts something else in its place. @param serial of the user's latest input */
  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource;
}
