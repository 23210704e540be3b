// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { DesktopFiles } from "../../../../src/xwayland/window/desktop-files.ts";

/** A .desktop file with these further lines. */
const entry = (...lines: string[]): string => ["[Desktop Entry]", "Type=Application", ...lines, ""].join("\n");

/** The files in the user's folder and in the system's, by their paths in `applications`. */
async function installed(
  t: TestContext,
  own: Readonly<Record<string, string>>,
  shared: Readonly<Record<string, string>> = {},
): Promise<DesktopFiles> {
  const folder = mkdtempSync(join(tmpdir(), "desktop-files-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, files] of Object.entries({ own, shared })) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, name, "applications", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  return DesktopFiles.read({ HOME: folder, XDG_DATA_HOME: join(folder, "own"), XDG_DATA_DIRS: join(folder, "shared") });
}

describe("the application of an X window", () => {
  it("is the one whose file has the name of its class or instance, if need be in lower case", async (t) => {
    const files = await installed(t, { "geany.desktop": entry(), "Xfig.desktop": entry(), "xclock.desktop": entry() });
    assert.equal(files.idOf("geany", "Geany"), "geany");
    assert.equal(files.idOf("Main", "GEANY"), "geany");
    assert.equal(files.idOf("fig", "Xfig"), "Xfig");
    assert.equal(files.idOf("xclock", "XClock"), "xclock");
  });

  it("is the one that names its class, or first its instance, as that of its windows", async (t) => {
    const files = await installed(t, {
      "chromium.desktop": entry(),
      "chrome-mail.desktop": entry("StartupWMClass=crx_mail"),
      "org.example.Editor.desktop": entry("StartupWMClass = Editor "),
    });
    assert.equal(files.idOf("crx_mail", "Chromium"), "chrome-mail");
    assert.equal(files.idOf("chromium", "Chromium"), "chromium");
    assert.equal(files.idOf("editor", "Editor"), "org.example.Editor");
  });

  it("is none that is not installed, nor one of what only a file's actions name", async (t) => {
    const files = await installed(t, { "a.desktop": `${entry()}[Desktop Action new]\nStartupWMClass=Other\n` });
    assert.equal(files.idOf("other", "Other"), null);
    assert.equal(files.idOf("", ""), null);
  });

  it("is in a folder of folders, too, and the user's own comes first", async (t) => {
    const files = await installed(
      t,
      { "mine.desktop": entry("StartupWMClass=Editor") },
      { "theirs.desktop": entry("StartupWMClass=Editor"), "kde/clock.desktop": entry("StartupWMClass=Clock") },
    );
    assert.equal(files.idOf("editor", "Editor"), "mine");
    assert.equal(files.idOf("clock", "Clock"), "kde-clock");
  });
});
