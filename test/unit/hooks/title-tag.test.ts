// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clampUtf8 } from "../../../src/hooks/title-tag.ts";
import { proxied, type Scope } from "../../support/proxied.ts";
import fc from "../../support/random.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";

/** What fits into a message of 4096 bytes, behind its header and length and before the NUL. */
const ROOM = 4096 - 8 - 4 - 1;

/** The titles that the host sees for those that the client sets. */
async function titles(t: Scope, tag: string | undefined, ...set: string[]): Promise<unknown[]> {
  const stage = await proxied(t, { globals: windowGlobals, tag });
  const { toplevel } = await openWindow(stage);
  for (const title of set) toplevel.ours.send("set_title", title);
  const seen = [];
  for (const _ of set) seen.push((await stage.host.expect("xdg_toplevel.set_title")).arg("title"));
  return seen;
}

describe("the tag", () => {
  it("stands before every title", async (t) => {
    assert.deepEqual(await titles(t, "[vm] ", "foot", "", "grüße 👋"), ["[vm] foot", "[vm] ", "[vm] grüße 👋"]);
  });

  it("is not there if there is none", async (t) => {
    assert.deepEqual(await titles(t, undefined, "foot"), ["foot"]);
  });

  it("is not there if it is empty", async (t) => {
    assert.deepEqual(await titles(t, "", "foot"), ["foot"]);
  });

  it("leaves of a long title what fits into a message, in whole characters", async (t) => {
    const seen = await titles(t, "[vm] ", "x".repeat(ROOM), "é".repeat(2041), "👋".repeat(1020));
    assert.deepEqual(seen, [
      `[vm] ${"x".repeat(ROOM - 5)}`,
      `[vm] ${"é".repeat(Math.floor((ROOM - 5) / 2))}`,
      `[vm] ${"👋".repeat(Math.floor((ROOM - 5) / 4))}`,
    ]);
  });

  it("that is very long itself is cut, too", async (t) => {
    assert.deepEqual(await titles(t, "ü".repeat(5000), "foot"), ["ü".repeat(Math.floor(ROOM / 2))]);
  });

  it("is put on last: no other hook can take it off", async (t) => {
    const stage = await proxied(t, {
      globals: windowGlobals,
      tag: "[vm] ",
      hooks: [{ requests: { xdg_toplevel: { set_title: (message) => message.change({ title: "fake" }) } } }],
    });
    const { toplevel } = await openWindow(stage);
    toplevel.ours.send("set_title", "foot");
    assert.equal((await stage.host.expect("xdg_toplevel.set_title")).arg("title"), "[vm] fake");
  });
});

describe("clampUtf8", () => {
  it("gives the longest beginning in whole characters that fits", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((one) => one === Buffer.from(one).toString());
    fc.assert(
      fc.property(text, fc.nat(60), (whole, room) => {
        const cut = clampUtf8(whole, room);
        const size = Buffer.byteLength(cut);
        assert.ok(
          whole.startsWith(cut) && size <= room && !cut.includes("\ufffd".repeat(whole.includes("\ufffd") ? 99 : 1)),
        );
        const next = [...whole.slice(cut.length)][0];
        if (next !== undefined) assert.ok(size + Buffer.byteLength(next) > room, "there was room for one more");
      }),
    );
  });
});
