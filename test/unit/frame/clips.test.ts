// SPDX-License-Identifier: Apache-2.0
/** Sub-surfaces that reach out of the frame of their window, such as the popovers of GTK 3: what lies within is shown. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FakeObject } from "../../support/fake-object.ts";
import { Framed } from "../../support/framed.ts";
import type { Scope } from "../../support/proxied.ts";

/** A window of 300 × 200 with a sub-surface, which is not shown yet. */
class Popover {
  readonly framed: Framed;
  readonly window: FakeObject;
  readonly xdgSurface: FakeObject;
  readonly surface: FakeObject;
  readonly subsurface: FakeObject;

  private constructor(framed: Framed) {
    this.framed = framed;
    const { surface, xdgSurface } = framed.window();
    this.window = surface;
    this.xdgSurface = xdgSurface;
    xdgSurface.send("set_window_geometry", 0, 0, 300, 200);
    framed.show(surface, 300, 200);
    const part = framed.part(surface, 0, 0);
    this.surface = part.surface;
    this.subsurface = part.subsurface;
  }

  static async begin(t: Scope): Promise<Popover> {
    return new Popover(await Framed.begin(t));
  }

  /** What is seen of the sub-surface; undefined if nothing is. */
  async shown(): Promise<string | undefined> {
    const { content } = await this.framed.view();
    assert.ok(content.length <= 2);
    return content[1];
  }

  /** The part of its buffer that the host shows, as it was told last. */
  async source(): Promise<string> {
    const { client, host } = this.framed.stage;
    await client.roundtrip();
    return Object.values(
      host.inbox.all.filter(({ name }) => name === "wp_viewport.set_source").at(-1)?.args ?? {},
    ).join(" ");
  }

  moveTo(x: number, y: number): void {
    this.subsurface.send("set_position", x, y);
    this.window.send("commit");
  }
}

describe("a sub-surface that reaches out of the frame", () => {
  it("is cut at the right and below, with the commit of its window that shows it", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface } = popover;
    popover.subsurface.send("set_position", 250, 180);
    framed.show(surface, 100, 80);
    assert.equal(await popover.shown(), undefined);
    popover.window.send("commit");
    assert.equal(await popover.shown(), "250,180 50x20");
    assert.equal(await popover.source(), "0 0 50 20");
  });

  it("is cut at the left and above, and shows what is there", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface } = popover;
    framed.show(surface, 100, 80);
    popover.moveTo(-30, -20);
    assert.equal(await popover.shown(), "0,0 70x60");
    assert.equal(await popover.source(), "30 20 70 60");
  });

  it("follows where it is moved, also if it waits for nobody", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface, subsurface } = popover;
    const faults: (string | null)[] = [];
    framed.screen.onChange = () => {
      for (const window of framed.screen.windows) faults.push(framed.screen.faultOf(window, framed.insets));
    };
    popover.window.send("commit");
    subsurface.send("set_desync");
    framed.show(surface, 100, 80);
    assert.equal(await popover.shown(), "0,0 100x80");
    for (const [x, y, shown] of [
      [-30, 150, "0,150 70x50"],
      [250, -20, "250,0 50x60"],
      [-10, -10, "0,0 90x70"],
      [100, 100, "100,100 100x80"],
    ] as const) {
      popover.moveTo(x, y);
      assert.equal(await popover.shown(), shown);
    }
    // It is still one that waits for nobody.
    framed.show(surface, 300, 50);
    assert.equal(await popover.shown(), "100,100 200x50");
    assert.deepEqual(new Set(faults), new Set([null]));
  });

  it("is cut anew when its window has another size, in the same commit", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface, window, xdgSurface } = popover;
    popover.subsurface.send("set_position", 50, 50);
    framed.show(surface, 400, 400);
    window.send("commit");
    assert.equal(await popover.shown(), "50,50 250x150");
    xdgSurface.send("set_window_geometry", 0, 0, 200, 100);
    framed.show(window, 200, 100);
    assert.equal(await popover.shown(), "50,50 150x50");
    xdgSurface.send("set_window_geometry", 10, 10, 190, 90);
    window.send("commit");
    assert.equal(await popover.shown(), "40,40 150x50");
    // The window begins within its surface, and so the sub-surface would begin outside.
    popover.moveTo(0, 20);
    assert.equal(await popover.shown(), "0,10 190x80");
    assert.equal(await popover.source(), "10 0 190 80");
    xdgSurface.send("set_window_geometry", 0, 0, 500, 500);
    framed.show(window, 500, 500);
    assert.equal(await popover.shown(), "0,20 400x400");
  });

  it("gets input from the corner that its client knows", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface } = popover;
    const { client, host } = framed.stage;
    framed.show(surface, 100, 80);
    popover.moveTo(-30, -20);
    (await client.bind("wl_seat")).create("get_pointer");
    await client.roundtrip();
    const [, shown] = framed.screen.shown(framed.screen.windows[0] as FakeObject).filter(({ isFrame }) => !isFrame);
    const mouse = (await host.expect("wl_seat.get_pointer")).objectArg("id");
    mouse.send("enter", 1, shown?.surface as FakeObject, 5, 6);
    const { args } = await client.expect("wl_pointer.enter");
    assert.deepEqual([args["surface"], args["surface_x"], args["surface_y"]], [surface, 35, 26]);
  });

  it("shows nothing where it is outside as a whole", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface } = popover;
    framed.show(surface, 100, 80);
    popover.moveTo(-100, 0);
    assert.equal(await popover.shown(), undefined);
    popover.moveTo(0, 0);
    framed.show(surface, 100, 80);
    popover.window.send("commit");
    assert.equal(await popover.shown(), "0,0 100x80");
  });

  it("is cut in the client's own viewport, and shows all of that again where there is room", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface } = popover;
    const viewport = (await framed.stage.client.bind("wp_viewporter")).create("get_viewport", surface);
    viewport.send("set_source", 10, 10, 50, 40);
    viewport.send("set_destination", 100, 80);
    framed.show(surface, 60, 60);
    popover.moveTo(250, 0);
    assert.equal(await popover.shown(), "250,0 50x80");
    assert.equal(await popover.source(), "10 10 25 40");
    popover.moveTo(0, 0);
    assert.equal(await popover.shown(), "0,0 100x80");
    assert.equal(await popover.source(), "10 10 50 40");
  });

  it("shows all of its next buffer, be it smaller, while its window shows nothing", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface, window } = popover;
    framed.show(surface, 400, 300);
    window.send("commit");
    assert.equal(await popover.shown(), "0,0 300x200");
    window.send("attach", null, 0, 0);
    window.send("commit");
    framed.show(surface, 10, 10);
    await framed.stage.client.roundtrip();
    const { all } = framed.stage.host.inbox;
    assert.equal(all.filter(({ name }) => name === "wp_viewport.destroy").length, 1);
    framed.show(window, 300, 200);
    assert.equal(await popover.shown(), "0,0 10x10");
  });

  it("is hidden if it has a sub-surface of its own", async (t) => {
    const popover = await Popover.begin(t);
    const { framed, surface, window } = popover;
    framed.show(surface, 100, 80);
    popover.moveTo(-30, 0);
    assert.equal(await popover.shown(), "0,0 70x80");
    framed.show(framed.part(surface, 30, 0).surface, 10, 10);
    framed.show(surface, 100, 80);
    window.send("commit");
    assert.equal(await popover.shown(), undefined);
  });
});
