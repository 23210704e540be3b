// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it, mock, type TestContext } from "node:test";
import { type Copy, CopyTurns, PIECE } from "../../../src/hooks/shm/copy-turns.ts";
import { Painter, painted, present, shownOn } from "../../support/shm.ts";

const MIB = 1024 * 1024;

/** A machine on which time passes by copying alone: a millisecond for each piece. */
class SlowMachine {
  now = 1000;
  /** Who has copied a piece, in their order, with a bar between turns of the event loop. */
  trace = "";
  readonly turns: CopyTurns = new CopyTurns();

  constructor(t: TestContext) {
    mock.method(performance, "now", () => this.now);
    t.after(() => mock.restoreAll());
  }

  /** A copy of so many pieces. */
  copy(name: string, pieces: number, fault?: Error): Copy & { cancel(): void } {
    let left = pieces;
    return {
      get finished() {
        return left === 0;
      },
      step: (limit) => {
        assert.equal(limit, PIECE);
        this.trace += name;
        this.now++;
        if (--left === 0 && fault !== undefined) throw fault;
      },
      cancel() {
        left = 0;
      },
    };
  }

  /** Draws bars until a promise has settled. */
  async until(promise: Promise<unknown> | undefined): Promise<string> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise?.then(over, over);
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isOver) this.trace += "|";
    }
    return this.trace;
  }
}

describe("copies", () => {
  it("that are short are made at once", (t) => {
    const machine = new SlowMachine(t);
    for (const name of ["a", "b", "c"]) {
      assert.equal(machine.turns.run(machine.copy(name, 2)), undefined);
      // Some other work.
      machine.now += 10;
    }
    assert.equal(machine.turns.run(machine.copy("d", 0)), undefined, "nothing to copy takes no time");
    assert.equal(machine.trace, "aabbcc");
  });

  it("together take no more than their time of a turn, however many there are", async (t) => {
    const machine = new SlowMachine(t);
    const copies = Array.from({ length: 10 }, () => machine.turns.run(machine.copy("x", 1)));
    assert.deepEqual(
      copies.map((copy) => copy === undefined),
      [true, true, true, true, false, false, false, false, false, false],
    );
    assert.equal(await machine.until(copies.at(-1)), "xxxxxxxx|xx");
  });

  it("that are long take turns with everybody else, and pieces with those of other clients", async (t) => {
    const machine = new SlowMachine(t);
    const long = machine.turns.run(machine.copy("L", 12));
    const longer = machine.turns.run(machine.copy("M", 12));
    const short = machine.turns.run(machine.copy("s", 1));
    assert.equal(machine.trace, "LLLL");
    void short?.then(() => {
      machine.trace += "!";
    });
    await machine.until(longer);
    assert.equal(await machine.until(long), "LLLLLMsL!|MLML|MLML|MLML|MMMM|M");
  });

  it("that are given up let others go on", async (t) => {
    const machine = new SlowMachine(t);
    const given = machine.copy("g", 100);
    const done = machine.turns.run(given);
    const other = machine.turns.run(machine.copy("o", 5));
    given.cancel();
    await machine.until(other);
    assert.match(machine.trace, /^ggggoooo\|o$/);
    await done;
  });

  it("that fail do so alone", async (t) => {
    const machine = new SlowMachine(t);
    const fault = new Error("no");
    assert.throws(() => machine.turns.run(machine.copy("a", 1, fault)), fault);
    const failing = machine.turns.run(machine.copy("b", 5, fault));
    const other = machine.turns.run(machine.copy("c", 5));
    await assert.rejects(failing ?? Promise.resolve(), fault);
    await other;
  });
});

describe("a client with large pictures", () => {
  it("does not hold up others, and all that it shows is what it has drawn", async (t) => {
    const stage = await painted(t);
    const { client, host, painter } = stage;
    const side = 3072;
    const pool = painter.pool(side * side * 4);
    const buffer = pool.buffer(side, side);
    pool.bytes.subarray(0, 20 * MIB).fill(1);
    pool.bytes.subarray(20 * MIB).fill(2);
    const other = await stage.connect();
    const otherPainter = await Painter.start(t, other);
    const small = otherPainter.pool(1024);
    const { surface: otherSurface, theirs: otherTheirs } = await otherPainter.surface();
    const surfaces = await Promise.all(Array.from({ length: 10 }, () => painter.surface()));
    await client.roundtrip();
    for (const { surface } of surfaces) present(surface, buffer);
    let isDone = false;
    const done = client.roundtrip().then(() => {
      isDone = true;
    });
    let frames = 0;
    for (; !isDone; frames++) {
      small.scribble(frames);
      const drawing = small.buffer(16, 16);
      present(otherSurface, drawing);
      await other.client.roundtrip();
      const shown = shownOn(other.host, otherTheirs);
      assert.deepEqual(shown?.pixels(64), small.pixels(drawing, 64));
      shown?.buffer.send("release");
    }
    await done;
    assert.ok(frames >= 10, `${frames} frames of the other client meanwhile`);
    for (const { theirs } of surfaces) {
      const shown = shownOn(host, theirs);
      assert.equal(Buffer.compare(shown?.pixels(side * 4) ?? Buffer.of(), Buffer.from(pool.bytes)), 0);
    }
  });

  for (const whoGoes of ["client", "host"] as const) {
    it(`is forgotten when the ${whoGoes} leaves in the midst of a copy`, async (t) => {
      const stage = await painted(t);
      const { client, host, painter } = stage;
      const pool = painter.pool(256 * MIB);
      const buffer = pool.buffer(8192, 8192);
      const { surface } = await painter.surface();
      present(surface, buffer);
      await host.expect("wl_shm_pool.create_buffer");
      assert.equal(host.inbox.count("wl_surface.commit"), 0, "the copy goes on");
      if (whoGoes === "client") client.close();
      host.close();
      await stage.proxy.idle();
      assert.equal(stage.images.count, 0);
    });
  }

  it("gets an error when its memory gets shorter in the midst of a copy", async (t) => {
    const stage = await painted(t);
    const { client, painter } = stage;
    const pool = painter.pool(512 * MIB, 256 * MIB);
    const { surface } = await painter.surface();
    const buffer = pool.buffer(8192, 16384);
    present(surface, buffer);
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code], [buffer.object.id, 2]);
    assert.match(text, /is shorter than its pool/);
  });
});
