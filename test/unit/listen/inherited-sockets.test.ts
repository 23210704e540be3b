// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../src/errors.ts";
import { countInheritedSockets, takeInheritedSockets } from "../../../src/listen/inherited-sockets.ts";

const pid = 77;
const known = ["wayland", "x11"];

describe("the variables for inherited sockets", () => {
  it("are removed, whomever they are for", () => {
    const environment = { LISTEN_PID: "78", LISTEN_FDS: "1", LISTEN_FDNAMES: "x", LISTEN_PIDFDID: "5", OTHER: "kept" };
    assert.equal(takeInheritedSockets(environment, pid, known).size, 0);
    assert.deepEqual(environment, { OTHER: "kept" });
  });

  it("may be missing, or name no socket", () => {
    assert.equal(takeInheritedSockets({}, pid, known).size, 0);
    assert.equal(takeInheritedSockets({ LISTEN_FDS: "2" }, pid, known).size, 0);
    assert.equal(takeInheritedSockets({ LISTEN_PID: "77", LISTEN_FDS: "0" }, pid, known).size, 0);
  });

  it("are counted as far as they are ours, and nothing else is taken for a count", () => {
    assert.equal(countInheritedSockets({ LISTEN_PID: "77", LISTEN_FDS: "2" }, pid), 2);
    assert.equal(countInheritedSockets({ LISTEN_PID: "76", LISTEN_FDS: "2" }, pid), 0);
    assert.equal(countInheritedSockets({ LISTEN_FDS: "2" }, pid), 0);
    assert.equal(countInheritedSockets({ LISTEN_PID: "77" }, pid), 0);
    assert.equal(countInheritedSockets({ LISTEN_PID: "77", LISTEN_FDS: "-9" }, pid), 0);
  });

  const unexpected: [string, Record<string, string>, RegExp][] = [
    ["a process id that is none", { LISTEN_PID: "7x" }, /LISTEN_PID is "7x"/],
    ["a count that is none", { LISTEN_PID: "77", LISTEN_FDS: "-1" }, /LISTEN_FDS is "-1"/],
    ["sockets without names", { LISTEN_PID: "77", LISTEN_FDS: "1" }, /1 socket was .* 0 names: FileDescriptorName=/],
    ["too many names", { LISTEN_PID: "77", LISTEN_FDS: "1", LISTEN_FDNAMES: "wayland:x11" }, /1 socket was .* 2 names/],
    [
      "a name that we do not know",
      { LISTEN_PID: "77", LISTEN_FDS: "2", LISTEN_FDNAMES: "wayland:web" },
      /named "web" \(descriptor 4\) .*FileDescriptorName=.*: wayland, x11/,
    ],
    [
      "a name twice",
      { LISTEN_PID: "77", LISTEN_FDS: "2", LISTEN_FDNAMES: "x11:x11" },
      /named "x11" \(descriptor 4\) is the second/,
    ],
  ];
  for (const [name, environment, message] of unexpected) {
    it(`are refused for ${name}`, () => {
      assert.throws(
        () => takeInheritedSockets({ ...environment }, pid, known),
        (error: unknown) => error instanceof UserError && message.test(error.message),
      );
    });
  }
});
