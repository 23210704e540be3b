// SPDX-License-Identifier: Apache-2.0
import { TracePoint } from "../recorder/trace.ts";
import { WireMessage } from "../wire/wire-message.ts";
import type { Direction } from "./direction.ts";
import type { Forwarder } from "./forwarder.ts";
import type { RelayContext } from "./relay-context.ts";

/** The bytes of a request with one number. */
const PONG_SIZE = 12;

/** The pong that the trace is shown. */
const words = new Uint32Array(PONG_SIZE >>> 2);
const pong = new WireMessage(words);

/**
 * Sends on the client's answers to pings that wait behind a hook. The host judges by them whether the client is alive,
 * and not how long something takes here.
 */
export function passPongs(context: RelayContext, direction: Direction, requests: Forwarder): void {
  direction.source.input.takeOut((bytes, offset, size) => {
    const object = direction.source.objects.get(bytes.readUInt32LE(offset));
    if (object === undefined || object.clientGone || !direction.forwardable(object) || size < PONG_SIZE) return false;
    const message = object.clientInterface.requests[bytes.readUInt16LE(offset + 4)];
    if (message?.name !== "pong" || message.args.length !== 1 || context.hooks[message.number] !== null) return false;
    const serial = bytes.readUInt32LE(offset + 8);
    words.set([object.clientId, message.opcode | (PONG_SIZE << 16), serial]);
    context.trace?.onMessage(TracePoint.fromClient, pong.show(object.clientInterface, message, words, 0, words.length));
    requests.send(object, message, { serial });
    requests.count(size);
    return true;
  });
}
