// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { X11ClosedError, X11Error } from "../../../../src/x11/codec/errors.ts";
import type { EventOf, X11Event } from "../../../../src/x11/codec/events.ts";
import { Property } from "../../../../src/x11/generated/enums.ts";
import type { Windows } from "../../../../src/xwayland/base/windows.ts";
import { XEvents } from "../../../../src/xwayland/base/x-events.ts";

const ROOT = 1;
const WINDOW = 2;

const head = { sendEvent: false, sequence: 1 };
const place = { x: 0, y: 0, width: 10, height: 10 };
const destroyed: EventOf<"DestroyNotify"> = { ...head, name: "DestroyNotify", event: ROOT, window: WINDOW };

describe("the X server's events", () => {
  let events: XEvents;
  let logged: string[];

  beforeEach(() => {
    const x = { setup: { root: ROOT }, allocateId: () => 9, send() {}, atoms: { atom: () => 1 }, sequence: 1 };
    const windows = new Map() as unknown as Windows;
    logged = [];
    const line = (level: string) => (text: string) => void logged.push(`${level}: ${text}`);
    const log = { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
    events = new XEvents(x as unknown as X11Connection, windows, log);
  });

  it("that clients have made up are heard by nobody", async () => {
    const words = { ...head, sendEvent: true, window: WINDOW };
    const changed = { ...words, name: "PropertyNotify", atom: 3, time: 77, state: Property.NewValue } as const;
    const madeUp: X11Event[] = [
      { ...words, name: "CreateNotify", parent: ROOT, ...place, border_width: 0, override_redirect: false },
      { ...destroyed, sendEvent: true },
      changed,
      {
        ...words,
        name: "XFixes.SelectionNotify",
        subtype: 0,
        owner: 5,
        selection: 6,
        timestamp: 7,
        selection_timestamp: 8,
      },
    ];
    const heard: string[] = [];
    for (const { name } of madeUp) events.on(name, () => void heard.push(name));
    for (const event of madeUp) await events.dispatch(event);
    assert.deepEqual(heard, []);
    assert.equal(events.time, 0);

    await events.dispatch({ ...changed, sendEvent: false });
    await events.dispatch(destroyed);
    assert.deepEqual(heard, ["PropertyNotify", "DestroyNotify"]);
    assert.equal(events.time, 77);
  });

  it("that are for clients to send are heard", async () => {
    const heard: string[] = [];
    const sent: X11Event[] = [
      { ...head, name: "UnmapNotify", event: ROOT, window: WINDOW, from_configure: false },
      { ...head, name: "ClientMessage", format: 32, window: WINDOW, type: 3, data: [0, 0, 0, 0, 0] },
      { ...head, name: "SelectionNotify", requestor: 9, selection: 4, target: 5, property: 6, time: 7 },
    ];
    for (const { name } of sent) events.on(name, () => void heard.push(name));
    for (const event of sent) await events.dispatch({ ...event, sendEvent: true });
    assert.deepEqual(heard, ["UnmapNotify", "ClientMessage", "SelectionNotify"]);
  });

  it("reach all their handlers, whatever one of them throws", async () => {
    const heard: string[] = [];
    events.on("DestroyNotify", () => {
      throw new TypeError("a defect");
    });
    events.on("DestroyNotify", async () => {
      throw new X11Error("BadWindow", "GetGeometry", WINDOW, 1);
    });
    events.on("DestroyNotify", async () => {
      throw new X11ClosedError("the X server has gone");
    });
    events.on("DestroyNotify", ({ name }) => void heard.push(name));
    await events.dispatch(destroyed);
    assert.deepEqual(heard, ["DestroyNotify"]);

    // Only what is a defect is worth an error, with where it happened.
    const [defect, ...usual] = logged;
    assert.match(defect ?? "", /^error: X11 DestroyNotify: TypeError: a defect\n +at .*x-events\.test/);
    assert.deepEqual(usual, [
      "debug: X11 DestroyNotify: GetGeometry: BadWindow (0x2)",
      "debug: X11 DestroyNotify: the X server has gone",
    ]);
  });
});
