// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { FlightRecorder, type SessionTrace } from "../../../src/recorder/flight-recorder.ts";
import { Kind, MIN_RING_SIZE } from "../../../src/recorder/record.ts";
import { TracePoint } from "../../../src/recorder/trace.ts";
import { ringLines } from "../../../src/trace/dump.ts";
import type { Style } from "../../../src/trace/line.ts";
import type { Interface, Message } from "../../../src/wire/signature.ts";
import { WireMessage } from "../../../src/wire/wire-message.ts";
import { packet, string, word } from "../../support/codec.ts";

const protocol = new ProtocolRegistry();
const style: Style = { program: "proxy", format: "text", isJournal: false, hasColor: false };

/** The lines of a recorder, without their times. */
function linesOf(recorder: FlightRecorder): string[] {
  const lines = [...ringLines(recorder, recorder.ring.snapshot(), style, null)];
  for (const line of lines) assert.match(line, /^\d\d:\d\d:\d\d\.\d{6} .*\n$/);
  return lines.map((line) => line.slice("00:00:00.000000 ".length, -1));
}

/** Records a message, at an odd place in its buffer. */
function pass(sessionTrace: SessionTrace, point: TracePoint, name: string, id: number, ...args: Buffer[]): void {
  const [interfaceName = "", own = ""] = name.split(".");
  const type = protocol.get(interfaceName) as Interface;
  const isRequest = point === TracePoint.fromClient || point === TracePoint.toHost;
  const message = type[isRequest ? "requests" : "events"].find((one) => one.name === own) as Message;
  const { bytes } = packet(id, message.opcode, Buffer.concat(args));
  const words = new Uint32Array(3 + bytes.length / 4);
  Buffer.from(words.buffer).set(bytes, 12);
  sessionTrace.onMessage(point, new WireMessage(words).show(type, message, words, 3, words.length));
}

describe("the flight recorder", () => {
  it("shows what passed on both sides, in the words of the protocol", () => {
    const recorder = new FlightRecorder(MIN_RING_SIZE);
    const sessionTrace = recorder.open(protocol, () => "client 1 (foot, pid 7)");
    pass(sessionTrace, TracePoint.fromClient, "wl_surface.attach", 3, word(0), word(-5 >>> 0), word(6));
    pass(sessionTrace, TracePoint.toHost, "wl_surface.attach", 8, word(9), word(1), word(2));
    pass(sessionTrace, TracePoint.toClient, "wl_pointer.motion", 4, word(100), word(640), word(-128 >>> 0));
    pass(sessionTrace, TracePoint.fromHost, "wl_seat.capabilities", 5, word(3));
    pass(sessionTrace, TracePoint.fromHost, "wl_seat.capabilities", 5, word(0x43));
    pass(sessionTrace, TracePoint.fromClient, "wl_shm.create_pool", 6, word(11), word(4096));
    pass(sessionTrace, TracePoint.fromClient, "xdg_toplevel.set_title", 7, string('a "b"\x1b'));
    pass(sessionTrace, TracePoint.fromClient, "wl_registry.bind", 2, word(1), string("wl_shm"), word(2), word(12));
    recorder.line(Kind.warning, "something is odd");
    sessionTrace.close();
    const name = "client 1 (foot, pid 7)";
    assert.deepEqual(linesOf(recorder), [
      `proxy: ${name} has connected`,
      `[client] ${name} -> wl_surface@3.attach(buffer=nil, x=-5, y=6)`,
      `[server] ${name} -> wl_surface@8.attach(buffer=wl_buffer@9, x=1, y=2)`,
      `[client] ${name} <- wl_pointer@4.motion(time=100, surface_x=2.5, surface_y=-0.5)`,
      `[server] ${name} <- wl_seat@5.capabilities(capabilities=pointer|keyboard)`,
      `[server] ${name} <- wl_seat@5.capabilities(capabilities=pointer|keyboard|0x40)`,
      `[client] ${name} -> wl_shm@6.create_pool(id=new wl_shm_pool@11, fd=fd, size=4096)`,
      `[client] ${name} -> xdg_toplevel@7.set_title(title="a \\"b\\"\\u001b")`,
      `[client] ${name} -> wl_registry@2.bind(name=1, id=new wl_shm@12 v2)`,
      "proxy: warning: something is odd",
      `proxy: ${name} has gone`,
    ]);
  });

  it("keeps the latest when it is full, whole and in their order, and names of clients that are gone", () => {
    const recorder = new FlightRecorder(MIN_RING_SIZE);
    for (let i = 0; i < 5000; i++) {
      const sessionTrace = recorder.open(protocol, () => `client ${i}`);
      for (let n = 0; n < i % 5; n++)
        pass(sessionTrace, TracePoint.fromClient, "wl_region.add", 3, word(i), word(n), word(0), word(0));
      sessionTrace.close();
    }
    const lines = linesOf(recorder);
    const last = lines.filter((line) => line.startsWith("[client]"));
    assert.ok(last.length > 100, `only ${last.length} messages`);
    const expected: string[] = [];
    for (let i = 4999; expected.length < last.length; i--) {
      for (let n = (i % 5) - 1; n >= 0 && expected.length < last.length; n--) {
        expected.unshift(`[client] client ${i} -> wl_region@3.add(x=${i}, y=${n}, width=0, height=0)`);
      }
    }
    assert.deepEqual(last, expected);
    assert.equal(recorder.sessionTrace(1), undefined, "who can be in no record any more is forgotten");
  });

  it("cuts long messages, and says so", () => {
    const recorder = new FlightRecorder(MIN_RING_SIZE);
    const sessionTrace = recorder.open(protocol, () => "client 1");
    pass(sessionTrace, TracePoint.fromClient, "xdg_toplevel.set_title", 7, string("x".repeat(3000)));
    pass(sessionTrace, TracePoint.fromClient, "wl_surface.commit", 3);
    assert.deepEqual(linesOf(recorder).slice(1), [
      "[client] client 1 -> xdg_toplevel@7.set_title(…)",
      "[client] client 1 -> wl_surface@3.commit()",
    ]);
  });

  it("has nothing left once it was cleared", () => {
    const recorder = new FlightRecorder(MIN_RING_SIZE);
    const sessionTrace = recorder.open(protocol, () => "client 1");
    pass(sessionTrace, TracePoint.fromClient, "wl_surface.commit", 3);
    recorder.ring.clear();
    assert.deepEqual(linesOf(recorder), []);
    pass(sessionTrace, TracePoint.fromClient, "wl_surface.commit", 4);
    assert.deepEqual(linesOf(recorder), ["[client] client 1 -> wl_surface@4.commit()"]);
  });

  it("shows of a malformed message what can be read", () => {
    const recorder = new FlightRecorder(MIN_RING_SIZE);
    const sessionTrace = recorder.open(protocol, () => "client 1");
    pass(sessionTrace, TracePoint.fromClient, "xdg_toplevel.set_title", 7, word(0xffffffff), word(1));
    pass(sessionTrace, TracePoint.fromClient, "wl_surface.attach", 3, word(5));
    assert.deepEqual(linesOf(recorder).slice(1), [
      "[client] client 1 -> xdg_toplevel@7.set_title(…)",
      "[client] client 1 -> wl_surface@3.attach(buffer=wl_buffer@5, …)",
    ]);
  });

  it("keeps nothing of what a user types, unless that is asked for", () => {
    const typed = (keepsTyped: boolean): string[] => {
      const recorder = new FlightRecorder(MIN_RING_SIZE, keepsTyped);
      const sessionTrace = recorder.open(protocol, () => "foot");
      pass(sessionTrace, TracePoint.fromHost, "wl_keyboard.enter", 4, word(9), word(5), word(4), word(30));
      pass(sessionTrace, TracePoint.toClient, "wl_keyboard.key", 4, word(10), word(200), word(30), word(1));
      pass(sessionTrace, TracePoint.toClient, "zwp_text_input_v3.commit_string", 6, string("secret"));
      pass(
        sessionTrace,
        TracePoint.toClient,
        "zwp_text_input_v1.preedit_string",
        6,
        word(3),
        string("secret"),
        word(0),
      );
      pass(sessionTrace, TracePoint.fromClient, "zwp_virtual_keyboard_v1.key", 7, word(200), word(30), word(1));
      pass(sessionTrace, TracePoint.fromClient, "org_kde_kwin_fake_input.keyboard_key", 8, word(30), word(1));
      const words = recorder.ring.snapshot().flatMap((part) => [...part]);
      assert.equal(words.includes(30) || Buffer.from(new Uint32Array(words).buffer).includes("secret"), keepsTyped);
      return linesOf(recorder).slice(1);
    };
    assert.deepEqual(typed(false), [
      "[server] foot <- wl_keyboard@4.enter(serial=9, surface=wl_surface@5, …)",
      "[client] foot <- wl_keyboard@4.key(serial=10, time=200, …)",
      "[client] foot <- zwp_text_input_v3@6.commit_string(…)",
      "[client] foot <- zwp_text_input_v1@6.preedit_string(serial=3, …)",
      "[client] foot -> zwp_virtual_keyboard_v1@7.key(time=200, …)",
      "[client] foot -> org_kde_kwin_fake_input@8.keyboard_key(…)",
    ]);
    assert.equal(typed(true)[1], "[client] foot <- wl_keyboard@4.key(serial=10, time=200, key=30, state=pressed)");
  });

  it("shows observers a message without what a user typed, and leaves the message itself whole", () => {
    const recorder = new FlightRecorder(0);
    const shown: number[][] = [];
    recorder.observers.push({
      onMessage: (_trace, _point, { words, offset, end }) => shown.push([...words.slice(offset, end)]),
    });
    const keyboard = protocol.get("wl_keyboard") as Interface;
    const key = keyboard.events.find(({ name }) => name === "key") as Message;
    const words = Uint32Array.of(4, (24 << 16) | key.opcode, 10, 200, 30, 1);
    const wire = new WireMessage(words).show(keyboard, key, words, 0, words.length);
    recorder.open(protocol, () => "foot").onMessage(TracePoint.toClient, wire);
    assert.deepEqual(shown, [[4, (24 << 16) | key.opcode, 10, 200]]);
    assert.equal(wire.end, words.length);
  });

  it("can be turned off, and still shows messages to observers", () => {
    const recorder = new FlightRecorder(0);
    let seen = 0;
    recorder.observers.push({ onMessage: () => seen++ });
    for (let i = 0; i < 3; i++) {
      const sessionTrace = recorder.open(protocol, () => "foot");
      pass(sessionTrace, TracePoint.fromClient, "wl_surface.commit", 3);
      sessionTrace.close();
    }
    recorder.line(Kind.warning, "something is odd");
    assert.deepEqual(recorder.ring.snapshot(), []);
    assert.equal(seen, 3);
    assert.equal(recorder.sessionTrace(1), undefined, "nothing is kept of sessions that have ended");
  });
});
