// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { setProperty } from "../../../../src/x11/client/properties.ts";
import { EventMask, StackMode } from "../../../../src/x11/generated/enums.ts";
import { error, event, FakeXServer, reply } from "../../../support/fake-x-server.ts";

const WINDOW = 0x40_000a;
const PROPERTY_NOTIFY = 28;
const MAP_REQUEST = 20;
const CLIENT_MESSAGE = 33;
const SENT = 0x80;

/** A connection whose lines are kept, from the time on at which it is open. */
async function traced(t: TestContext): Promise<{ server: FakeXServer; x: X11Connection; lines: string[] }> {
  const lines: string[] = [];
  const { server, x } = await FakeXServer.connect({ trace: (line) => lines.push(line) });
  t.after(async () => {
    x.close();
    await server.close();
  });
  lines.length = 0;
  return { server, x, lines };
}

/** The lines without the numbers of requests, once all that was sent has been answered. */
async function settled(x: X11Connection, lines: string[]): Promise<string[]> {
  await x.sync();
  return lines.filter((line) => !line.includes("GetInputFocus")).map((line) => line.replace(/^(..) \d+ /, "$1 "));
}

/** Interns a name, for which the server has that atom. */
async function intern(server: FakeXServer, x: X11Connection, name: string, atom: number): Promise<void> {
  const interned = x.atoms.intern([name]);
  const { sequence } = (await server.has(server.requests.length + 1)).at(-1) as { sequence: number };
  server.send(reply(sequence, 0, [atom]));
  await interned;
}

describe("the trace of an X11 connection", () => {
  it("shows requests with ids in hexadecimal, names of enums, and bits", async (t) => {
    const { x, lines } = await traced(t);
    const { root } = x.setup;
    x.send("ConfigureWindow", { window: WINDOW, x: -3, stack_mode: StackMode.Above });
    x.send("ChangeWindowAttributes", { window: root, event_mask: EventMask.SubstructureRedirect | 0x80000000 });
    x.send("SetInputFocus", { revert_to: 0, focus: 1, time: 0 });
    x.send("SetInputFocus", { revert_to: 0, focus: WINDOW, time: 7 });
    assert.deepEqual(await settled(x, lines), [
      "-> ConfigureWindow(window=0x40000a, x=-3, stack_mode=Above)",
      "-> ChangeWindowAttributes(window=root, event_mask=SubstructureRedirect|0x80000000)",
      "-> SetInputFocus(revert_to=None, focus=PointerRoot, time=CurrentTime)",
      "-> SetInputFocus(revert_to=None, focus=0x40000a, time=7)",
    ]);
  });

  it("shows replies and errors with the number of their request", async (t) => {
    const { server, x, lines } = await traced(t);
    // Or it would answer what is asked behind the two first.
    server.answersFocus = false;
    const first = x.sequence + 1;
    const tree = x.call("QueryTree", { window: x.setup.root });
    const refused = x.checked("MapWindow", { window: WINDOW });
    await server.has(2);
    server.send(reply(first, 0, [x.setup.root, 0, [1, 0, 0, 0]], Buffer.from([10, 0, 64, 0])));
    server.send(error(first + 1, 3, WINDOW, 8));
    await tree;
    await assert.rejects(refused);
    assert.deepEqual(lines.filter((line) => line.startsWith("<-")).slice(0, 2), [
      `<- ${first} QueryTree: root=root, parent=None, children=[0x40000a]`,
      `<- ${first + 1} error: MapWindow: BadWindow (0x40000a)`,
    ]);
  });

  it("shows events, with atoms by the names that are known", async (t) => {
    const { server, x, lines } = await traced(t);
    x.listen({ event: () => {}, closed: () => {} });
    await intern(server, x, "WM_PROTOCOLS", 300);
    await intern(server, x, "WM_DELETE_WINDOW", 301);
    lines.length = 0;
    server.send(
      event(MAP_REQUEST, server.sequence, [x.setup.root, WINDOW]),
      event(PROPERTY_NOTIFY, server.sequence, [WINDOW, 39, 12, [1, 0, 0, 0]]),
      event(PROPERTY_NOTIFY, server.sequence, [WINDOW, 999, 12, [0, 0, 0, 0]]),
      event(CLIENT_MESSAGE | SENT, server.sequence, [WINDOW, 300, 301, 12, 0, 0, 0], 32),
    );
    assert.deepEqual(await settled(x, lines), [
      "<- MapRequest(parent=root, window=0x40000a)",
      "<- PropertyNotify(window=0x40000a, atom=WM_NAME, time=12, state=Delete)",
      "<- PropertyNotify(window=0x40000a, atom=atom 999, time=12, state=NewValue)",
      "<- a client's ClientMessage(format=32, window=0x40000a, type=WM_PROTOCOLS, data=[WM_DELETE_WINDOW, 12, 0, 0, 0])",
    ]);
  });

  it("shows the event in a SendEvent", async (t) => {
    const { x, lines } = await traced(t);
    x.sendEvent(WINDOW, EventMask.StructureNotify, { name: "MapRequest", parent: x.setup.root, window: WINDOW });
    assert.deepEqual(await settled(x, lines), [
      "-> SendEvent(propagate=false, destination=0x40000a, event_mask=StructureNotify, event=MapRequest(parent=root, window=0x40000a))",
    ]);
  });

  it("shows properties of windows by their types, of others the size alone, since selections travel in them", async (t) => {
    const { server, x, lines } = await traced(t);
    await intern(server, x, "_SELECTION", 400);
    lines.length = 0;
    const { sequence } = server;
    setProperty(x, WINDOW, 39, 31, Buffer.from("a title"));
    setProperty(x, WINDOW, 400, 31, Buffer.from("a password"));
    setProperty(x, WINDOW, 400, 4, Uint32Array.of(39, 0));
    setProperty(x, WINDOW, 68, 33, Uint32Array.of(WINDOW));
    const read = x.call("GetProperty", {
      delete: false,
      window: WINDOW,
      property: 39,
      type: 0,
      long_offset: 0,
      long_length: 9,
    });
    await server.has(server.requests.length + 5);
    server.send(reply(sequence + 5, 8, [31, 0, 4, 0, 0, 0], Buffer.from("word")));
    await read;
    const texts = (await settled(x, lines)).map((line) =>
      line.replace(/^.*(property=\w+).*?((?:data|value)=.*)$/, "$1 $2"),
    );
    assert.deepEqual(texts, [
      'property=WM_NAME data="a title")',
      "property=_SELECTION data=10 bytes)",
      "property=_SELECTION data=[WM_NAME, None])",
      "property=WM_TRANSIENT_FOR data=[0x40000a])",
      "-> GetProperty(delete=false, window=0x40000a, property=WM_NAME, type=None, long_offset=0, long_length=9)",
      '<- GetProperty: format=8, type=STRING, bytes_after=0, value_len=4, value="word"',
    ]);
  });

  it("cuts what is long", async (t) => {
    const { x, lines } = await traced(t);
    setProperty(x, WINDOW, 39, 31, Buffer.from("x".repeat(10_000)));
    setProperty(x, WINDOW, 68, 6, new Uint32Array(1000));
    const [title = "", numbers = ""] = await settled(x, lines);
    assert.ok(title.length < 400 && title.endsWith('x…")'), title);
    assert.match(numbers, /data=\[0(, 0){19}, … 1000 in all\]\)$/);
  });
});
