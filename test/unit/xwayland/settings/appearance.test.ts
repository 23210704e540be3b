// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Scale } from "../../../../src/xwayland/base/scale.ts";
import { Appearance } from "../../../../src/xwayland/settings/appearance.ts";
import { encodeSettings } from "../../../../src/xwayland/settings/settings-codec.ts";

function appearance(factor: number, users: Readonly<Record<string, string>> = {}, env = {}): Appearance {
  const scale = new Scale();
  scale.factor = factor;
  return new Appearance(scale, new Map(Object.entries(users)), env);
}

test("texts and cursors are as much larger as the scale says; whole windows by its whole part", () => {
  const sizes = (factor: number) => {
    const { settings } = appearance(factor);
    const names = ["Xft/DPI", "Gdk/WindowScalingFactor", "Gdk/UnscaledDPI", "Gtk/CursorThemeSize"];
    return names.map((name) => settings.get(name));
  };
  assert.deepEqual(sizes(1), [96 * 1024, 1, 96 * 1024, 24]);
  assert.deepEqual(sizes(1.5), [144 * 1024, 1, 144 * 1024, 36]);
  assert.deepEqual(sizes(2), [192 * 1024, 2, 96 * 1024, 48]);
  assert.deepEqual(sizes(2.5), [240 * 1024, 2, 120 * 1024, 60]);
});

test("what the user wants comes before what fits", () => {
  const { resources, settings } = appearance(2, { "Xft.dpi": "150", "XTerm*background": "black" });
  assert.deepEqual(Object.fromEntries(resources), {
    "Xft.dpi": "150",
    "Xcursor.size": "48",
    "XTerm*background": "black",
  });
  assert.equal(settings.get("Xft/DPI"), 150 * 1024);
  assert.equal(settings.get("Gdk/UnscaledDPI"), 75 * 1024);
});

test("cursors are those of the environment", () => {
  const { resources, settings } = appearance(2, {}, { XCURSOR_THEME: "Adwaita", XCURSOR_SIZE: "32" });
  assert.equal(resources.get("Xcursor.size"), "64");
  assert.equal(resources.get("Xcursor.theme"), "Adwaita");
  assert.equal(settings.get("Gtk/CursorThemeName"), "Adwaita");
  assert.equal(appearance(1, {}, { XCURSOR_SIZE: "huge" }).cursorSize, 24);
});

test("settings are written as XSETTINGS has them", () => {
  const bytes = encodeSettings(
    new Map<string, number | string>([
      ["Xft/DPI", 98304],
      ["Gtk/CursorThemeName", "Adwaita"],
    ]),
    5,
  );
  const expected = [
    [0, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0],
    [0, 0, 7, 0, ...Buffer.from("Xft/DPI"), 0, 5, 0, 0, 0, 0, 128, 1, 0],
    [1, 0, 19, 0, ...Buffer.from("Gtk/CursorThemeName"), 0, 5, 0, 0, 0, 7, 0, 0, 0, ...Buffer.from("Adwaita"), 0],
  ];
  assert.deepEqual([...bytes], expected.flat());
});
