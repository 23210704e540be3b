// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { globalPolicy } from "../../src/protocol/global-policy-table.ts";
import type { CompositorName } from "./support/compositor.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Picture } from "./support/picture.ts";
import { readTrace, type Trace } from "./support/trace.ts";
import { listGlobals } from "./support/wayland-info.ts";

interface Scene {
  readonly on: CompositorName;
  readonly client: string;
  readonly args?: readonly string[];
  /** It draws when its shell says something, which may be before or after the compositor does: text on this color. */
  readonly text?: number;
}

/** Where the compositor draws no frames, the offer to do so would be something more that programs hear. */
const untouched = ["--title-bars", "none"];

// All of these come to rest, and draw the same in every run.
const prompt = "printf '\\033[48;2;255;0;0muser@host:~$ \\033[m'; read line";
const terminal = { client: "foot", args: ["sh", "-c", prompt], text: 0xff0000 };
const scenes: readonly Scene[] = [
  { on: "sway", ...terminal },
  { on: "sway", client: "weston-transformed" },
  { on: "weston-seat", ...terminal },
  { on: "weston-seat", client: "weston-eventdemo" },
  { on: "weston-seat", client: "weston-scaler" },
];

interface Shown {
  readonly picture: Picture;
  /** The messages as the client saw them, and all that the compositor saw meanwhile, where it says so. */
  readonly client: string;
  readonly host: string;
}

/** Shows a scene through a display until it stands still. */
async function show(desktop: Desktop, display: Display, scene: Scene): Promise<Shown> {
  const empty = await desktop.still("the empty screen", () => true);
  const { program: host } = desktop.compositor;
  const before = host.output.length;
  const client = desktop.start(display, scene.client, scene.args, { env: { WAYLAND_DEBUG: "1" } });
  const isWhole = (now: Picture) => scene.text === undefined || now.countOf(scene.text) > 0;
  const picture = await desktop.still("the window", (now) => now.difference(empty) > 10_000 && isWhole(now));
  const shown = { picture, client: client.output, host: host.output.slice(before) };
  await client.stop();
  await desktop.still("the empty screen", (now) => now.difference(empty) === 0);
  return shown;
}

/** Interfaces that a client of the proxy does not see, or not as the compositor has them. */
async function unlike(desktop: Desktop): Promise<ReadonlySet<string>> {
  const offered = new Set(globalPolicy.filter(([, , kind]) => kind !== "privileged").map(([name]) => name));
  const hidden = (await listGlobals(desktop, desktop.direct)).filter((global) => !offered.has(global.interface));
  return new Set([...hidden.map((global) => global.interface), "gtk_primary_selection_device_manager"]);
}

const nothing: ReadonlySet<string> = new Set();

function assertSame(proxied: Trace, direct: Trace): void {
  assert.ok(direct.requests.length > 10 && Object.keys(direct.events).length > 5, "there is something to compare");
  assert.deepEqual(proxied.requests, direct.requests);
  assert.deepEqual(proxied.events, direct.events);
}

for (const scene of scenes) {
  const title = `${scene.client} looks the same as directly, pixel by pixel and message by message`;
  desktopTest(title, { on: [scene.on], shell: "kiosk-shell.so" }, async (desktop) => {
    const ignored = await unlike(desktop);
    const direct = await show(desktop, desktop.direct, scene);
    const proxied = await show(desktop, await desktop.proxied(...untouched), scene);
    assert.equal(proxied.picture.difference(direct.picture), 0, "pixels that differ");
    if (scene.text !== undefined) return;
    assertSame(readTrace(proxied.client, ignored), readTrace(direct.client, ignored));
    // On weston-seat nothing else talks to the compositor meanwhile, not even for screenshots.
    if (scene.on === "weston-seat") assertSame(readTrace(proxied.host, nothing), readTrace(direct.host, nothing));
  });
}

desktopTest("weston-simple-shm asks for the same frames as directly", { on: ["weston"] }, async (desktop) => {
  const ignored = await unlike(desktop);
  const requests = async (display: Display): Promise<readonly string[]> => {
    const client = desktop.start(display, "weston-simple-shm", [], { env: { WAYLAND_DEBUG: "1" } });
    await client.says(/(wl_callback[@#]\d+\.done\(.*){12}/s);
    await client.stop();
    return readTrace(client.output, ignored).requests.slice(0, 50);
  };
  const direct = await requests(desktop.direct);
  assert.equal(direct.length, 50);
  assert.deepEqual(await requests(await desktop.proxied(...untouched)), direct);
});

desktopTest("wayland-info says and hears the same as directly", { on: ["weston", "sway"] }, async (desktop) => {
  const ignored = await unlike(desktop);
  const trace = async (display: Display): Promise<Trace> => {
    // Captured, lest its own output gets between the lines of its log.
    const client = desktop.start(display, "wayland-info", [], { capture: true, env: { WAYLAND_DEBUG: "1" } });
    await client.end();
    return readTrace(client.output, ignored);
  };
  assertSame(await trace(await desktop.proxied(...untouched)), await trace(desktop.direct));
});
