// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { globalPolicy } from "../../../src/protocol/global-policy-table.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { ArgKind, type Interface } from "../../../src/wire/signature.ts";

const protocol = new ProtocolRegistry();
const names = [...protocol.names()];
const listed = globalPolicy.map(([name]) => name);

/** Neither globals nor made by a message of the tables, and why. */
const neither = [
  "wl_display", // is there from the start: object 1
  "wp_image_description_reference_v1", // made by other protocols, as its description says; none of ours does
];

function madeBy(one: Interface | undefined): string[] {
  return [...(one?.requests ?? []), ...(one?.events ?? [])]
    .flatMap((message) => message.args)
    .filter((arg) => arg.kind === ArgKind.newId)
    .map((arg) => arg.interface?.name ?? "");
}

test("every interface is in the policy list, or some message makes it", () => {
  const made = new Set(names.flatMap((name) => madeBy(protocol.get(name))));
  const forgotten = names.filter((name) => !made.has(name) && !listed.includes(name) && !neither.includes(name));
  assert.deepEqual(forgotten, []);
});

test("from what is listed every other interface can be reached", () => {
  const reached = new Set<string>([...neither, ...listed]);
  for (const name of reached) for (const made of madeBy(protocol.get(name))) reached.add(made);
  assert.deepEqual(
    names.filter((name) => !reached.has(name)),
    [],
  );
});

test("the list names each interface once, and only such as the tables have", () => {
  assert.equal(new Set(listed).size, listed.length);
  assert.deepEqual(
    listed.filter((name) => protocol.get(name) === undefined),
    [],
  );
});

test("the list's version is the tables', but for those that a comment explains", () => {
  const lower = ["kde_output_device_v2"];
  for (const [name, version] of globalPolicy) {
    const known = protocol.get(name)?.version ?? 0;
    if (lower.includes(name)) assert.ok(version < known, name);
    else assert.equal(version, known, name);
  }
});
