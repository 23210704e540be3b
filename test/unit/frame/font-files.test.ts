// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { searchFolders } from "../../../src/frame/font-files.ts";
import { loadTextLibraries } from "../../../src/frame/load-libraries.ts";
import { firstReadable } from "../../../src/frame/load-text.ts";
import { testFont } from "../../support/test-font.ts";

describe("the search for a font without fontconfig", () => {
  it("finds fonts in folders and what is in them, familiar ones first, and takes the first that can be read", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fonts-"));
    try {
      mkdirSync(join(folder, "truetype/dejavu"), { recursive: true });
      for (const name of ["Aardvark.ttf", "notes.txt", "bitmap.pcf.gz", "truetype/dejavu/DejaVuSans-Bold.TTF"]) {
        writeFileSync(join(folder, name), "");
      }
      writeFileSync(join(folder, "truetype/dejavu/DejaVuSans.ttf"), "broken");
      writeFileSync(join(folder, "truetype/NotoSans-Regular.ttf"), testFont());
      symlinkSync(folder, join(folder, "circle"));
      const files = await searchFolders([join(folder, "missing"), folder]);
      assert.deepEqual(
        files.map(({ path }) => path.slice(folder.length + 1)),
        [
          "truetype/NotoSans-Regular.ttf",
          "truetype/dejavu/DejaVuSans.ttf",
          "Aardvark.ttf",
          "truetype/dejavu/DejaVuSans-Bold.TTF",
        ],
      );
      const libraries = await loadTextLibraries();
      assert.ok(await firstReadable(libraries, files.slice(1).concat(files.slice(0, 1))));
      assert.equal(await firstReadable(libraries, files.slice(1)), null);
      assert.equal(await firstReadable(libraries, []), null);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
