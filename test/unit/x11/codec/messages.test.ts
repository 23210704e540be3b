// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type Field, readLayout } from "../../../../src/x11/codec/layout.ts";
import { Reader } from "../../../../src/x11/codec/reader.ts";
import { type Value, type Values, Writer } from "../../../../src/x11/codec/writer.ts";
import { structs, tables } from "../../../../src/x11/generated/tables.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../../../../..");

/** Values that tell fields apart, optional ones included, and two elements in every list. */
function sample(fields: readonly Field[], first = 1): Values {
  const values: Record<string, Value> = {};
  for (const [index, field] of fields.entries()) {
    const seed = first + index;
    switch (field.what) {
      case "value":
      case "optional":
        values[field.name] = sampleValue(field.kind, seed);
        break;
      case "list":
        values[field.name] = sampleList(field.kind, seed, field.count?.[0]?.operand);
        break;
      case "struct":
        values[field.name] = sample(field.fields, seed);
        break;
      case "structs":
        values[field.name] = [sample(field.fields, seed), sample(field.fields, seed + 1)];
        break;
    }
  }
  // The lengths that no list tells.
  if ("format" in values) values["format"] = 16;
  for (const name of ["data_len", "value_len"]) if (name in values) values[name] = 1;
  if ("length" in values) values["length"] = 8;
  return values;
}

function sampleValue(kind: string, seed: number): Value {
  if (kind.startsWith("bool")) return seed % 2 === 1;
  return kind === "i64" ? BigInt(-seed) * 0x1_0000_0001n : seed;
}

function sampleList(kind: string, seed: number, operand: string | number | undefined): Value {
  const length = typeof operand === "number" ? operand : 2;
  if (kind === "char") return "xy".repeat(length / 2);
  if (kind === "byte") return new Uint8Array(length).fill(seed);
  return Array.from({ length }, (_, i) => seed + i);
}

/** Writes a reply or an event as a server does. */
function written(fields: readonly Field[], values: Values, body: number): Buffer {
  const writer = new Writer();
  writer.uint8(0);
  writer.fields(fields.slice(0, 1), values);
  writer.zeros(body - writer.length);
  writer.fields(fields.slice(1), values);
  return Buffer.from(writer.bytes.subarray(0, writer.length));
}

describe("the tables of X11", () => {
  it("are what the generator makes of the version of xcb-proto that they name, if that is here", () => {
    const script = join(repository, "dist/scripts/generate-x11.js");
    const run = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    assert.deepEqual([run.stderr, run.status], ["", 0]);
  });

  it("have no opcode and no event twice", () => {
    for (const { requests, events, errors } of tables) {
      for (const lines of [requests, events, errors]) {
        const numbers = lines.map((line) => line.split(" ")[1]);
        assert.equal(new Set(numbers).size, numbers.length);
      }
    }
  });

  it("give every request room for its fixed fields alone", () => {
    // Sizes in bytes of what the protocol's encoding appendix says; 4 is a request without any data.
    const sizes: Readonly<Record<string, number>> = {
      CreateWindow: 32,
      MapWindow: 8,
      ConfigureWindow: 12,
      GrabServer: 4,
    };
    for (const [name, size] of Object.entries(sizes)) {
      const line = tables[0]?.requests.find((one) => one.startsWith(`${name} `)) ?? "";
      const [, , ...words] = line.split(" ");
      const fields = readLayout(words, structs).filter(({ what }) => what !== "optional");
      const writer = new Writer();
      writer.fields(fields, sample(fields));
      // The opcode and the length come on top; without a first byte of data there is one of padding.
      assert.equal(Math.max(writer.length + 3, 4), size, name);
    }
  });

  it("make events of 32 bytes at most", () => {
    for (const line of tables.flatMap(({ events }) => events)) {
      const [, , ...words] = line.split(" ");
      const fields = readLayout(words, structs);
      assert.ok(written(fields, sample(fields), 4).length <= 32, line);
    }
  });
});

describe("a message", () => {
  const messages = tables.flatMap(({ name, requests, events }) => [
    ...requests
      .filter((line) => line.includes("->"))
      .map((line) => [`${name} ${line}`, line.split(" -> ")[1], 8] as const),
    ...events.map((line) => [`${name} ${line}`, line.split(" ").slice(2).join(" "), 4] as const),
  ]);

  it("is read as it was written, for every reply and event", () => {
    for (const [title, line = "", body] of messages) {
      const fields = readLayout(line.split(" "), structs);
      const values = sample(fields);
      const bytes = written(fields, values, body);
      assert.deepEqual(new Reader(bytes, 0, bytes.length).message(fields, body), values, title);
    }
  });

  it("that ends too soon is refused, wherever it ends", () => {
    for (const [title, line = "", body] of messages) {
      const fields = readLayout(line.split(" "), structs);
      const bytes = written(fields, sample(fields), body);
      for (let length = 0; length < bytes.length; length++) {
        if (length >= 1 && length <= body && bytes.length === body) continue;
        assert.throws(() => new Reader(bytes, 0, length).message(fields, body), RangeError, `${title} at ${length}`);
      }
    }
  });

  it("takes numbers that do not fit as C does", () => {
    const writer = new Writer();
    const fields = readLayout(["x:i16", "y:i16", "z:u32", "t:u8", "on:bool32", "big:i64"], {});
    writer.fields(fields, { x: 40_000, y: -1.5, z: 2 ** 32 + 7, t: 256, on: true, big: -2n });
    assert.equal(
      writer.bytes.toString("hex", 0, writer.length),
      `409c${"ffff"}${"07000000"}${"00"}${"01000000"}${"ffffffff"}${"feffffff"}`,
    );
  });

  it("whose list is longer than its length can say is refused", () => {
    const writer = new Writer();
    const fields = readLayout(["name_len:u16", "name[name_len]:char"], {});
    assert.throws(() => writer.fields(fields, { name: "x".repeat(0x1_0000) }), RangeError);
  });

  it("keeps bytes of a name that are no ASCII", () => {
    const fields = readLayout(["+1", "name_len:u16", "name[name_len]:char"], {});
    const bytes = written(fields, { name: "caf\xe9\xff" }, 8);
    assert.deepEqual(new Reader(bytes, 0, bytes.length).message(fields, 8), { name: "caf\xe9\xff" });
  });
});

describe("a layout", () => {
  it("that makes no sense is refused", () => {
    for (const word of ["x", "x:u64", "x?a:u8", "[3]:u8", "+", "x:Nothing"]) {
      assert.throws(() => readLayout([word], {}), Error, word);
    }
  });
});
