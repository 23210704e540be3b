// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Fd } from "../../../src/native/fd.ts";
import { contentOf, fileWith } from "../../support/descriptors.ts";
import { echoed, newEcho } from "../../support/echo.ts";
import { FakeObject } from "../../support/fake-object.ts";

const directions = [
  { title: "a request", from: "ours", to: "theirs", receiver: "host" },
  { title: "an event", from: "theirs", to: "ours", receiver: "client" },
] as const;

for (const { title, from, to, receiver } of directions) {
  describe(`the arguments of ${title}`, () => {
    it("that are numbers arrive, also the extreme ones", async (t) => {
      const stage = await echoed(t);
      const rows = [
        { int: -0x80000000, uint: 0xffffffff, fixed: -8388608 },
        { int: 0x7fffffff, uint: 0x80000000, fixed: 8388607.99609375 },
        { int: -1, uint: 0, fixed: -0.00390625 },
      ];
      for (const { int, uint, fixed } of rows) stage.echo[from].send("numbers", int, uint, fixed);
      for (const row of rows) assert.deepEqual((await stage[receiver].expect("echo.numbers")).args, row);
    });

    it("that are strings arrive, whatever their length, null and invalid UTF-8 too", async (t) => {
      const stage = await echoed(t);
      const texts = ["", "a", "ab", "abc", "abcd", "grüße 👋", "x".repeat(4064)];
      for (const text of texts) stage.echo[from].send("strings", text, null);
      stage.echo[from].send("strings", "there", "too");
      stage.echo[from].send("strings", Uint8Array.of(0xff, 0xc3), "");
      for (const text of texts) {
        assert.deepEqual((await stage[receiver].expect("echo.strings")).args, { text, maybe: null });
      }
      assert.deepEqual((await stage[receiver].expect("echo.strings")).args, { text: "there", maybe: "too" });
      const { args } = await stage[receiver].expect("echo.strings");
      assert.deepEqual(args, { text: "\ufffd\ufffd", maybe: "" });
    });

    it("that are arrays arrive, whatever their length", async (t) => {
      const stage = await echoed(t);
      const arrays = [0, 1, 2, 3, 4, 5, 1000, 4084].map((length) => Buffer.from(Array.from({ length }, (_, i) => i)));
      for (const bytes of arrays) stage.echo[from].send("bytes", bytes);
      for (const bytes of arrays) assert.deepEqual((await stage[receiver].expect("echo.bytes")).args, { bytes });
    });

    it("that are objects arrive as the receiver's own", async (t) => {
      const { echo, manager, ...stage } = await echoed(t);
      echo[from].send("objects", echo[from], echo[from], manager[from]);
      echo[from].send("objects", echo[from], null, null);
      const first = await stage[receiver].expect("echo.objects");
      assert.deepEqual(Object.values(first.args), [echo[to], echo[to], manager[to]]);
      const second = await stage[receiver].expect("echo.objects");
      assert.deepEqual(Object.values(second.args), [echo[to], null, null]);
    });

    it("that are descriptors arrive, each at its place", async (t) => {
      const stage = await echoed(t);
      for (let i = 0; i < 40; i++) stage.echo[from].send("fds", fileWith(`first ${i}`), i, fileWith(`second ${i}`));
      for (let i = 0; i < 40; i++) {
        const message = await stage[receiver].expect("echo.fds");
        assert.equal(message.arg("between"), i);
        assert.equal(contentOf(message.fdArg("first")), `first ${i}`);
        assert.equal(contentOf(message.fdArg("second")), `second ${i}`);
      }
    });

    it("arrive with all kinds in one message, and the object that it makes can be used", async (t) => {
      const stage = await echoed(t);
      const { echo } = stage;
      const bytes = Buffer.from("bytes");
      const child = echo[from].create("all", -5, "text", fileWith("1"), echo[from], bytes, null, fileWith("2"), 1.5);
      const { args, ...message } = await stage[receiver].expect("echo.all");
      const { first, second, child: twin, ...plain } = args;
      assert.deepEqual(plain, { int: -5, text: "text", echo: echo[to], bytes, maybe: null, fixed: 1.5 });
      assert.deepEqual(
        [first, second].map((fd) => contentOf(fd as Fd)),
        ["1", "2"],
      );
      assert.ok(twin instanceof FakeObject && message.object === echo[to]);

      child.send("numbers", 1, 2, 3);
      assert.equal((await stage[receiver].expect("echo.numbers")).object, twin);
      twin.send("numbers", 4, 5, 6);
      const answer = await stage[receiver === "host" ? "client" : "host"].expect("echo.numbers");
      assert.equal(answer.object, child);
    });

    it("may use all of the version that was bound", async (t) => {
      const stage = await echoed(t, {}, 2);
      stage.echo[from].send("second_version");
      assert.deepEqual((await stage[receiver].expect("echo.second_version")).args, {});
    });
  });
}

it("objects inherit the version of the object that made them", async (t) => {
  const { client, host, manager } = await echoed(t, {}, 2);
  assert.equal(manager.theirs.version, 2);
  const child = (await newEcho({ host }, manager)).ours.create("spawn");
  const twin = (await host.expect("echo.spawn")).objectArg("child");
  twin.send("second_version");
  assert.equal((await client.expect("echo.second_version")).object, child);
});
