// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { clampUtf8, MAX_TITLE_BYTES, tagTitle } from "../../../src/hooks/title-text.ts";

const HEBREW = "שלום";
const ARABIC = "مرحبا";

describe("a tagged title", () => {
  it("is the tag and the title, when all of it runs from left to right", () => {
    for (const title of ["foot", "", "grüße 👋", "Привет", "你好", "1 + 1 = 2 (really)"]) {
      assert.equal(tagTitle("[vm] ", title), `[vm] ${title}`);
    }
  });

  it("keeps what runs from right to left in a part of its own, so that the tag stays in front", () => {
    for (const title of [HEBREW, ARABIC, `foot ${HEBREW}`, "\u{10a00}", "\u{1e900}", "ﷺ"]) {
      assert.equal(tagTitle("[vm] ", title), `[vm] \u2068${title}\u2069`);
    }
  });

  it("runs from left to right also when its tag has no letters to say so", () => {
    assert.equal(tagTitle("[1] ", HEBREW), `\u200e[1] \u2068${HEBREW}\u2069`);
    assert.equal(tagTitle("[1] ", "foot"), "[1] foot");
  });

  it("loses whatever would change the order of the characters around it", () => {
    for (const control of "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") {
      assert.equal(tagTitle("[vm] ", `${control}fo${control}ot${control}`), "[vm] foot");
      assert.equal(tagTitle("[vm] ", `${control}${HEBREW}${control}`), `[vm] \u2068${HEBREW}\u2069`);
    }
  });

  it("is one line, since the end of a line ends such a part", () => {
    assert.equal(tagTitle("[vm] ", `${HEBREW}\n\u2029\u2028\u0085\tx`), `[vm] \u2068${HEBREW}     x\u2069`);
  });

  it("fits into a message, whatever tag and title are, and closes what it opens", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 3000 });
    const long = fc.constantFrom("x".repeat(5000), "ü".repeat(5000), HEBREW.repeat(2000), "👋".repeat(2000));
    fc.assert(
      fc.property(fc.oneof(text, long), fc.oneof(text, long), (tag, title) => {
        const whole = tagTitle(tag, title);
        assert.ok(Buffer.byteLength(whole) <= MAX_TITLE_BYTES);
        assert.ok(whole.replace(/^\u200e/, "").startsWith(clampUtf8(tag, MAX_TITLE_BYTES)));
        const own = whole.slice(whole.startsWith("\u200e") ? 1 + tag.length : tag.length);
        const isolates = own.match(/[\u2066-\u2069]/g) ?? [];
        assert.ok(["", "\u2068\u2069"].includes(isolates.join("")), JSON.stringify(own));
      }),
    );
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
