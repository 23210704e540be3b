// SPDX-License-Identifier: Apache-2.0
/** The keys of a policy that one client tries each way round, on real compositors. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { memfd } from "../../src/native/memory.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClient } from "../support/fake-client.ts";
import type { FakeObject } from "../support/fake-object.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { type PaintedWindow, PaintingClient } from "./support/painting-client.ts";
import type { Area } from "./support/picture.ts";
import { listGlobals } from "./support/wayland-info.ts";
import { DISPLAY, serveX, xTool } from "./support/x-programs.ts";

const red = 0xffff0000;
const green = 0xff00ff00;
const blue = 0xff0000ff;
/** Of a picture of the screen. */
const rgb = (color: number): number => color & 0xffffff;

/** The options for a proxy with these keys. */
function policy(desktop: Desktop, name: string, keys: string): string[] {
  const file = join(desktop.home, `${name}.toml`);
  writeFileSync(file, `[client.${name}]\n${keys}\n`);
  return ["--policy", file, "--name", name];
}

function under(desktop: Desktop, name: string, keys: string): Promise<Display> {
  return desktop.proxied(...policy(desktop, name, keys));
}

/** A window into which the user has clicked. */
interface Clicked {
  readonly client: PaintingClient;
  readonly window: PaintedWindow;
  readonly seat: FakeObject;
  readonly pointer: FakeObject;
  readonly place: Area;
  /** The serial of the click. */
  readonly serial: number;
}

async function clicked(desktop: Desktop, display: Display): Promise<Clicked> {
  const input = await desktop.compositor.input();
  await input.move(1279, 1023);
  const empty = await desktop.still("the empty screen", () => true);
  const client = await PaintingClient.open(display.socket);
  const seat = await client.wire.bind("wl_seat", 5);
  const pointer = seat.create("get_pointer");
  seat.create("get_keyboard");
  const window = await client.window("clicked");
  client.paint(window.surface, 400, 300, red);
  const shown = await desktop.still("the window", (now) => now.countOf(rgb(red)) === 400 * 300);
  await client.wire.expect("wl_keyboard.enter");
  const place = shown.changesFrom(empty) as Area;
  await input.move(place.x + 50, place.y + 50);
  await input.click();
  const { args } = await client.wire.expect("wl_pointer.button");
  return { client, window, seat, pointer, place, serial: args["serial"] as number };
}

for (const permission of ["allow", "deny"] as const) {
  const isAllowed = permission === "allow";
  desktopTest(
    `a program ${isAllowed ? "may" : "may not"} hold the pointer with pointer-lock = "${permission}"`,
    { on: ["weston-seat", "sway-1.10"] },
    async (desktop) => {
      const display = await under(desktop, "locks", `pointer-lock = "${permission}"`);
      const { client, window, pointer, place } = await clicked(desktop, display);
      const { wire } = client;
      const input = await desktop.compositor.input();
      const constraints = await wire.bind("zwp_pointer_constraints_v1");
      for (const [request, event] of [
        ["lock_pointer", "zwp_locked_pointer_v1.locked"],
        ["confine_pointer", "zwp_confined_pointer_v1.confined"],
      ] as const) {
        const constraint = constraints.create(request, window.surface, pointer, null, 2);
        if (isAllowed) await wire.expect(event);
        await wire.roundtrip();
        assert.equal(wire.inbox.count(event) > 0, isAllowed, request);
        constraint.send("destroy");
        await wire.roundtrip();
      }
      // Whatever was asked for, the pointer moves on.
      constraints.create("lock_pointer", window.surface, pointer, null, 2);
      if (isAllowed) await wire.expect("zwp_locked_pointer_v1.locked");
      await wire.roundtrip();
      const motions = wire.inbox.count("wl_pointer.motion");
      await input.move(place.x + 70, place.y + 80);
      if (!isAllowed) await eventually("the pointer to move", () => wire.inbox.count("wl_pointer.motion") > motions);
      await wire.roundtrip();
      assert.equal(wire.inbox.count("wl_pointer.motion") > motions, !isAllowed);
      if (!isAllowed) await display.proxy?.says(/pointer is refused: see pointer-lock in its policy/);
      client.close();
    },
  );
}

for (const isLimited of [false, true]) {
  desktopTest(
    `a cursor and an icon of a drag ${isLimited ? "larger than the policy allows are not shown" : "of any size are shown without a policy for that"}`,
    { on: ["weston-seat"] },
    async (desktop) => {
      const display = await under(desktop, "sizes", isLimited ? "sizes = { cursor = 64, drag-icon = 96 }" : "");
      const { client, seat, window, pointer, place } = await clicked(desktop, display);
      const input = await desktop.compositor.input();
      const shows = async (what: string, color: number, pixels: number): Promise<void> => {
        await desktop.still(what, (now) => now.countOf(rgb(color)) === pixels);
      };
      const entered = client.wire.inbox.all.filter(({ name }) => name === "wl_pointer.enter").at(-1);
      const cursor = client.surface();
      pointer.send("set_cursor", entered?.arg("serial") as number, cursor, 0, 0);
      client.paint(cursor, 64, 64, green);
      await shows("a small cursor", green, 64 * 64);
      client.paint(cursor, 200, 200, green);
      await client.wire.roundtrip();
      await shows("a large cursor", green, isLimited ? 0 : 200 * 200);
      client.paint(cursor, 64, 64, green);
      await shows("a small cursor again", green, 64 * 64);

      // It would lie over the icon.
      pointer.send("set_cursor", entered?.arg("serial") as number, null, 0, 0);
      const manager = await client.wire.bind("wl_data_device_manager", 3);
      const device = manager.create("get_data_device", seat);
      for (const size of [96, 200]) {
        await input.press();
        await client.wire.roundtrip();
        const isPress = ({ name, args }: { name: string; args: Record<string, unknown> }): boolean =>
          name === "wl_pointer.button" && args["state"] === 1;
        const count = client.wire.inbox.all.filter(isPress).length;
        assert.ok(count > 1);
        const press = client.wire.inbox.all.filter(isPress).at(-1);
        const source = manager.create("create_data_source");
        source.send("set_actions", 1);
        const icon = client.surface();
        device.send("start_drag", source, window.surface, icon, press?.arg("serial") as number);
        client.paint(icon, size, size, blue);
        await input.move(place.x + 60, place.y + 60);
        await shows(`an icon of ${size} pixels`, blue, isLimited && size > 96 ? 0 : size * size);
        await input.release();
        await client.wire.expect("wl_data_source.cancelled", ({ object }) => object === source);
        await shows("no icon", blue, 0);
        await input.move(place.x + 50, place.y + 50);
      }
      if (isLimited) {
        for (const key of ["sizes.cursor", "sizes.drag-icon"])
          assert.ok(display.proxy?.output.includes(`see ${key} in its policy`), key);
      }
      client.close();
    },
  );
}

desktopTest(
  "a popup does not cover the screen by what its surface brings along",
  { on: ["sway", "weston"] },
  async (desktop) => {
    const display = await under(desktop, "popups", "sizes.popup = 1");
    const client = await PaintingClient.open(display.socket);
    const { wire, base } = client;
    const window = await client.window("parent");
    client.paint(window.surface, 400, 300, red);
    await desktop.still("the window", (now) => now.countOf(rgb(red)) > 0);
    let surface = client.surface();
    const part = client.part(surface, 0, 0);
    const begin = (): readonly [popup: FakeObject, shell: FakeObject] => {
      const positioner = base.create("create_positioner");
      positioner.send("set_size", 100, 100);
      positioner.send("set_anchor_rect", 0, 0, 1, 1);
      const shell = base.create("get_xdg_surface", surface);
      const popup = shell.create("get_popup", window.xdgSurface, positioner);
      surface.send("commit");
      return [popup, shell];
    };
    const open = async (): Promise<readonly FakeObject[]> => {
      const made = begin();
      await client.acknowledge(made[1]);
      client.paint(surface, 100, 100, green);
      return made;
    };
    const isShown = async (): Promise<boolean> => {
      const seen = await desktop.still("all that is shown", () => true);
      return seen.countOf(rgb(blue)) > 0;
    };
    const closed = async ([popup]: readonly FakeObject[]): Promise<void> => {
      await wire.expect("xdg_popup.popup_done", ({ object }) => object === popup);
      await wire.roundtrip();
    };
    const first = await open();
    client.paint(part.surface, 1200, 1000, blue);
    await closed(first);
    assert.equal(await isShown(), false, "a part that is larger than any popup may be");
    for (const object of first) object.send("destroy");
    surface.send("attach", null, 0, 0);
    surface.send("commit");
    await closed(begin());
    assert.equal(await isShown(), false, "the same surface once more");
    // What was there before anybody knew that it would be a popup's.
    surface = client.surface();
    client.paint(client.part(surface, 0, 0).surface, 1200, 1000, blue);
    await closed(begin());
    assert.equal(await isShown(), false, "a part that was there before");
    // A part of another one, and a place far away.
    const [other, piece] = [client.surface(), client.surface()];
    const place = client.subcompositor.create("get_subsurface", piece, other);
    client.paint(piece, 1200, 1000, blue);
    place.send("destroy");
    surface = client.surface();
    let last = await open();
    client.subcompositor.create("get_subsurface", piece, surface);
    surface.send("commit");
    await closed(last);
    assert.equal(await isShown(), false, "a part of something else");
    surface = client.surface();
    last = await open();
    const tile = client.part(surface, 0, 0);
    client.paint(tile.surface, 50, 50, blue);
    surface.send("commit");
    assert.equal(await isShown(), true, "a small part");
    tile.subsurface.send("set_position", 0, 7000);
    await closed(last);
    client.close();
  },
);

desktopTest(
  "a client ends that goes beyond the limits of its policy, and no other one",
  { on: ["sway"] },
  async (desktop) => {
    const protocol = new ProtocolRegistry();
    const connect = async (display: Display): Promise<FakeClient> => {
      const client = new FakeClient(display.socket, protocol);
      await client.roundtrip();
      return client;
    };
    const limited = await under(desktop, "limited", 'limits = { clients = 2, objects = 100, memory = "1M" }');
    const witness = await connect(limited);

    const many = await connect(limited);
    for (let count = 0; count < 100; count++) many.display.create("sync");
    assert.match((await many.disconnected()).text, /more than 100 objects/);

    const large = await connect(limited);
    const shm = await large.bind("wl_shm", 1);
    const pools = [400_000, 600_000].map((size) => shm.create("create_pool", memfd("a pool", size), size));
    await large.roundtrip();
    // A pool counts no more once the compositor has given it up.
    pools[1]?.send("destroy");
    shm.create("create_pool", memfd("a pool", 600_000), 600_000);
    await large.roundtrip();
    pools[0]?.send("resize", 500_000);
    assert.match((await large.disconnected()).text, /shares more than 1 ?M/);

    // Each keyboard gets its keymap in a descriptor.
    const narrow = await under(desktop, "narrow", "limits.descriptors = 8");
    await desktop.compositor.input();
    const deaf = await connect(narrow);
    const seat = await deaf.bind("wl_seat", 5);
    await deaf.roundtrip();
    deaf.reading = false;
    await eventually("the end of a client that does not read", () => {
      for (let count = 0; count < 100; count++) seat.create("get_keyboard");
      return narrow.proxy?.output.includes("see limits.descriptors in its policy");
    });
    deaf.close();

    const second = await eventually("room for another one", async () => {
      const client = new FakeClient(limited.socket, protocol);
      return Promise.race([client.roundtrip().then(() => client), client.whenClosed.then(() => undefined)]);
    });
    const third = new FakeClient(limited.socket, protocol);
    await third.closed;
    await witness.roundtrip();
    const said = limited.proxy?.output ?? "";
    for (const text of [
      "see limits.objects in",
      "see limits.memory in",
      "as many as its policy allows (limits.clients)",
    ])
      assert.ok(said.includes(text), text);
    for (const client of [witness, second]) client.close();
  },
);

desktopTest("a policy says which globals there are", { on: ["sway", "weston"] }, async (desktop) => {
  const namesOn = async (display: Display): Promise<Set<string>> =>
    new Set((await listGlobals(desktop, display)).map((global) => global.interface));
  const host = await namesOn(desktop.direct);
  const privileged = ["zwlr_layer_shell_v1", "weston_debug_v1"].find((name) => host.has(name)) as string;
  assert.equal((await namesOn(await under(desktop, "usual", ""))).has(privileged), false);
  const allowing = await under(desktop, "allowing", `globals.allow = ["${privileged}"]`);
  assert.equal((await namesOn(allowing)).has(privileged), true);
  const both = `globals = { allow = ["${privileged}"], hide = ["${privileged}"] }`;
  assert.equal((await namesOn(await under(desktop, "hiding", both))).has(privileged), false);
  const only = await namesOn(await under(desktop, "only", 'globals.only = ["xdg_wm_base"]'));
  const core = ["wl_compositor", "wl_subcompositor", "wl_shm", "wl_seat", "wl_output", "wl_data_device_manager"];
  assert.deepEqual([...only].filter((name) => name !== "wl_fixes" && name !== "wl_shell").sort(), [
    ...core.filter((name) => host.has(name)).sort(),
    "xdg_wm_base",
  ]);
});

desktopTest("a policy says what programs know of screens", { on: ["sway"] }, async (desktop) => {
  const told = async (keys: string): Promise<string> => {
    const display = await under(desktop, `screens-${keys.length}`, keys);
    const globals = await listGlobals(desktop, display);
    return globals
      .filter((global) => ["wl_output", "zxdg_output_manager_v1"].includes(global.interface))
      .map(({ details }) => details)
      .join("");
  };
  const open = await told("");
  assert.match(open, /description: 'Headless output 1'/);
  assert.match(open, /name: 'HEADLESS-1'|name: HEADLESS-1/);
  const unnamed = await told('output-names = "deny"');
  assert.doesNotMatch(unnamed, /HEADLESS|Headless output/);
  assert.match(unnamed, /screen-1/);
  // wlroots puts the serial number into the description.
  const noSerial = await told('serial-numbers = "deny"');
  assert.match(noSerial, /HEADLESS-1/);
  assert.doesNotMatch(noSerial, /Headless output 1/);
});

for (const field of ["clipboard", "primary"] as const) {
  desktopTest(
    `a policy lets the ${field} pass one way, and the other selection both`,
    { on: ["sway"] },
    async (desktop) => {
      await desktop.compositor.input();
      const control = 'globals.allow = ["zwlr_data_control_manager_v1"]\n';
      const giving = await under(desktop, "giving", `${control}${field} = { in = "deny", out = "allow" }`);
      const taking = await under(desktop, "taking", `${control}${field} = { in = "allow", out = "deny" }`);
      const flags = (one: string): string[] => (one === "primary" ? ["--primary"] : []);
      const paste = async (from: Display, one: string = field): Promise<string> => {
        const program = desktop.start(from, "wl-paste", ["--no-newline", ...flags(one)], { capture: true });
        await program.end();
        return program.captured.toString();
      };
      const copy = (to: Display, text: string, one: string = field): void =>
        void desktop.start(to, "wl-copy", ["--foreground", ...flags(one), text]);
      const other = field === "primary" ? "clipboard" : "primary";
      copy(giving, "other", other);
      for (const display of [giving, taking, desktop.direct])
        await eventually("the other selection", async () => (await paste(display, other)) === "other");
      copy(giving, "given");
      for (const display of [giving, taking, desktop.direct])
        await eventually("what passes", async () => (await paste(display)) === "given");
      copy(taking, "kept");
      await taking.proxy?.says(new RegExp(`for others is refused: see ${field} in its policy`));
      await eventually("what it has itself", async () => (await paste(taking)) === "kept");
      assert.equal(await paste(desktop.direct), "given");
      copy(desktop.direct, "host's");
      await eventually("what the host has", async () => (await paste(taking)) === "host's");
      assert.equal(await paste(giving), "");
      assert.equal(await paste(giving, other), "other");
    },
  );
}

desktopTest("a policy says how X11 programs are served", { on: ["sway"] }, async (desktop) => {
  await desktop.sway.message("output", "*", "scale", "2");
  const keys = 'x11 = { unscale = "auto", resources = { "Xft.dpi" = "150" } }\noutput-names = "deny"';
  const proxied = await serveX(desktop, "Xwayland", ...policy(desktop, "x", keys));
  const clock = desktop.start(proxied, "xclock", [], { env: { DISPLAY } });
  await eventually("its window", async () => (await desktop.sway.windows()).length === 1);
  assert.match(await xTool(desktop, proxied, "xdpyinfo"), /dimensions: +1280x1024 pixels/);
  assert.match(await xTool(desktop, proxied, "xrdb", "-query"), /^Xft\.dpi:\s*150$/m);
  assert.doesNotMatch(await xTool(desktop, proxied, "xrandr"), /HEADLESS/);
  await clock.stop();
});
