// SPDX-License-Identifier: Apache-2.0
/** The settings of X programs, and their manager: the whole window manager between two fakes. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { getProperty } from "../../../src/x11/client/properties.ts";
import { EventMask } from "../../../src/x11/generated/enums.ts";
import { eventually } from "../../support/eventually.ts";
import { WmStage } from "../../support/wm-stage.ts";
import { XTestWindow } from "../../support/x-test-window.ts";

/** 96 dots an inch, in 1024ths. */
const PLAIN_DPI = 98_304;

/** The XSETTINGS of a stage, as a program sees them. */
class SettingsStage {
  readonly stage: WmStage;
  readonly x: X11Connection;

  private constructor(stage: WmStage, x: X11Connection) {
    this.stage = stage;
    this.x = x;
  }

  static async set(t: TestContext): Promise<SettingsStage> {
    const { stage, x } = await WmStage.set(t);
    await x.atoms.intern(["_XSETTINGS_S0", "_XSETTINGS_SETTINGS", "MANAGER"]);
    return new SettingsStage(stage, x);
  }

  /** The window of the settings manager. */
  get manager(): number {
    return this.stage.xwayland.model.selectionOwner(this.x.atoms.atom("_XSETTINGS_S0"));
  }

  /** The bytes of the settings, as programs read them. */
  async settings(): Promise<Buffer> {
    const property = await getProperty(this.x, this.manager, this.x.atoms.atom("_XSETTINGS_SETTINGS"));
    return Buffer.from(property?.bytes ?? []);
  }
}

/** A number among settings: its name, padded, and the serial of its last change stand before it. */
function numberOf(settings: Buffer, name: string): number {
  const start = settings.indexOf(name);
  assert.ok(start > 0, `${name} in the settings`);
  return settings.readInt32LE(start + ((name.length + 3) & ~3) + 4);
}

describe("the settings of X programs", () => {
  it("are ours as long as nobody else has any", async (t) => {
    const on = await SettingsStage.set(t);
    await eventually("a manager", () => on.manager !== 0);
    const settings = await on.settings();
    assert.equal(numberOf(settings, "Xft/DPI"), PLAIN_DPI);
    assert.equal(numberOf(settings, "Gdk/WindowScalingFactor"), 1);
  });

  it("are left to a manager of the user's, and are ours again when that has gone, as programs hear", async (t) => {
    const on = await SettingsStage.set(t);
    const { x, stage } = on;
    const ours = await eventually("a manager", () => on.manager);
    x.send("ChangeWindowAttributes", { window: x.setup.root, event_mask: EventMask.StructureNotify });
    const listener = new XTestWindow(x);
    const other = await stage.connect();
    const theirs = new XTestWindow(other);
    await other.atoms.intern(["_XSETTINGS_S0"]);
    other.send("SetSelectionOwner", { owner: theirs.id, selection: x.atoms.atom("_XSETTINGS_S0"), time: 0 });
    await eventually("the user's", () => on.manager === theirs.id);
    await stage.settled(x);
    assert.equal(on.manager, theirs.id, "we do not take it back");
    other.close();
    await eventually("ours", () => on.manager === ours);
    const announced = await eventually("the announcement", () =>
      listener.announced(x.setup.root).find(({ type }) => type === x.atoms.atom("MANAGER")),
    );
    assert.deepEqual(announced.data.slice(1, 3), [x.atoms.atom("_XSETTINGS_S0"), ours]);
    assert.equal(numberOf(await on.settings(), "Xft/DPI"), PLAIN_DPI);
  });
});
