// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { InterfaceTable, ProtocolTable } from "../../../src/protocol/table.ts";
import { ArgKind } from "../../../src/wire/signature.ts";

function table(...interfaces: (Partial<InterfaceTable> & { name: string })[]): ProtocolTable {
  const empty = { version: 1, requests: [], events: [], enums: [] };
  return { protocol: "test", interfaces: interfaces.map((one) => ({ ...empty, ...one })) };
}

test("a message is compiled with everything that its line says", () => {
  const protocol = new ProtocolRegistry();
  const surface = protocol.get("wl_surface");
  const attach = surface?.requests[1];
  assert.deepEqual([attach?.name, attach?.opcode, attach?.since, attach?.destructor], ["attach", 1, 1, false]);
  assert.deepEqual(attach?.args, [
    { name: "buffer", kind: ArgKind.object, nullable: true, interface: protocol.get("wl_buffer"), enum: null },
    { name: "x", kind: ArgKind.int, nullable: false, interface: null, enum: null },
    { name: "y", kind: ArgKind.int, nullable: false, interface: null, enum: null },
  ]);
  assert.equal(surface?.requests[0]?.destructor, true);
  const transform = surface?.requests.find((message) => message.name === "set_buffer_transform");
  assert.deepEqual([transform?.since, transform?.args[0]?.enum], [2, "wl_output.transform"]);
  assert.equal(protocol.get("wl_shm")?.requests[0]?.fds, 1);
});

test("an interface is one and the same object, however it is reached", () => {
  const protocol = new ProtocolRegistry();
  const surface = protocol.get("wl_surface");
  assert.equal(protocol.get("wl_compositor")?.requests[0]?.args[0]?.interface, surface);
  assert.equal(protocol.get("wl_surface"), surface);
  assert.equal(protocol.get("no_such_interface"), undefined);
});

test("every message has a number of its own, whatever is asked for first", () => {
  const protocol = new ProtocolRegistry(table({ name: "t_one", requests: ["go", "stop"], events: ["came"] }));
  const numbers = [...protocol.names()].reverse().flatMap((name) => {
    const { requests = [], events = [] } = protocol.get(name) ?? {};
    return [...requests, ...events].map(({ number }) => number);
  });
  assert.equal(numbers.length, protocol.messageCount);
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    Array.from({ length: protocol.messageCount }, (_, i) => i),
  );
});

test("interfaces that name each other in a circle are compiled", () => {
  const protocol = new ProtocolRegistry(
    table(
      { name: "t_one", requests: ["go other:object:t_two"] },
      { name: "t_two", events: ["came other:new_id:t_one"] },
    ),
  );
  const one = protocol.get("t_one");
  const two = protocol.get("t_two");
  assert.equal(one?.requests[0]?.args[0]?.interface, two);
  assert.equal(two?.events[0]?.args[0]?.interface, one);
});

test("of two descriptions of an interface the higher version counts, in either order", () => {
  const old = table({ name: "t_one", version: 1, requests: ["go"] });
  const young = table({ name: "t_one", version: 2, requests: ["go", "stop!@2"] });
  for (const order of [
    [old, young],
    [young, old],
  ]) {
    const protocol = new ProtocolRegistry(...order);
    assert.equal(protocol.get("t_one")?.requests.length, 2);
  }
  const protocol = new ProtocolRegistry(table({ name: "wl_compositor", version: 1 }));
  assert.equal(protocol.get("wl_compositor")?.version, 7);
});

test("a description that gives a known interface other messages is refused", () => {
  for (const [name, version, requests, says] of [
    ["wl_display", 2, ["hello", "sync callback:new_id:wl_callback"], /its wl_display is not.*has sync as number 0/],
    ["wl_registry", 2, ["bind name:uint id:uint"], /its wl_registry is not.*has bind as number 0/],
    ["wl_region", 9, ["destroy!"], /its wl_region is not.*has add as number 1/],
  ] as const) {
    const file = table({ name: "t_new" }, { name, version, requests });
    assert.throws(() => new ProtocolRegistry(file), { name: "UserError", message: says });
  }
});

test("a later version of a known interface is taken, whatever it says about versions, nulls and enums", () => {
  const requests = [
    "destroy!",
    "add x:int y:int width:int height:int",
    "subtract x:int y:int width:int height:int",
    "clear@8",
  ];
  const protocol = new ProtocolRegistry(table({ name: "wl_region", version: 8, requests }));
  assert.equal(protocol.get("wl_region")?.requests.length, 4);
});

test("a protocol that names an unknown interface is refused, unless its file comes along", () => {
  const needy = table({ name: "t_good" }, { name: "t_needy", requests: ["use thing:object:t_thing"] });
  assert.throws(() => new ProtocolRegistry(needy), {
    name: "UserError",
    message: /^protocol test: t_needy\.use names the interface t_thing, which no known protocol has/,
  });
  const protocol = new ProtocolRegistry(needy, table({ name: "t_thing" }));
  assert.equal(protocol.get("t_needy")?.requests[0]?.args[0]?.interface, protocol.get("t_thing"));
});

test("an enum gives its values, their versions, and whether they are bits", () => {
  const protocol = new ProtocolRegistry();
  const capability = protocol.enumOf("wl_seat.capability");
  assert.deepEqual([capability?.bitfield, capability?.entries[1]], [true, { name: "keyboard", value: 2, since: 1 }]);
  const sources = protocol.enumOf("wl_pointer.axis_source");
  assert.deepEqual(sources?.entries.at(-1), { name: "wheel_tilt", value: 3, since: 6 });
  assert.equal(protocol.enumOf("wl_seat.no_such_enum"), undefined);
  assert.equal(protocol.enumOf("nonsense"), undefined);
});
