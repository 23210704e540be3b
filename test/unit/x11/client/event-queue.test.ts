// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventQueue } from "../../../../src/x11/client/event-queue.ts";
import type { X11Event } from "../../../../src/x11/codec/events.ts";

const COUNT = 1000;

describe("the events of an X server", () => {
  for (const [title, handles] of [
    ["at once", (): void => {}],
    ["by promises", async (): Promise<void> => {}],
  ] as const) {
    it(`let other work have its turn, however many there are, when they are handled ${title}`, async () => {
      const handled: X11Event[] = [];
      let resolve = (): void => {};
      const done = new Promise<void>((settle) => {
        resolve = settle;
      });
      const queue = new EventQueue(
        (reason) => assert.fail(reason),
        () => {},
      );
      queue.setHandler((event) => {
        handled.push(event);
        if (handled.length === COUNT) resolve();
        return handles();
      });
      const events = Array.from({ length: COUNT }, (_, sequence) => ({ name: "FocusIn", sequence }) as X11Event);
      for (const event of events) queue.push(event);
      let turns = 0;
      let most = 0;
      let before = 0;
      const turn = (): void => {
        turns++;
        most = Math.max(most, handled.length - before);
        before = handled.length;
        if (handled.length < COUNT) setImmediate(turn);
      };
      setImmediate(turn);
      await done;
      assert.ok(turns > 5 && most < 200, `${most} of ${COUNT} in one of ${turns} turns`);
      assert.deepEqual(handled, events, "in their order");
    });
  }
});
