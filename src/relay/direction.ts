// SPDX-License-Identifier: Apache-2.0
import type { TracePoint } from "../recorder/trace.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import type { Interface, Message } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import type { WlObject } from "../wire/wl-object.ts";
import type { Ids } from "./codec.ts";

/** The differences between requests and events: how ids are understood, and what becomes of objects. */
export interface Direction extends Ids {
  /** The endpoint that messages come from. */
  readonly source: Endpoint;
  /** The endpoint that messages go to. */
  readonly sink: Endpoint;
  /** The largest message that the source may send, in bytes. */
  readonly maxSize: number;
  /** The point at which the trace sees messages that come in. */
  readonly sourcePoint: TracePoint;
  /** The point at which the trace sees messages that are sent. */
  readonly sinkPoint: TracePoint;

  /** Handles one complete message in the receive buffer, by one of the ways. */
  handle(offset: number, end: number, ways: Ways): void;
  /** The interface that the receiver takes an object for. */
  sinkInterface(object: WlObject): Interface;
  /** Whether the sender of messages has an object, so that what it has sent about it before comes first. */
  isOfSource(object: WlObject): boolean;
  /** Whether messages to an object can be forwarded. */
  forwardable(object: WlObject): boolean;
  /** Whether a message of our own about an object may still be sent. */
  mayBeSent(object: WlObject): boolean;
  /** Notes that the object's destructor has been received. */
  destroyed(object: WlObject): void;
  /** Notes that the object's destructor has been sent to the receiver, who does not have the object any more. */
  ended(object: WlObject): void;
  /** Takes back an object that was introduced by a message which is not sent after all. */
  withdraw(targetId: number): void;
  /** Sees to an object of the sender's that its receiver will never know. */
  abandon(object: WlObject): void;
  /** Sees to the objects that a message makes which goes nowhere. */
  discarded(object: WlObject, wire: WireMessage): void;
}

/** The ways in which a message that has come in can be handled. */
export interface Ways {
  /**
   * Returns the message that a header's number names. The trace has seen it then.
   *
   * @param all the messages of the interface in this direction
   * @throws ProtocolError when the object has no such message, or too few descriptors have come
   */
  messageAt(offset: number, end: number, object: WlObject, type: Interface, all: readonly Message[]): WireMessage;
  /** Forwards the message without looking at more than its ids. */
  forwardInPlace(object: WlObject, wire: WireMessage): void;
  /** Sends the message as it is now, but for the id of its object. */
  forwardWords(object: WlObject, wire: WireMessage): void;
  /**
   * Decodes the message, and lets its hooks, or the listener of an object that only the sender has, decide about it.
   */
  intercept(object: WlObject, wire: WireMessage): void;
  /** Consumes the message. */
  discard(object: WlObject, wire: WireMessage): void;
}
