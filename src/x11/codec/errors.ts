// SPDX-License-Identifier: Apache-2.0

/** The server refused a request. */
export class X11Error extends Error {
  /** The protocol's name for the reason, for instance `BadWindow`. */
  readonly reason: string;
  /** The request that was refused, as the tables name it. */
  readonly request: string;
  /** The value that was wrong, for most reasons: the id, atom or number. */
  readonly value: number;
  /** The refused request's number. */
  readonly sequence: number;

  constructor(reason: string, request: string, value: number, sequence: number) {
    super(`${request}: ${reason} (0x${value.toString(16)})`);
    this.name = "X11Error";
    this.reason = reason;
    this.request = request;
    this.value = value;
    this.sequence = sequence;
  }
}

/** The connection has ended; the message says why. Whatever was still to be answered ends with it. */
export class X11ClosedError extends Error {
  override readonly name: string = "X11ClosedError";
}
