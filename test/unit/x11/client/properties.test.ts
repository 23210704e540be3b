// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import { appendProperty, getProperty, setProperty, wordsOf } from "../../../../src/x11/client/properties.ts";
import { X11ClosedError } from "../../../../src/x11/codec/errors.ts";
import { error, FakeXServer, reply } from "../../../support/fake-x-server.ts";

const WINDOW = 0x40_0001;
const CARDINAL = 6;

async function connect(t: TestContext): Promise<{ server: FakeXServer; x: X11Connection }> {
  const both = await FakeXServer.connect();
  t.after(async () => {
    both.x.close();
    await both.server.close();
  });
  return both;
}

function u32(...values: number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

describe("a property", () => {
  it("is read whatever its type, from any offset, and deleted if that is wanted", async (t) => {
    const { x, server } = await connect(t);
    const asked = getProperty(x, WINDOW, 300, { offset: 8, maxBytes: 10, delete: true });
    const [one] = await server.has(1);
    assert.equal(
      one?.bytes.toString("hex"),
      "14010600" + "01004000" + "2c010000" + "00000000" + "02000000" + "03000000",
    );
    server.send(reply(one?.sequence ?? 0, 32, [CARDINAL, 4, 3], u32(1, 0xffff_ffff, 3)));
    const property = await asked;
    assert.deepEqual([property?.type, property?.format, property?.bytesAfter], [CARDINAL, 32, 4]);
    assert.deepEqual([...wordsOf(property)], [1, 0xffff_ffff, 3]);
  });

  it("of another format has no words", async (t) => {
    const { x, server } = await connect(t);
    const asked = getProperty(x, WINDOW, 39);
    const [one] = await server.has(1);
    server.send(reply(one?.sequence ?? 0, 8, [31, 0, 5], Buffer.from("title\0\0\0")));
    const property = await asked;
    assert.equal(Buffer.from(property?.bytes ?? []).toString(), "title");
    assert.equal(wordsOf(property).length, 0);
    assert.equal(wordsOf(null).length, 0);
  });

  it("that does not exist is none, and a window that does not exist is an error", async (t) => {
    const { x, server } = await connect(t);
    const missing = getProperty(x, WINDOW, 39);
    const gone = getProperty(x, 7, 39);
    const [first, second] = await server.has(2);
    server.send(reply(first?.sequence ?? 0, 0, []), error(second?.sequence ?? 0, 3, 7, 20));
    assert.equal(await missing, null);
    await assert.rejects(gone, /GetProperty: BadWindow/);
  });

  it("is written in the format of its numbers, empty ones too", async (t) => {
    const { x, server } = await connect(t);
    setProperty(x, WINDOW, 300, CARDINAL, Uint32Array.of(1, 2));
    setProperty(x, WINDOW, 300, 31, Buffer.from("abc"));
    appendProperty(x, WINDOW, 300, 31, new Uint16Array(0));
    const sent = await server.has(3);
    const head = (mode: string, length: string): string => `12${mode}${length}00010040002c010000`;
    assert.deepEqual(
      sent.map(({ bytes }) => bytes.toString("hex")),
      [
        `${head("00", "08")}${"06000000"}${"20000000"}${"02000000"}${"0100000002000000"}`,
        `${head("00", "07")}${"1f000000"}${"08000000"}${"03000000"}${"61626300"}`,
        `${head("02", "06")}${"1f000000"}${"10000000"}${"00000000"}`,
      ],
    );
  });

  it("longer than a request is written in parts", async (t) => {
    const { x, server } = await connect(t);
    const value = Uint32Array.from({ length: 6 << 20 }, (_, i) => i);
    setProperty(x, WINDOW, 300, CARDINAL, value);
    await x.sync();
    const parts = server.requests;
    assert.deepEqual(
      parts.map(({ bytes }) => bytes.readUInt8(1)),
      [0, 2],
    );
    const data = Buffer.concat(parts.map(({ bytes }) => bytes.subarray(28)));
    assert.equal(Buffer.compare(data, Buffer.from(value.buffer)), 0);
  });
});

describe("atoms", () => {
  it("are asked for once, all at a time, and those of the protocol never", async (t) => {
    const { x, server } = await connect(t);
    const names = ["_NET_WM_NAME", "WM_NAME", "UTF8_STRING"];
    const interned = x.atoms.intern(names);
    const [first, second] = await server.has(2);
    assert.equal(first?.bytes.toString("latin1", 8, 20), "_NET_WM_NAME");
    server.send(reply(first?.sequence ?? 0, 0, [300]), reply(second?.sequence ?? 0, 0, [301]));
    assert.deepEqual(await interned, [300, 39, 301]);
    assert.deepEqual(await x.atoms.intern(names), [300, 39, 301]);
    assert.equal(x.atoms.atom("UTF8_STRING"), 301);
    assert.deepEqual(await x.atoms.names([301, 39, 300]), ["UTF8_STRING", "WM_NAME", "_NET_WM_NAME"]);
    assert.equal(server.requests.length, 2);
    assert.throws(() => x.atoms.atom("WM_STATE"), /WM_STATE was not interned/);
  });

  it("have names, if they exist", async (t) => {
    const { x, server } = await connect(t);
    const asked = x.atoms.names([400, 0]);
    const [first, second] = await server.has(2);
    const name = Buffer.from("text/html\0\0\0");
    server.send(reply(first?.sequence ?? 0, 0, [[9, 0, 0, 0]], name), error(second?.sequence ?? 0, 5, 0, 17));
    assert.deepEqual(await asked, ["text/html", null]);
    assert.equal(await x.atoms.name(400), "text/html");
    assert.equal(x.atoms.atom("text/html"), 400);
    await server.close();
    await assert.rejects(x.atoms.name(401), X11ClosedError);
  });
});
