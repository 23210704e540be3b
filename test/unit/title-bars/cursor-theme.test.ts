// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { themeCursor } from "../../../src/title-bars/cursor-theme.ts";

/** A cursor file with a square image, of one colour, for each size, whose hot spot is in the middle. */
function cursorFile(...sizes: readonly number[]): Buffer {
  const words = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
  let position = 16 + 12 * sizes.length;
  const entries: Buffer[] = [];
  const images: Buffer[] = [];
  for (const size of sizes) {
    entries.push(words(0xfffd0002, size, position));
    const image = words(36, 0xfffd0002, size, 1, size, size, size / 2, size / 2, 0, ...Array(size * size).fill(size));
    images.push(image);
    position += image.length;
  }
  return Buffer.concat([words(0x72756358, 16, 0x10000, sizes.length), ...entries, ...images]);
}

/** Themes in a folder, and what says where they are. */
function themes(t: TestContext, files: Readonly<Record<string, Buffer | string>>): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), "wp-cursors-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return { XCURSOR_PATH: `/no/such/folder:${folder}` };
}

test("a cursor has the size that is nearest to the wanted one", (t) => {
  const env = themes(t, { "sharp/cursors/arrow": cursorFile(16, 24, 48) });
  for (const [wanted, size] of [
    [1, 16],
    [24, 24],
    [40, 48],
    [96, 48],
  ] as const) {
    const image = themeCursor("arrow", "sharp", wanted, env);
    assert.equal(image?.width, size);
    assert.deepEqual([image?.hotX, image?.hotY], [size / 2, size / 2]);
    assert.equal(image?.pixels.length, 4 * size * size);
    assert.equal(image?.pixels[0], size);
  }
});

test("a theme has the cursors of those that it inherits from, and the default one may be such a theme", (t) => {
  const env = themes(t, {
    "default/index.theme": "[Icon Theme]\nInherits=plain,sharp;\n",
    "plain/index.theme": "[Icon Theme]\nInherits = default\n",
    "sharp/cursors/arrow": cursorFile(24),
  });
  assert.equal(themeCursor("arrow", "", 24, env)?.width, 24);
  assert.equal(themeCursor("hand", "", 24, env), null);
});

test("a file that is no cursor, or lies about what is in it, is none", (t) => {
  const good = cursorFile(24);
  const lies = (at: number, value: number): Buffer => {
    const file = Buffer.from(good);
    file.writeUInt32LE(value, at);
    return file;
  };
  const env = themes(t, {
    "t/cursors/empty": Buffer.alloc(0),
    "t/cursors/text": "Inherits=t, and some more text so that there is a header",
    "t/cursors/short": good.subarray(0, -1),
    "t/cursors/table": lies(4, 0xffff_fff0),
    "t/cursors/count": lies(12, 0xffff_ffff),
    "t/cursors/position": lies(24, 0xffff_fff0),
    "t/cursors/width": lies(28 + 16, 0x7fff_ffff),
    "t/cursors/hotspot": lies(28 + 24, 25),
  });
  for (const name of ["empty", "text", "short", "table", "position", "width", "hotspot"]) {
    assert.equal(themeCursor(name, "t", 24, env), null, name);
  }
  assert.equal(themeCursor("count", "t", 24, env)?.width, 24);
});
