// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fromLatin1, toLatin1 } from "../../../../src/xwayland/selection/text.ts";

describe("text that becomes Latin 1", () => {
  it("keeps what there is in it, and has a question mark for what there is not", () => {
    assert.equal(Buffer.from(toLatin1()(Buffer.from("Größe: 5 € 👍"))).toString("latin1"), "Größe: 5 ? ?");
  });

  it("may be cut anywhere", () => {
    const text = Buffer.from("äöü € 👍 ß");
    for (let cut = 0; cut <= text.length; cut++) {
      const convert = toLatin1();
      const parts = [text.subarray(0, cut), text.subarray(cut)].map((part) => convert(part));
      assert.equal(Buffer.concat(parts).toString("latin1"), "äöü ? ? ß", `cut at ${cut}`);
    }
  });
});

it("Latin 1 becomes UTF-8", () => {
  const everything = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  assert.equal(Buffer.from(fromLatin1(everything)).toString(), everything.toString("latin1"));
});
