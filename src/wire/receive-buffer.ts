// SPDX-License-Identifier: Apache-2.0
import { sharedState } from "../copies.ts";
import { native } from "../native/binding.ts";
import { RECEIVE_SIZE } from "./limits.ts";

/**
 * The size of the one buffer into which every connection receives, and in which messages are rewritten and sent on. It
 * holds an incomplete message and one full receive behind it. Everything runs on one thread and a turn ends with its
 * bytes sent or copied away, so sharing the buffer is safe. It costs idle connections no memory and stays in the
 * processor's cache. Several copies of our modules share it, too.
 */
const SCRATCH_SIZE = 2 * RECEIVE_SIZE;
export const receiveMemory: ArrayBuffer = sharedState(native, "receive buffer", () => new ArrayBuffer(SCRATCH_SIZE));

export const receiveBuffer: Buffer = Buffer.from(receiveMemory);
export const receiveWords: Uint32Array = new Uint32Array(receiveMemory);
