// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { overlaySizes } from "../../../src/hooks/overlay-sizes.ts";
import { memfd } from "../../../src/native/memory.ts";
import { defaultPolicy } from "../../../src/policy/defaults.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { proxied, type Scope, type Stage } from "../../support/proxied.ts";

const globals = [
  "wl_compositor",
  "wl_subcompositor",
  "wl_shm",
  "wl_seat",
  "wl_output",
  "wl_data_device_manager",
  "wp_viewporter",
  "xdg_wm_base",
];

/** A client that shows pictures of any size: all of them lie in the same four bytes, since nobody looks at them. */
class Pictures {
  readonly stage: Stage;
  readonly #compositor: FakeObject;
  readonly #pool: FakeObject;

  constructor(stage: Stage, compositor: FakeObject, pool: FakeObject) {
    this.stage = stage;
    this.#compositor = compositor;
    this.#pool = pool;
  }

  static async begin(t: Scope): Promise<Pictures> {
    const stage = await proxied(t, { globals, hooks: [overlaySizes(guarding(defaultPolicy("vm")))] });
    const shm = await stage.client.bind("wl_shm");
    return new Pictures(
      stage,
      await stage.client.bind("wl_compositor"),
      shm.create("create_pool", memfd("wayland-proxy-fd-pool", 4096), 4096),
    );
  }

  surface(): FakeObject {
    return this.#compositor.create("create_surface");
  }

  show(surface: FakeObject, width: number, height: number): void {
    surface.send("attach", this.#pool.create("create_buffer", 0, width, height, 4 * width, 0), 0, 0);
    surface.send("commit");
  }

  /** What the host shows of the surface that was committed last: whether there is a picture. */
  async isShown(): Promise<boolean> {
    const { client, host } = this.stage;
    await client.roundtrip();
    const attached = host.inbox.all.filter(({ name }) => name === "wl_surface.attach").at(-1);
    return attached?.args["buffer"] !== null;
  }
}

test("a cursor of a VM that is larger than cursors are is not shown, until it is smaller", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client, host } = pictures.stage;
  const pointer = (await client.bind("wl_seat")).create("get_pointer");
  const cursor = pictures.surface();
  pointer.send("set_cursor", 1, cursor, 0, 0);
  pictures.show(cursor, 64, 64);
  assert.equal(await pictures.isShown(), true);
  pictures.show(cursor, 1600, 1200);
  assert.equal(await pictures.isShown(), false);
  pictures.show(cursor, 256, 256);
  assert.equal(await pictures.isShown(), true);

  // A viewport makes it as large, with the same picture.
  const viewport = (await client.bind("wp_viewporter")).create("get_viewport", cursor);
  viewport.send("set_destination", 1600, 1200);
  cursor.send("commit");
  assert.equal(await pictures.isShown(), false);
  viewport.send("destroy");

  // Twice the pixels of a screen with twice as many.
  cursor.send("set_buffer_scale", 2);
  pictures.show(cursor, 512, 512);
  assert.equal(await pictures.isShown(), true);

  // One that is a cursor only afterwards.
  const late = pictures.surface();
  pictures.show(late, 1600, 1200);
  pointer.send("set_cursor", 1, late, 0, 0);
  await client.roundtrip();
  const told = host.inbox.all.filter(({ name }) => name === "wl_pointer.set_cursor");
  assert.equal(told.at(-1)?.args["surface"], null);
});

test("an icon of a drag that is larger than icons are is not shown", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client, host } = pictures.stage;
  const manager = await client.bind("wl_data_device_manager");
  const device = manager.create("get_data_device", await client.bind("wl_seat"));
  const origin = pictures.surface();
  const icon = pictures.surface();
  device.send("start_drag", manager.create("create_data_source"), origin, icon, 1);
  pictures.show(icon, 512, 512);
  assert.equal(await pictures.isShown(), true);
  pictures.show(icon, 513, 16);
  assert.equal(await pictures.isShown(), false);
  const large = pictures.surface();
  pictures.show(large, 1600, 1200);
  device.send("start_drag", manager.create("create_data_source"), origin, large, 1);
  await client.roundtrip();
  assert.equal(host.inbox.all.filter(({ name }) => name === "wl_data_device.start_drag").at(-1)?.args["icon"], null);
});

test("a popup that would cover the screen is closed, and one that is as large as menus are is not", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client, host } = pictures.stage;
  const base = await client.bind("xdg_wm_base");
  const window = pictures.surface();
  const parent = base.create("get_xdg_surface", window);
  parent.create("get_toplevel");
  const positioner = base.create("create_positioner");
  const open = (): { surface: FakeObject; shell: FakeObject; popup: FakeObject } => {
    const surface = pictures.surface();
    const shell = base.create("get_xdg_surface", surface);
    return { surface, shell, popup: shell.create("get_popup", parent, positioner) };
  };
  const menu = open();
  pictures.show(menu.surface, 1024, 600);
  assert.equal(await pictures.isShown(), true);

  const cover = open();
  pictures.show(cover.surface, 1600, 1200);
  await client.expect("xdg_popup.popup_done", ({ object }) => object === cover.popup);
  assert.equal(await pictures.isShown(), false);
  pictures.show(cover.surface, 100, 100);
  assert.equal(await pictures.isShown(), false, "it is closed");
  cover.popup.send("destroy");
  cover.shell.send("destroy");
  assert.ok(host.open);

  // Where the screen is larger, so may be a popup; a window may always.
  const output = await client.bind("wl_output");
  const screen = (await host.expect("wl_registry.bind", ({ args }) => `${args["id"]}`.includes("wl_output"))).objectArg(
    "id",
  );
  screen.send("mode", 3, 3200, 2000, 60_000);
  // One that it could have, as some hosts tell all of them.
  screen.send("mode", 0, 640, 480, 60_000);
  screen.send("scale", 2);
  screen.send("done");
  await client.expect("wl_output.done", ({ object }) => object === output);
  const large = open();
  pictures.show(large.surface, 1200, 1000);
  assert.equal(await pictures.isShown(), true);
  pictures.show(large.surface, 1201, 1000);
  await client.expect("xdg_popup.popup_done", ({ object }) => object === large.popup);
  pictures.show(window, 1600, 1000);
  assert.equal(await pictures.isShown(), true);
});

test("neither a cursor nor an icon of a drag has sub-surfaces, by which it could cover the screen", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client, host } = pictures.stage;
  const seat = await client.bind("wl_seat");
  const pointer = seat.create("get_pointer");
  const subcompositor = await client.bind("wl_subcompositor");
  const cursor = pictures.surface();
  pointer.send("set_cursor", 1, cursor, 0, 0);
  pictures.show(cursor, 16, 16);
  const below = subcompositor.create("get_subsurface", pictures.surface(), cursor);
  below.send("set_position", 1000, 1000);
  below.send("destroy");
  await client.roundtrip();
  assert.equal(host.inbox.count("wl_subcompositor.get_subsurface"), 0);

  // One that has some already.
  const manager = await client.bind("wl_data_device_manager");
  const device = manager.create("get_data_device", seat);
  const icon = pictures.surface();
  const child = pictures.surface();
  const part = subcompositor.create("get_subsurface", child, icon);
  device.send("start_drag", manager.create("create_data_source"), pictures.surface(), icon, 1);
  pointer.send("set_cursor", 2, icon, 0, 0);
  await client.roundtrip();
  assert.equal(host.inbox.all.filter(({ name }) => name === "wl_data_device.start_drag").at(-1)?.args["icon"], null);
  assert.equal(host.inbox.all.filter(({ name }) => name === "wl_pointer.set_cursor").at(-1)?.args["surface"], null);
  part.send("destroy");
  pointer.send("set_cursor", 3, icon, 0, 0);
  await client.roundtrip();
  assert.notEqual(host.inbox.all.filter(({ name }) => name === "wl_pointer.set_cursor").at(-1)?.args["surface"], null);
});

test("a popup is closed that would cover the screen by its sub-surfaces, however they get there", async (t) => {
  const pictures = await Pictures.begin(t);
  const { client } = pictures.stage;
  const base = await client.bind("xdg_wm_base");
  const subcompositor = await client.bind("wl_subcompositor");
  const parent = base.create("get_xdg_surface", pictures.surface());
  parent.create("get_toplevel");
  const positioner = base.create("create_positioner");
  const open = (): { surface: FakeObject; popup: FakeObject } => {
    const surface = pictures.surface();
    const popup = base.create("get_xdg_surface", surface).create("get_popup", parent, positioner);
    pictures.show(surface, 100, 100);
    return { surface, popup };
  };
  const under = (surface: FakeObject): { child: FakeObject; place: FakeObject } => {
    const child = pictures.surface();
    return { child, place: subcompositor.create("get_subsurface", child, surface) };
  };
  const closed = (popup: FakeObject): boolean =>
    client.inbox.all.some(({ name, object }) => name === "xdg_popup.popup_done" && object === popup);

  // As menus are: parts within, and a shadow around.
  const menu = open();
  const shadow = under(menu.surface);
  shadow.place.send("set_position", -20, -20);
  pictures.show(shadow.child, 140, 140);
  const deep = under(shadow.child);
  pictures.show(deep.child, 100, 400);
  await client.roundtrip();
  assert.equal(closed(menu.popup), false);

  // One that is large, one that lies far away, one that is moved there with another one, one that was there before.
  const large = open();
  pictures.show(under(large.surface).child, 1600, 1200);
  const far = open();
  const tile = under(far.surface);
  pictures.show(tile.child, 200, 200);
  tile.place.send("set_position", 1500, 1000);
  const moved = open();
  const carrier = under(moved.surface);
  const carried = under(carrier.child);
  pictures.show(carried.child, 1000, 600);
  carrier.place.send("set_position", 1500, 0);
  const late = pictures.surface();
  pictures.show(under(late).child, 1600, 1200);
  const lateMenu = open();
  subcompositor.create("get_subsurface", late, lateMenu.surface);
  late.send("commit");
  await client.roundtrip();
  for (const [name, { popup }] of Object.entries({ large, far, moved, lateMenu })) assert.ok(closed(popup), name);
  assert.equal(closed(menu.popup), false);

  // One whose sub-surface was there when the surface was another popup, or a part of another one.
  const again = (surface: FakeObject): FakeObject => {
    const popup = base.create("get_xdg_surface", surface).create("get_popup", parent, positioner);
    pictures.show(surface, 100, 100);
    return popup;
  };
  const first = pictures.surface();
  const shell = base.create("get_xdg_surface", first);
  const before = shell.create("get_popup", parent, positioner);
  pictures.show(under(first).child, 1600, 1200);
  for (const object of [before, shell]) object.send("destroy");
  const second = again(first);
  const other = open();
  const part = under(open().surface);
  pictures.show(under(part.child).child, 1600, 1200);
  part.place.send("destroy");
  subcompositor.create("get_subsurface", part.child, other.surface);
  other.surface.send("commit");
  await client.roundtrip();
  assert.ok(closed(second), "the same surface once more");
  assert.ok(closed(other.popup), "a part that moves from popup to popup");

  // None lies deeper than can be looked at.
  const { inbox } = pictures.stage.host;
  const count = inbox.count("wl_subcompositor.get_subsurface");
  let top = pictures.surface();
  pictures.show(top, 1600, 1200);
  for (let level = 0; level < 100; level++) {
    const next = pictures.surface();
    subcompositor.create("get_subsurface", top, next);
    top = next;
  }
  await client.roundtrip();
  assert.equal(inbox.count("wl_subcompositor.get_subsurface") - count, 97, "every 33rd is refused");
});
