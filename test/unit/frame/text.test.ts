// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Font } from "../../../src/frame/font.ts";
import { loadTextLibraries } from "../../../src/frame/load-libraries.ts";
import { shownText } from "../../../src/frame/shown-text.ts";
import { TextPainter } from "../../../src/frame/text-painter.ts";
import { readText, testFont } from "../../support/test-font.ts";

const SIZE = 100;

let painter: TextPainter;

before(async () => {
  const font = Font.read(await loadTextLibraries(), testFont(), 0);
  assert.ok(font);
  painter = new TextPainter(font);
});

/** What somebody reads, from the left to the right, where there is room for so many letters. */
function read(text: string, letters = 30): string {
  return readText(painter.paint(text, SIZE, letters * SIZE), SIZE);
}

describe("a line of text", () => {
  it("shows its letters, as high as its font says", () => {
    assert.equal(read("abc ABC"), "abc ABC");
    const { width, height } = painter.paint("ab", SIZE, 1000);
    assert.deepEqual({ width, height }, { width: 200, height: 100 });
    assert.deepEqual({ ...painter.paint("a", 13, 1000), alphas: null }, { width: 13, height: 14, alphas: null });
  });

  it("is cut at its end where there is no room, between characters, and shows nothing where not one has room", () => {
    assert.equal(read("abcdefg", 7), "abcdefg");
    assert.equal(read("abcdefg", 5), "abcd…");
    assert.equal(read("ab  defg", 4), "ab…");
    assert.equal(read("abcdefg", 2), "a…");
    for (const letters of [1, 0, -3]) assert.equal(read("abcdefg", letters), "");
    // One character of several parts, which is not in the font.
    assert.equal(read("ae\u0301\u0302bcdefg", 3), "a?…");
    assert.equal(read("ae\u0301\u0302bcdefg", 2), "a…");
  });

  it("runs from right to left where its script does, with numbers and other scripts in their own direction", () => {
    assert.equal(read("אבג"), "גבא");
    assert.equal(read("abc אב (ג) c"), "abc (ג) בא c");
    assert.equal(read("אב abc 11"), "abc 11 בא");
    assert.equal(read("אבגאבג", 4), "…גבא");
  });

  it("is not reordered, hidden or pushed away by characters that show nothing", () => {
    assert.equal(read("ab\u202ecd\u202c\u2066e\u2069"), "abcde");
    assert.equal(read("\u200fab\u00adc\u200b\ufeff\u{e0061}d\u3164"), "abcd");
    assert.equal(read(`a\n\t\r${" \u00a0\u2003\u2800".repeat(400)}\u0000b\u2028`), "a b");
  });

  it("is bounded, however long the text is and however little it shows", () => {
    for (const text of ["a", "\u202e", " ", "e\u0301", "א", "🙂"]) {
      assert.ok(shownText(text.repeat(1_000_000)).length <= 301);
    }
    assert.doesNotMatch(shownText("🙂".repeat(1000)), /\p{Cs}/u);
    assert.doesNotMatch(shownText(`a${"🙂".repeat(1000)}`), /\p{Cs}/u);
    assert.match(shownText("a".repeat(301)), /^a{300}…$/);
    assert.equal(shownText(`${"a".repeat(300)}  `), "a".repeat(300));
  });

  it("is painted once for a size, also where there is more room", () => {
    const first = painter.paint("gfedcba", SIZE, 700);
    assert.equal(painter.paint("gfedcba", SIZE, 5000), first);
    assert.equal(painter.paint("\u202egfedcba ", SIZE, 5000), first);
    const cut = painter.paint("gfedcba", SIZE, 400);
    assert.notEqual(cut, first);
    assert.equal(painter.paint("gfedcba", SIZE, 400), cut);
    // Others take its place at last: 200 lines, or two megabytes.
    for (let size = 1; size < 60; size++) painter.paint("abcdefg".repeat(10), size, 1e6);
    assert.notEqual(painter.paint("gfedcba", SIZE, 700), first);
  });
});

describe("a font", () => {
  it("is none if it is broken or has no letters", async () => {
    const libraries = await loadTextLibraries();
    assert.equal(Font.read(libraries, Buffer.from("no font at all"), 0), null);
    assert.equal(Font.read(libraries, new Uint8Array(0), 0), null);
    assert.equal(Font.read(libraries, testFont().subarray(0, 200), 0), null);
  });
});
