// SPDX-License-Identifier: Apache-2.0
// `npm run bench:recorder`: what the flight recorder costs a message that is forwarded, and so is recorded twice: as it
// came in and as it went out.

import { ProtocolRegistry } from "../src/protocol/protocol-registry.ts";
import { FlightRecorder } from "../src/recorder/flight-recorder.ts";
import { TracePoint } from "../src/recorder/trace.ts";
import type { Interface, Message } from "../src/wire/signature.ts";
import { WireMessage } from "../src/wire/wire-message.ts";

/** Nanoseconds for a message of the usual length. */
const MAX_COST = 50;

const ROUNDS = 20;
const MESSAGES = 500_000;

/** Messages by their words, header included: commit, attach, a global, a window's title. */
const lengths = [2, 5, 10, 64];

function main(): void {
  const protocol = new ProtocolRegistry();
  const type = protocol.get("wl_surface") as Interface;
  const message = type.requests[1] as Message;
  const sessionTrace = new FlightRecorder(512 * 1024).open(protocol, () => "the bench");
  const words = new Uint32Array(1024).fill(7);
  const wire = new WireMessage(words);
  console.log("words of the message    ns");
  const costs = lengths.map((length) => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      for (let i = 0; i < MESSAGES; i++) {
        const place = i & 511;
        wire.show(type, message, words, place, place + length);
        sessionTrace.onMessage(TracePoint.fromClient, wire);
        sessionTrace.onMessage(TracePoint.toHost, wire);
      }
      best = Math.min(best, ((performance.now() - start) * 1e6) / MESSAGES);
    }
    console.log(`${String(length).padStart(20)}${best.toFixed(1).padStart(6)}`);
    return best;
  });
  const start = performance.now();
  for (let i = 0; i < MESSAGES; i++) sessionTrace.tick();
  console.log(`the clock, once a turn${(((performance.now() - start) * 1e6) / MESSAGES).toFixed(1).padStart(4)}`);
  const cost = costs[1] as number;
  const isMet = cost <= MAX_COST;
  console.log(`a message of 5 words within ${MAX_COST} ns: ${isMet ? "yes" : "NO"} (${cost.toFixed(1)})`);
  if (!isMet) process.exitCode = 1;
}

main();
