// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { cpioArchive } from "../../../src/vm/boot/cpio.ts";

/** Reads an archive as the kernel does: headers of 110 bytes, and everything at multiples of four. */
function* members(archive: Buffer): Iterable<{ path: string; mode: number; content: string }> {
  let offset = 0;
  while (offset < archive.length) {
    assert.equal(archive.toString("latin1", offset, offset + 6), "070701");
    const field = (index: number): number => {
      const start = offset + 6 + 8 * index;
      return Number.parseInt(archive.toString("latin1", start, start + 8), 16);
    };
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const path = archive.toString("utf8", offset + 110, offset + 110 + nameSize - 1);
    assert.equal(archive[offset + 110 + nameSize - 1], 0);
    const start = (offset + 110 + nameSize + 3) & ~3;
    yield { path, mode, content: archive.toString("utf8", start, start + size) };
    offset = (start + size + 3) & ~3;
  }
}

test("an archive has folders and files with their modes, each at a multiple of four, and an end", () => {
  const archive = cpioArchive([
    { kind: "folder", path: "dev", mode: 0o755 },
    { kind: "file", path: "init", mode: 0o755, content: Buffer.from("abc") },
    { kind: "file", path: "straße", mode: 0o644, content: Buffer.from("") },
    { kind: "file", path: "script", mode: 0o600, content: Buffer.from("12345678") },
  ]);
  assert.equal(archive.length % 4, 0);
  assert.deepEqual(
    [...members(archive)],
    [
      { path: "dev", mode: 0o040755, content: "" },
      { path: "init", mode: 0o100755, content: "abc" },
      { path: "straße", mode: 0o100644, content: "" },
      { path: "script", mode: 0o100600, content: "12345678" },
      { path: "TRAILER!!!", mode: 0, content: "" },
    ],
  );
});
