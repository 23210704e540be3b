// SPDX-License-Identifier: Apache-2.0
/** A client that tries at random to get out of its frame, against what a compositor would show at each moment. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FakeObject } from "../../support/fake-object.ts";
import { Framed } from "../../support/framed.ts";
import { scoped } from "../../support/proxied.ts";
import fc from "../../support/random.ts";

const PARTS = 4;
const RUNS = 25;

/** One thing that a client does. The numbers choose what is done with what. */
const step = fc.record({
  what: fc.constantFrom(
    "attach",
    "attach",
    "detach",
    "commit",
    "commit",
    "commit",
    "move",
    "move",
    "sync",
    "desync",
    "desync",
    "geometry",
    "scale",
    "offset",
    "viewport",
    "source",
    "plain",
    "leave",
    "join",
    "raise",
  ),
  which: fc.nat(PARTS),
  other: fc.nat(PARTS),
  a: fc.constantFrom(1, 20, 90, 100, 101, 150),
  b: fc.constantFrom(1, 20, 90, 100, 101, 150),
  x: fc.constantFrom(-100, -1, 0, 0, 5, 60),
  y: fc.constantFrom(-100, -1, 0, 0, 5, 60),
});
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** A part of the client's window: a surface that is a sub-surface, or is none at the moment. */
interface Part {
  readonly surface: FakeObject;
  readonly viewport: FakeObject;
  subsurface: FakeObject | null;
  parent: Part | null;
}

class Attacker {
  readonly #framed: Framed;
  readonly #parts: Part[];
  readonly #xdgSurface: FakeObject;

  constructor(framed: Framed, viewporter: FakeObject) {
    this.#framed = framed;
    const { surface, xdgSurface } = framed.window();
    this.#xdgSurface = xdgSurface;
    const surfaces = [surface, ...Array.from({ length: PARTS }, () => framed.surface())];
    this.#parts = surfaces.map((one) => ({
      surface: one,
      viewport: viewporter.create("get_viewport", one),
      subsurface: null,
      parent: null,
    }));
    framed.show(surface, 100, 100);
  }

  do({ what, which, other, a, b, x, y }: Step): void {
    const part = this.#parts[which] as Part;
    const { surface, subsurface } = part;
    if (what === "attach") surface.send("attach", this.#framed.buffer(a, b), 0, 0);
    else if (what === "detach") surface.send("attach", null, 0, 0);
    else if (what === "commit") surface.send("commit");
    else if (what === "scale") surface.send("set_buffer_scale", 1 + (x & 1));
    else if (what === "viewport") part.viewport.send("set_destination", a, b);
    else if (what === "offset") surface.send("offset", x, y);
    else if (what === "source") part.viewport.send("set_source", 0, 0, Math.max(1, x), Math.max(1, y));
    else if (what === "plain") part.viewport.send("set_destination", -1, -1);
    else if (what === "geometry") this.#xdgSurface.send("set_window_geometry", x, y, a, b);
    else if (what === "join") this.#join(part, this.#parts[other] as Part);
    else if (subsurface === null) return;
    else if (what === "move") subsurface.send("set_position", x, y);
    else if (what === "sync") subsurface.send("set_sync");
    else if (what === "desync") subsurface.send("set_desync");
    else if (what === "raise") subsurface.send("place_above", (part.parent as Part).surface);
    else {
      subsurface.send("destroy");
      part.subsurface = part.parent = null;
    }
  }

  #join(part: Part, parent: Part): void {
    if (part === this.#parts[0] || part.subsurface !== null) return;
    for (let above: Part | null = parent; above !== null; above = above.parent) if (above === part) return;
    part.parent = parent;
    part.subsurface = this.#framed.subcompositor.create("get_subsurface", part.surface, parent.surface);
  }
}

describe("a client that does all it can", () => {
  for (const [waitsForParent, label] of [
    [true, ""],
    [false, "abc"],
  ] as const) {
    const rule = waitsForParent ? "waits for its parent's" : "is applied with its parent's";
    const frame = label === "" ? "frame" : "frame with a label";
    it(`never shows anything outside of its ${frame} where a nested sub-surface's state ${rule}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 200 }), async (steps) => {
          await scoped(async (t) => {
            const framed = await Framed.begin(t, { waitsForParent, label });
            const { client } = framed.stage;
            const attacker = new Attacker(framed, await client.bind("wp_viewporter"));
            const faults: string[] = [];
            framed.screen.onChange = () => {
              for (const window of framed.screen.windows) {
                const fault = framed.screen.faultOf(window, framed.insets);
                if (fault !== null) faults.push(fault);
              }
            };
            for (const one of steps) attacker.do(one);
            await client.roundtrip();
            assert.deepEqual(faults, []);
          });
        }),
        { numRuns: RUNS },
      );
    });
  }
});
