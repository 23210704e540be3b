// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Encoding, readText } from "../../../../src/xwayland/window/text-property.ts";

function text(encoding: Encoding, ...parts: (string | number[])[]): string {
  const bytes = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));
  return readText({ type: 1, format: 8, bytes, bytesAfter: 0 }, encoding);
}

const ESC = 0x1b;

describe("the text of a property", () => {
  it("is what its bytes are in its encoding, up to a NUL", () => {
    assert.equal(text("latin1", [0x4b, 0xfc, 0x68, 0, 0x65]), "Küh");
    assert.equal(text("utf8", "Kühe ✓"), "Kühe ✓");
    assert.equal(readText(null, "utf8"), "");
    assert.equal(readText({ type: 1, format: 32, bytes: Buffer.from("abcd"), bytesAfter: 0 }, "utf8"), "");
  });

  it("has no escape sequences of compound text in it, but what is UTF-8 there", () => {
    assert.equal(text("compound", "a", [ESC, 0x2d, 0x41, 0xfc], "b"), "aüb");
    assert.equal(text("compound", "a", [ESC], "%G✓ü", [ESC], "%@b", [0xe4]), "a✓übä");
    assert.equal(text("compound", "x", [ESC], "%G✓"), "x✓");
    assert.equal(text("compound", "ends", [ESC]), "ends");
  });
});
