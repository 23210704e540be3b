// SPDX-License-Identifier: Apache-2.0
/**
 * Receives into one buffer, and sends from it: the same as `receive` and `send`, for half their price. Arguments do not
 * cross into the addon one by one, but lie in an array that it knows, as it knows the buffer.
 */
import { sharedState } from "../copies.ts";
import { native } from "./binding.ts";
import { check } from "./errors.ts";

/** A descriptor, a range of the buffer, and the descriptors that go with it: how many, and then they. */
const FD = 0;
const OFFSET = 1;
const LENGTH = 2;
const COUNT = 3;

/** The most descriptors that a message can carry; see `Binding.receive`. */
const MAX_FDS = 253;

const words = sharedState(native, "words of exchanges", () => new Int32Array(COUNT + 1 + MAX_FDS));

/** The descriptors: how many have come in `exchangedFds[0]`, and then they. */
export const exchangedFds: Int32Array = words.subarray(COUNT);

/** Chooses the buffer for this thread; @param memory what all copies of our modules share */
export function prepareExchange(memory: ArrayBuffer): void {
  sharedState(native, "buffer of exchanges", () => {
    check(native.exchangeInit(words, new Uint8Array(memory)), "exchange");
    return memory;
  });
}

/** Receives into the buffer; see `Binding.receive`. Descriptors are in `exchangedFds` then. */
export function receiveInto(fd: number, offset: number, length: number): number {
  words[FD] = fd;
  words[OFFSET] = offset;
  words[LENGTH] = length;
  return native.exchangeReceive();
}

/** Sends from the buffer, with `count` descriptors, which follow `exchangedFds[0]`; see `Binding.send`. */
export function sendFrom(fd: number, offset: number, length: number, count: number): number {
  words[COUNT] = count;
  words[FD] = fd;
  words[OFFSET] = offset;
  words[LENGTH] = length;
  return native.exchangeSend();
}
