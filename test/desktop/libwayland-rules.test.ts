// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { connectUnix, receive, send } from "../../src/native/socket.ts";
import { READABLE, Watch } from "../../src/native/watch.ts";
import { EAGAIN } from "../../src/wire/transport.ts";
import { array, packet, string, word } from "../support/codec.ts";
import { desktopTest } from "./support/desktop-test.ts";

// What a compositor with libwayland accepts and refuses is what programs are written against. Each client here is let
// loose on weston and on a proxy in front of it, and has to see no difference.

/** The ids that each client has: its registry, and what it makes next. */
const REGISTRY = 2;
const FIRST = 3;

/** The names of weston's globals by their interfaces. */
type Names = ReadonlyMap<string, number>;

interface Case {
  /** The messages that the client sends once it knows the globals. */
  readonly send: (names: Names) => Uint8Array[];
  /** The next id that it has not used then, for a wl_display.sync. */
  readonly free: number;
  /** How many descriptors come with that. */
  readonly fds?: number;
}

const message = (id: number, opcode: number, ...parts: Uint8Array[]): Uint8Array =>
  packet(id, opcode, Buffer.concat(parts)).bytes;

function bind(names: Names, type: string, version: number, id: number): Uint8Array {
  return message(REGISTRY, 0, word(names.get(type) ?? 0), string(type), word(version), word(id));
}

/** A compositor as object 3. */
const composing = (free: number, ...sent: Uint8Array[]): Case => ({
  send: (names) => [bind(names, "wl_compositor", 4, FIRST), ...sent],
  free,
});

/** A window whose title is set, in bytes as they are on the wire. */
const titled = (title: Uint8Array): Case => ({
  send: (names) => [
    bind(names, "wl_compositor", 4, 3),
    bind(names, "xdg_wm_base", 1, 4),
    message(3, 0, word(5)),
    message(4, 2, word(6), word(5)),
    message(6, 1, word(7)),
    message(7, 2, title),
  ],
  free: 8,
});

/** A bind of a global under any name of an interface, at any version. */
const binding = (interfaceName: Uint8Array, version: number, ...rest: Uint8Array[]): Case => ({
  send: (names) => [
    message(REGISTRY, 0, word(names.get("wl_compositor") ?? 0), interfaceName, word(version), word(FIRST), ...rest),
  ],
  free: 4,
});

const cases: Readonly<Record<string, Case>> = {
  "four bytes behind the arguments": composing(5, message(3, 0, word(4), word(0xdead)), message(4, 6)),
  "four bytes behind a bind's arguments": binding(string("wl_compositor"), 4, word(0)),
  "a NUL inside a title": titled(array(Buffer.from("ab\0cd\0"))),
  "a NUL inside a bind's interface": binding(array(Buffer.from("wl_compositor\0junk\0")), 4),
  "a title without a NUL": titled(array(Buffer.from("abcd"))),
  "a new id that leaves a gap": composing(4, message(3, 0, word(6))),
  "a new id that is in use": composing(4, message(3, 0, word(3))),
  "the new id 0": composing(4, message(3, 0, word(0))),
  "a new id of the server's": composing(4, message(3, 0, word(0xff000000))),
  "a message to no object": { send: () => [message(77, 0)], free: 3 },
  "an opcode that does not exist": composing(4, message(3, 9)),
  "an argument that is no object": composing(5, message(3, 0, word(4)), message(4, 1, word(55), word(0), word(0))),
  "an argument of another interface": composing(5, message(3, 0, word(4)), message(4, 1, word(3), word(0), word(0))),
  "a bind of an unknown name": { send: () => [message(2, 0, word(9999), string("wl_shm"), word(1), word(3))], free: 4 },
  "a bind of another interface": binding(string("wl_shm"), 1),
  "a bind of an unknown interface": binding(string("no_such_thing"), 1),
  "a bind at version 0": binding(string("wl_compositor"), 0),
  "a bind at a version that is too high": binding(string("wl_compositor"), 99),
  "29 descriptors with a message": { ...composing(4), fds: 29 },
  "253 descriptors with a message": { ...composing(4), fds: 253 },
};

/** All that comes of these cases. */
const outcomes = [
  "accepted",
  "refused: object 1, code 0",
  "refused: object 1, code 1",
  `refused: object ${REGISTRY}, code 0`,
];

/** The outcome of a case: `accepted`, or the object and the code that the error names. */
async function outcome(path: string, { send: sent, free, fds = 0 }: Case): Promise<string> {
  const fd = connectUnix(path);
  let stream = Buffer.alloc(0);
  let changed: () => void = () => {};
  let ended = false;
  const received = new Int32Array(1 + 28);
  const watch = new Watch(fd.raw, () => {
    const bytes = Buffer.alloc(65536);
    const count = receive(fd.raw, bytes, 0, bytes.length, received);
    if (count > 0) stream = Buffer.concat([stream, bytes.subarray(0, count)]);
    else ended = ended || count !== EAGAIN;
    if (ended) watch.set(0);
    changed();
  });
  const events = (): Buffer[] => {
    const found: Buffer[] = [];
    for (let at = 0; at + 8 <= stream.length; at += stream.readUInt16LE(at + 6)) {
      found.push(stream.subarray(at, at + stream.readUInt16LE(at + 6)));
    }
    return found;
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition() && !ended) await new Promise<void>((resolve) => (changed = resolve));
  };
  const isDone = (callback: number): boolean => events().some((event) => event.readUInt32LE(0) === callback);
  const errorIn = (): Buffer | undefined =>
    events().find((event) => event.readUInt32LE(0) === 1 && event.readUInt16LE(4) === 0);
  try {
    watch.set(READABLE);
    const write = (parts: Uint8Array[], list: Int32Array): void => {
      const bytes = Buffer.concat(parts);
      assert.equal(send(fd.raw, bytes, 0, bytes.length, list, list.length), bytes.length);
    };
    write([message(1, 1, word(REGISTRY)), message(1, 0, word(FIRST))], new Int32Array(0));
    await until(() => isDone(FIRST));
    const names = new Map<string, number>();
    for (const event of events()) {
      if (event.readUInt32LE(0) !== REGISTRY) continue;
      names.set(event.toString("latin1", 16, event.indexOf(0, 16)), event.readUInt32LE(8));
    }
    stream = Buffer.alloc(0);
    const file = openSync("/dev/null", "r");
    write([...sent(names), message(1, 0, word(free))], new Int32Array(fds).fill(file));
    closeSync(file);
    await until(() => errorIn() !== undefined || isDone(free));
    const error = errorIn();
    if (error !== undefined) return `refused: object ${error.readUInt32LE(8)}, code ${error.readUInt32LE(12)}`;
    return isDone(free) ? "accepted" : "ended without a word";
  } finally {
    watch.close();
    fd.close();
  }
}

desktopTest("a client that keeps to no rules is treated as weston itself does", { on: ["weston"] }, async (desktop) => {
  const proxied = await desktop.proxied();
  const direct: Record<string, string> = {};
  const through: Record<string, string> = {};
  for (const [name, one] of Object.entries(cases)) {
    direct[name] = await outcome(desktop.direct.socket, one);
    through[name] = await outcome(proxied.socket, one);
  }
  assert.deepEqual(through, direct);
  assert.deepEqual(new Set(Object.values(direct)), new Set(outcomes));
});
