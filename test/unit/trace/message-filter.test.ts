// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { MessageFilter } from "../../../src/trace/message-filter.ts";
import { WireMessage } from "../../../src/wire/wire-message.ts";

const protocol = new ProtocolRegistry();

/** The messages that a filter shows, of some (`interface.message`, to object 3). */
function shown(expression: string | undefined, suppressed: string[], messages: readonly string[]): string[] {
  const filter = new MessageFilter(protocol, expression, suppressed);
  return messages.filter((text) => {
    const [name = "", own = ""] = text.split(".");
    const type = protocol.get(name);
    const message = [...(type?.requests ?? []), ...(type?.events ?? [])].find((one) => one.name === own);
    assert.ok(type && message, text);
    const words = Uint32Array.of(3, (8 << 16) | message.opcode);
    const wire = new WireMessage(words).show(type, message, words, 0, words.length);
    const first = filter.shows(wire);
    assert.equal(filter.shows(wire), first, "the answer that is remembered is the first one");
    return first;
  });
}

const some = ["wl_surface.commit", "wl_surface.attach", "wl_pointer.motion", "xdg_toplevel.set_title", "wl_region.add"];

describe("a filter of messages", () => {
  const expressions: [string, readonly string[]][] = [
    ["wl_surface", ["wl_surface.commit", "wl_surface.attach"]],
    ["wl_surface.commit", ["wl_surface.commit"]],
    ["xdg_*, .motion", ["wl_pointer.motion", "xdg_toplevel.set_title"]],
    ["! wl_pointer.motion", some.filter((text) => text !== "wl_pointer.motion")],
    ["wl_* ! wl_pointer, .attach", ["wl_surface.commit", "wl_region.add"]],
    ["! wl_*, ! xdg_toplevel", []],
    ["wl_surface@3.commit", ["wl_surface.commit"]],
    ["wl_surface@4", []],
    ["@3", some],
    ["*_toplevel.set_*", ["xdg_toplevel.set_title"]],
  ];
  for (const [expression, expected] of expressions) {
    it(`"${expression}" shows ${expected.join(", ") || "nothing"}`, () => {
      assert.deepEqual(shown(expression, [], some), expected);
    });
  }

  it("leaves out classes of messages", () => {
    assert.deepEqual(shown(undefined, ["drawing", "region"], some), [
      "wl_surface.commit",
      "wl_pointer.motion",
      "xdg_toplevel.set_title",
    ]);
    for (const name of ["motion", "shm", "delete", "region", "drawing", "hints"]) shown(undefined, [name], []);
  });

  const mistakes: [string, RegExp][] = [
    ["xdg_sruface", /there is no interface xdg_sruface \(did you mean xdg_surface\?\)/],
    ["wl_surface.comit", /there is no message comit \(did you mean commit\?\)/],
    ["wl_surface commit", /"wl_surface commit" is no matcher/],
    ["wl_surface,,wl_region", /something is missing/],
    ["wl_surface !", /something is missing/],
    ["", /something is missing/],
  ];
  for (const [expression, complaint] of mistakes) {
    it(`refuses "${expression}"`, () => {
      assert.throws(() => shown(expression, [], []), complaint);
    });
  }

  it("refuses a class that does not exist", () => {
    assert.throws(() => shown(undefined, ["mouse"], []), /there is no class mouse of messages, but motion, shm/);
  });
});
