// SPDX-License-Identifier: Apache-2.0
/** The colors of title bars, at a bus with a desktop's portal for settings on it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { silent } from "../../../src/log/logger.ts";
import { type BarStyle, desktopBarStyle } from "../../../src/title-bars/bar-style.ts";
import { openDescriptors, untilOpen } from "../../support/descriptors.ts";
import { eventually } from "../../support/eventually.ts";
import { type BusCall, FakeBus } from "../../support/fake-bus.ts";

const PATH = "/org/freedesktop/portal/desktop";
const SETTINGS = "org.freedesktop.portal.Settings";
const APPEARANCE = "org.freedesktop.appearance";

/** A desktop whose portal answers so, and the styles that it has had. */
async function watch(t: TestContext, answer: (call: BusCall) => void): Promise<{ bus: FakeBus; styles: BarStyle[] }> {
  const folder = mkdtempSync(join(tmpdir(), "portal-"));
  const before = openDescriptors();
  const bus = new FakeBus(join(folder, "bus"), answer);
  const styles: BarStyle[] = [];
  // Without the machine's gsettings.
  const environment = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder}/bus`, PATH: folder };
  const stop = desktopBarStyle(environment)(silent, (style) => void styles.push(style));
  t.after(async () => {
    stop();
    bus.close();
    rmSync(folder, { recursive: true });
    await untilOpen(before);
  });
  return { bus, styles };
}

describe("title bars", () => {
  it("are as dark as the desktop's windows, and change with them", async (t) => {
    let scheme = 1;
    const asked: unknown[] = [];
    const { bus, styles } = await watch(t, ({ member, body, reply }) => {
      asked.push([member, ...body]);
      reply("v", ["v", ["u", scheme]]);
    });
    await eventually("dark bars", () => styles.at(-1)?.isDark === true);
    assert.deepEqual(asked, [["Read", APPEARANCE, "color-scheme"]]);
    assert.match(String(bus.rules[0]), /interface='org\.freedesktop\.portal\.Settings'/);
    const changed = (namespace: string, key: string, value: number): void =>
      bus.signal({ path: PATH, interface: SETTINGS }, "SettingChanged", "ssv", [namespace, key, ["u", value]]);
    scheme = 2;
    changed(APPEARANCE, "color-scheme", 2);
    await eventually("light bars", () => styles.at(-1)?.isDark === false);
    scheme = 1;
    changed(APPEARANCE, "contrast", 1);
    changed("org.gnome.desktop.interface", "color-scheme", 1);
    // What a signal says is not believed: anybody on the bus can send one.
    changed(APPEARANCE, "color-scheme", 0);
    await eventually("dark bars again", () => styles.at(-1)?.isDark === true);
    assert.equal(asked.length, 3);
  });

  it("are light on a desktop without such a portal that says nothing else", async (t) => {
    const calls: BusCall[] = [];
    const { styles } = await watch(t, (call) => {
      calls.push(call);
      call.refuse();
    });
    await eventually("a style", () => styles.length > 0 && calls.length > 0);
    assert.ok(styles.every(({ isDark }) => !isDark));
  });
});
