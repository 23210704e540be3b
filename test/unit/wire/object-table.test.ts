// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { ObjectTable } from "../../../src/wire/object-table.ts";
import type { Interface } from "../../../src/wire/signature.ts";
import { SERVER_ID_BASE, WlObject } from "../../../src/wire/wl-object.ts";
import fc from "../../support/random.ts";

const surface = new ProtocolRegistry().get("wl_surface") as Interface;
const newObject = (): WlObject => new WlObject(surface, 1);

interface Model {
  readonly objects: Map<number, WlObject>;
  readonly own: number[];
  readonly theirs: number[];
  /** The next id of our own that was never given out. */
  next: number;
  /** The same for those of the peer's. */
  nextTheirs: number;
}

type Action = (model: Model, table: ObjectTable) => void;

class Step implements fc.Command<Model, ObjectTable> {
  readonly #name: string;
  readonly #pick: number;
  readonly #action: (pick: number) => Action;
  constructor(name: string, pick: number, action: (pick: number) => Action) {
    this.#name = name;
    this.#pick = pick;
    this.#action = action;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, table: ObjectTable): void {
    this.#action(this.#pick)(model, table);
    assert.equal(table.size, model.objects.size);
    for (const [id, object] of model.objects) assert.equal(table.get(id), object);
  }
  toString(): string {
    return `${this.#name}(${this.#pick})`;
  }
}

const allocate: Action = (model, table) => {
  const object = newObject();
  const id = table.allocate(object);
  assert.ok(!model.objects.has(id), `${id} is in use`);
  assert.ok(id <= model.next, `${id} leaves a gap at ${model.next}`);
  if (id === model.next) model.next++;
  model.objects.set(id, object);
  model.own.push(id);
};

const release =
  (pick: number): Action =>
  (model, table) => {
    const [id] = model.own.splice(pick % Math.max(1, model.own.length), 1);
    if (id === undefined) return;
    table.release(id);
    model.objects.delete(id);
    assert.equal(table.get(id), undefined);
  };

/** Sets one of the first ids of the peer's, as far as that leaves no gap. */
const set =
  (firstTheirs: number) =>
  (pick: number): Action =>
  (model, table) => {
    const id = firstTheirs + (pick % (model.nextTheirs - firstTheirs + 2));
    assert.equal(table.leavesGap(id), id > model.nextTheirs);
    if (id > model.nextTheirs) return;
    if (id === model.nextTheirs) model.nextTheirs++;
    const object = newObject();
    table.set(id, object);
    if (!model.objects.has(id)) model.theirs.push(id);
    model.objects.set(id, object);
  };

const remove =
  (pick: number): Action =>
  (model, table) => {
    const [id] = model.theirs.splice(pick % Math.max(1, model.theirs.length), 1);
    if (id === undefined) return;
    table.remove(id);
    model.objects.delete(id);
    assert.equal(table.get(id), undefined);
  };

for (const [side, firstOwn, firstTheirs] of [
  ["the host", 2, SERVER_ID_BASE],
  ["the client", SERVER_ID_BASE, 2],
] as const) {
  it(`the table towards ${side} knows each object by its id, and gives out ids without gaps`, () => {
    const pick = fc.nat(5000);
    const steps = [
      pick.map((n) => new Step("allocate", n, () => allocate)),
      pick.map((n) => new Step("release", n, release)),
      pick.map((n) => new Step("set", n, set(firstTheirs))),
      pick.map((n) => new Step("remove", n, remove)),
    ];
    fc.assert(
      fc.property(fc.commands(steps, { maxCommands: 300 }), (commands) => {
        const display = newObject();
        const objects = new Map([[1, display]]);
        const model = { objects, own: [], theirs: [], next: firstOwn, nextTheirs: firstTheirs };
        const memory = { bytes: 0 };
        const real = new ObjectTable(firstOwn, memory);
        real.set(1, display);
        fc.modelRun(() => ({ model, real }), commands);
        assert.equal(memory.bytes, real.bytes);
        const ids = model.next - firstOwn + model.nextTheirs - firstTheirs;
        assert.equal(real.bytes, 64 + 48 * (model.objects.size - 1) + 16 * ids, "what every id and object takes");
        real.uncount();
        assert.equal(memory.bytes, 0);
      }),
    );
  });
}

describe("ObjectTable", () => {
  it("knows nothing at ids that nobody has, at the ends of both ranges", () => {
    const table = new ObjectTable(2, { bytes: 0 });
    for (const id of [0, 1, 0x00f00000, SERVER_ID_BASE - 1, SERVER_ID_BASE, 0xffffffff]) {
      assert.equal(table.get(id), undefined, String(id));
    }
  });

  it("does not count twice what is removed twice, or set twice", () => {
    const table = new ObjectTable(2, { bytes: 0 });
    table.set(SERVER_ID_BASE, newObject());
    table.set(SERVER_ID_BASE, newObject());
    assert.equal(table.size, 1);
    table.remove(SERVER_ID_BASE);
    table.remove(SERVER_ID_BASE);
    table.remove(12345);
    assert.equal(table.size, 0);
  });
});
