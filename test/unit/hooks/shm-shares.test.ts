// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Holder, Shares } from "../../../src/hooks/shm/shares.ts";

/** A client that says what it is asked to give. */
class FakeHolder implements Holder {
  images: number;
  bytes: number;
  pools = 0;
  isShared = false;
  idle: number;
  readonly #name: string;
  readonly #shares: Shares;
  readonly #trace: string[];

  constructor(shares: Shares, trace: string[], name: string, images: number, bytes: number, idle = 0) {
    this.#shares = shares;
    this.#trace = trace;
    this.#name = name;
    this.images = images;
    this.bytes = bytes;
    this.idle = idle;
    this.isShared = name === name.toUpperCase();
    shares.add(this);
  }

  giveUpIdle(): number {
    const freed = this.idle;
    if (freed > 0) this.#trace.push(`idle of ${this.#name}`);
    this.idle = 0;
    this.bytes -= freed;
    return freed;
  }

  end(): void {
    this.#trace.push(`all of ${this.#name}`);
    this.#shares.delete(this);
  }
}

/** Clients by name, in capitals for one that stands for several programs: images, bytes, and idle bytes. */
function clients(holders: Readonly<Record<string, readonly [images: number, bytes: number, idle?: number]>>): {
  readonly trace: string[];
  /** Lets a client ask for memory until nobody gives any. */
  ask(name: string, size: number, scarce: "bytes" | "images" | null): readonly string[];
} {
  const shares = new Shares();
  const trace: string[] = [];
  const all = new Map(
    Object.entries(holders).map(([name, [images, bytes, idle]]) => [
      name,
      new FakeHolder(shares, trace, name, images, bytes, idle),
    ]),
  );
  return {
    trace,
    ask(name, size, scarce) {
      const findMore = shares.shortage(all.get(name) as FakeHolder, size);
      while (findMore(scarce)) trace.push("|");
      return trace;
    },
  };
}

describe("a client that finds no memory", () => {
  it("gets first what is idle of those that have most, and only as much as it may need", () => {
    const { ask } = clients({ small: [1, 10, 10], hog: [9, 900, 50], middle: [5, 100, 30], asker: [0, 0] });
    assert.deepEqual(ask("asker", 60, "bytes"), [
      "idle of hog",
      "idle of middle",
      "|",
      "idle of small",
      "|",
      "all of hog",
      "|",
    ]);
  });

  it("gets what others have that have far more, one after the other", () => {
    const { ask } = clients({ one: [9, 900], two: [9, 1000], three: [2, 30], asker: [1, 10] });
    assert.deepEqual(ask("asker", 10, "bytes"), ["all of two", "|", "all of one", "|"]);
  });

  it("gets nothing if it has much itself", () => {
    const { ask } = clients({ one: [90, 900], two: [90, 1000], asker: [80, 400] });
    assert.deepEqual(ask("asker", 110, "bytes"), []);
  });

  it("gets nothing of others that have few images when the host has no more of them", () => {
    const { ask } = clients({ one: [63, 10], asker: [0, 0] });
    assert.deepEqual(ask("asker", 1, "images"), []);
  });

  it("gets nothing of others when it may be its own bytes that the host objects to", () => {
    const { ask } = clients({ one: [200, 200], two: [3, 100], asker: [1, 200] });
    assert.deepEqual(ask("asker", 10, "images"), []);
  });

  it("gets the images of another when the host has no more of them", () => {
    const { ask } = clients({ one: [200, 200], two: [3, 1000], asker: [1, 10] });
    assert.deepEqual(ask("asker", 10, "images"), ["all of one", "|"]);
  });

  it("gets what is idle of one that stands for many programs, which does not end for it", () => {
    const { ask } = clients({ XWAYLAND: [200, 2000, 5], other: [3, 100], asker: [1, 10] });
    assert.deepEqual(ask("asker", 10, "bytes"), ["idle of XWAYLAND", "|", "all of other", "|"]);
  });

  it("gets no more than what is idle when it is not known that anything is scarce", () => {
    const { ask } = clients({ one: [200, 2000, 5], asker: [1, 10] });
    assert.deepEqual(ask("asker", 10, null), ["idle of one", "|"]);
  });
});
