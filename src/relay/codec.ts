// SPDX-License-Identifier: Apache-2.0
import { Fd } from "../native/fd.ts";
import { endOfArgument } from "../wire/arguments.ts";
import { ProtocolError } from "../wire/errors.ts";
import type { FdQueue } from "../wire/fd-queue.ts";
import type { OutputQueue } from "../wire/output-queue.ts";
import { endMessageAt, readArray, readFixed, readString, skipArray, skipString } from "../wire/reader.ts";
import { receiveWords } from "../wire/receive-buffer.ts";
import { ArgKind, type Argument, type Interface, type Message } from "../wire/signature.ts";
import type { WireMessage } from "../wire/wire-message.ts";
import { WlObject } from "../wire/wl-object.ts";
import { beginMessage, endMessage, writeArray, writeFixed, writeString, writeWord } from "../wire/writer.ts";
import { HookError } from "./hook-error.ts";

/** An argument as hooks see it. */
export type Value = number | string | null | WlObject | Uint8Array | Fd;

/** Says how the ids of one direction are understood. */
export interface Ids {
  /** The object with an id of the sender's; undefined when the message cannot be delivered for its sake. */
  resolve(id: number, arg: Argument): WlObject | undefined;
  /** A new object with an id and an interface that the sender chose. */
  create(id: number, type: Interface, version: number): WlObject;
  /** Sets what the receiver takes a new object for, where that differs from the sender's view. */
  setCounterpart(child: WlObject, parent: WlObject, opcode: number, index: number): void;
  /** The interface that the sender of a message to `object` names when it chooses one itself. */
  interfaceNamed(name: string, object: WlObject): Interface;
  /** The id by which the receiver knows an object; 0 when it knows none. */
  targetId(object: WlObject): number;
  /** The id by which a message can name an object to the receiver; 0 when that has none, or has it no more. */
  argumentId(object: WlObject): number;
  /** Makes a new object known to the receiver, if it is not. */
  introduce(object: WlObject): number;
}

/** The new object that an argument of a message to `parent` makes, with an id that the sender chose. */
export function createChild(ids: Ids, parent: WlObject, message: Message, index: number, id: number): WlObject {
  const type = (message.args[index] as Argument).interface as Interface;
  const child = ids.create(id, type, parent.version);
  if (parent.clientInterface !== parent.hostInterface) ids.setCounterpart(child, parent, message.opcode, index);
  return child;
}

/**
 * The places at which the arguments of the message that is being read begin; a message has at most 20
 * (WL_CLOSURE_MAX_ARGS).
 */
const places: number[] = [];

/**
 * Reads the arguments of a message in the receive buffer, and checks all of them first. The message then ends with its
 * last argument, as libwayland, too, looks at nothing behind it.
 *
 * @returns the values, or null when an object among them cannot be delivered; nothing is then made or taken for the
 * message
 * @throws ProtocolError when the message is malformed
 */
export function decode(object: WlObject, wire: WireMessage, fds: FdQueue, ids: Ids): Value[] | null {
  const { message, offset, end } = wire;
  const { args } = message;
  let cursor = offset + 2;
  for (let i = 0; i < args.length && cursor <= end; i++) {
    const { kind, nullable } = args[i] as Argument;
    places[i] = cursor;
    if (kind === ArgKind.string) skipString(cursor, end, nullable);
    else if (kind === ArgKind.genericNewId) skipString(cursor, end, false);
    else if (kind === ArgKind.array) skipArray(cursor, end);
    cursor = endOfArgument(kind, receiveWords, cursor, end);
  }
  if (cursor > end) throw new ProtocolError("message too short");
  if (cursor < end) endMessageAt(offset, cursor);
  wire.end = cursor;
  // Before anything is made or taken for it.
  for (let i = 0; i < args.length; i++) {
    if (!checkObject(args[i] as Argument, places[i] as number, ids)) return null;
  }

  const values: Value[] = [];
  try {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] as Argument;
      const place = places[i] as number;
      values.push(
        arg.kind === ArgKind.newId
          ? createChild(ids, object, message, i, receiveWords[place] as number)
          : decodeOne(object, arg, place, fds, ids),
      );
    }
    return values;
  } catch (error) {
    closeFds(values);
    throw error;
  }
}

/** @returns whether an argument, if it is an object, can be delivered; throws ProtocolError when it must not be null. */
function checkObject(arg: Argument, offset: number, ids: Ids): boolean {
  if (arg.kind !== ArgKind.object) return true;
  const id = receiveWords[offset] as number;
  if (id === 0 && !arg.nullable) throw new ProtocolError(`null value passed for ${arg.name}`);
  return id === 0 || arg.nullable || ids.resolve(id, arg) !== undefined;
}

function decodeOne(object: WlObject, arg: Argument, cursor: number, fds: FdQueue, ids: Ids): Value {
  const word = receiveWords[cursor] as number;
  switch (arg.kind) {
    case ArgKind.int:
      return word | 0;
    case ArgKind.uint:
      return word;
    case ArgKind.fixed:
      return readFixed(cursor);
    case ArgKind.string:
      return readString(cursor);
    case ArgKind.array:
      return readArray(cursor);
    case ArgKind.fd:
      return fds.take();
    case ArgKind.object:
      return word === 0 ? null : (ids.resolve(word, arg) ?? null);
    default: {
      const offset = endOfArgument(ArgKind.string, receiveWords, cursor, receiveWords.length);
      const type = ids.interfaceNamed(readString(cursor) as string, object);
      return ids.create(receiveWords[offset + 1] as number, type, receiveWords[offset] as number);
    }
  }
}

/** Whether the receiver knows all objects among the values that may not be null. */
export function deliverable(message: Message, values: readonly Value[], ids: Ids): boolean {
  for (let i = 0; i < values.length; i++) {
    const { kind, nullable } = message.args[i] as Argument;
    const value = values[i];
    if (kind === ArgKind.object && !nullable && value instanceof WlObject && ids.argumentId(value) === 0) return false;
  }
  return true;
}

/** Puts the receiver's ids of already decoded values into a message in the receive buffer. */
export function patchIds({ message, offset, end }: WireMessage, values: readonly Value[], ids: Ids): void {
  let cursor = offset + 2;
  for (let i = 0; i < message.args.length; i++) {
    const { kind } = message.args[i] as Argument;
    const value = values[i];
    cursor = endOfArgument(kind, receiveWords, cursor, end);
    if (kind === ArgKind.object) receiveWords[cursor - 1] = value instanceof WlObject ? ids.argumentId(value) : 0;
    else if (value instanceof WlObject) receiveWords[cursor - 1] = ids.introduce(value);
  }
}

/**
 * Checks that values fit the arguments of a message.
 *
 * @throws HookError when one does not: a mistake in the hook that gave it
 */
export function checkValues(object: WlObject, message: Message, values: readonly (Value | undefined)[]): void {
  for (let i = 0; i < message.args.length; i++) checkValue(object, message, message.args[i] as Argument, values[i]);
}

/** Checks one of them. */
export function checkValue(object: WlObject, message: Message, arg: Argument, value: Value | undefined): void {
  if (fits(arg, value)) return;
  const given = value instanceof WlObject ? `a ${value.interfaceName}` : String(value);
  const wanted = arg.interface === null ? (kinds[arg.kind] as string) : `a ${arg.interface.name}`;
  const place = `${object.interfaceName}.${message.name}`;
  throw new HookError("bad-value", `${given} is no value for the argument ${arg.name} of ${place}, which is ${wanted}`);
}

/** The kinds of arguments, in the words of error messages. */
const kinds: readonly string[] = [
  "a number",
  "a number",
  "a number",
  "a string",
  "an object",
  "an object",
  "an object",
  "an array of bytes",
  "a file descriptor",
];

function fits({ kind, nullable, interface: type }: Argument, value: Value | undefined): boolean {
  switch (kind) {
    case ArgKind.int:
    case ArgKind.uint:
    case ArgKind.fixed:
      return typeof value === "number";
    case ArgKind.string:
      return typeof value === "string" || (value === null && nullable);
    case ArgKind.array:
      return value instanceof Uint8Array;
    case ArgKind.fd:
      return value instanceof Fd;
    default:
      if (value === null) return nullable;
      // An object can have another interface on each side.
      return (
        value instanceof WlObject && (type === null || value.hostInterface === type || value.clientInterface === type)
      );
  }
}

/**
 * Writes a message to a peer's output queue. Its descriptors are handed over.
 *
 * @param values those that `checkValues` has let pass
 * @returns how many of the writer's words it takes
 */
export function encode(
  object: WlObject,
  message: Message,
  values: readonly Value[],
  output: OutputQueue,
  ids: Ids,
): number {
  beginMessage(ids.targetId(object), message.opcode);
  for (let i = 0; i < values.length; i++) encodeOne(message.args[i] as Argument, values[i] as Value, ids);
  takeFds(message, values, output);
  return endMessage(output);
}

function encodeOne({ kind }: Argument, value: Value, ids: Ids): void {
  if (typeof value === "number") {
    if (kind === ArgKind.fixed) writeFixed(value);
    else writeWord(value);
  } else if (value instanceof WlObject) {
    if (kind === ArgKind.object) return writeWord(ids.argumentId(value));
    if (kind === ArgKind.genericNewId) {
      writeString(value.hostInterface.name);
      writeWord(value.version);
    }
    writeWord(ids.introduce(value));
  } else if (typeof value === "string") {
    writeString(value);
  } else if (value === null) {
    writeWord(0);
  } else if (value instanceof Uint8Array) {
    writeArray(value);
  }
}

/** Hands the descriptors among the values to an output queue, ahead of their message. */
export function takeFds(message: Message, values: readonly Value[], output: OutputQueue): void {
  for (const value of values) if (value instanceof Fd) output.addFd(value.take(), message.fdsAreSinks);
}

/** Closes the descriptors among values that go nowhere. */
export function closeFds(values: readonly Value[]): void {
  for (const value of values) if (value instanceof Fd) value.close();
}
