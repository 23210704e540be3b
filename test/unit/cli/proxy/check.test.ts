// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Finding } from "../../../../src/check/finding.ts";
import { checkGpuNodes } from "../../../../src/check/gpu-nodes.ts";
import { checkXwayland } from "../../../../src/check/xwayland.ts";
import { ProtocolRegistry } from "../../../../src/protocol/protocol-registry.ts";
import { Param } from "../../../../src/virtio/driver.ts";
import { FakeCompositor } from "../../../support/fake-compositor.ts";
import { FakeDriver } from "../../../support/fake-driver.ts";
import { hostKinds } from "../../../support/fake-virtio-host.ts";
import { temporaryDirectory } from "../../native/support.ts";
import { Place } from "../support.ts";

const root = fileURLToPath(new URL("../../../../..", import.meta.url));
const hostProgram = join(root, "dist/bin/wayland-proxy-host.cjs");

/** What windows need, and some that not all compositors have. */
const enough = ["wl_compositor", "wl_shm", "xdg_wm_base", "wl_seat", "zwlr_layer_shell_v1"];

/** A place with a compositor that has these globals. */
function placeWith(context: TestContext, globals: readonly string[]): Place {
  let compositor: FakeCompositor | undefined;
  // It ends before the place, which takes all files along.
  context.after(() => compositor?.close());
  const place = new Place(context);
  compositor = new FakeCompositor(join(place.directory, "wayland-0"), new ProtocolRegistry(), globals);
  return place;
}

describe("--check", () => {
  it("says that all works, a line each, and changes nothing", async (context) => {
    const place = placeWith(context, enough);
    const before = readdirSync(place.directory);
    const check = place.proxy(["--check", "sh"]);
    assert.equal(await check.ended, 0, check.stdout);
    assert.equal(check.stderr, "");
    for (const line of [
      /^✓ addon: loads in Node .* on \w+$/m,
      /^✓ runtime directory: /m,
      /^✓ socket: .*\/wayland-1 is free$/m,
      /^✓ compositor: answers at .*\/wayland-0$/m,
      /^✓ globals: programs see 4 of the compositor's 5$/m,
      /^- zwlr_layer_shell_v1: hidden.*is for panels.*waybar.*; --expose zwlr_layer_shell_v1 offers it$/m,
      /^- wl_data_device_manager: the compositor has none.*clipboard/m,
      /^✓ limits: \d+ open files/m,
      /^✓ command: .*\/sh$/m,
    ]) {
      assert.match(check.stdout, line);
    }
    assert.match(check.stdout, /\nIt would work\.\n$/);
    assert.deepEqual(readdirSync(place.directory), before);
  });

  it("fails when something that was asked for does not work, with the reason and the remedy", async (context) => {
    const place = new Place(context);
    writeFileSync(join(place.directory, "file"), "");
    const check = place.proxy(["--check", "--wayland-display", "file", "no-such-program"]);
    assert.equal(await check.ended, 1);
    assert.match(check.stdout, /^✗ compositor: nobody answers at .*wayland-0 \(ENOENT\): start it, or set WAYLAND_D/m);
    assert.match(check.stdout, /^✗ socket: .*file exists and is not a socket: remove it/m);
    assert.match(check.stdout, /^✗ command: no-such-program is not found/m);
    assert.match(check.stdout, /\nIt would not work: mend what is marked ✗\.\n$/);
  });

  it("fails without what every window needs, hidden or not there", async (context) => {
    const place = placeWith(context, ["wl_compositor", "wl_shm"]);
    const check = place.proxy(["--check", "--hide", "wl_shm"]);
    assert.equal(await check.ended, 1);
    assert.match(check.stdout, /^✗ wl_shm: it is hidden; it is for pixels in memory \(all programs\)$/m);
    assert.match(check.stdout, /^✗ xdg_wm_base: the compositor has none; it is for windows/m);
  });

  it("knows what is exposed, and names what it does not know", async (context) => {
    const place = placeWith(context, [...enough, "own_thing 1"]);
    const check = place.proxy(["--check", "--expose", "zwlr_layer_shell_v1"]);
    assert.equal(await check.ended, 0);
    assert.match(check.stdout, /programs see 5 of the compositor's 6/);
    assert.doesNotMatch(check.stdout, /layer_shell/);
    assert.match(check.stdout, /^- globals: not known, so hidden: own_thing; --protocol/m);
  });

  it("fails for a group, and for files and hooks that a start would refuse, and makes none of them", async (context) => {
    const place = placeWith(context, enough);
    writeFileSync(join(place.directory, "log"), "");
    symlinkSync("log", join(place.directory, "link"));
    const hooks = join(place.directory, "hooks.mjs");
    writeFileSync(hooks, "export default { requests: { wl_surfac: { commit() {} } } }");
    const before = readdirSync(place.directory);
    const [link, none, fresh] = ["link", "none/rec", "rec"].map((name) => join(place.directory, name)) as [
      string,
      string,
      string,
    ];
    const bad = [
      "--hooks",
      hooks,
      "--socket-group",
      "nobodys",
      "--log-ring-path",
      link,
      "--record",
      none,
      "--log-filter",
      "wl_surfac",
    ];
    const check = place.proxy(["--check", ...bad]);
    assert.equal(await check.ended, 1);
    assert.match(check.stdout, /^✗ group: there is no group "nobodys"/m);
    assert.match(check.stdout, /^✗ log file: .*link is a symbolic link/m);
    assert.match(check.stdout, /^✗ recording: .*none\/rec cannot be written \(ENOENT\)/m);
    assert.match(check.stdout, /^✗ hooks: .*hooks\.mjs: a hook names wl_surfac\.commit/m);
    assert.match(check.stdout, /^✗ log: .*no interface wl_surfac.*--log-filter/m);

    const good = ["--socket-group", String(process.getgid?.()), "--log-ring-path", join(place.directory, "log")];
    const second = place.proxy(["--check", ...good, "--record", fresh]);
    assert.equal(await second.ended, 0, second.stdout);
    assert.match(second.stdout, /^✓ group: /m);
    assert.match(second.stdout, /^✓ log file: /m);
    assert.match(second.stdout, /^✓ recording: /m);
    assert.deepEqual(readdirSync(place.directory), before);
  });

  it("reports a mistake in the other options", async (context) => {
    const place = placeWith(context, enough);
    const check = place.proxy(["--check", "--hide", "wl_shn"]);
    assert.equal(await check.ended, 1);
    assert.match(check.stdout, /^✗ compositor: there is no interface "wl_shn": did you mean wl_shm\?$/m);
  });

  it("does not wait for ever for a compositor that says nothing", async (context) => {
    const place = new Place(context);
    await place.host();
    const check = place.proxy(["--check"]);
    assert.equal(await check.ended, 1);
    assert.match(check.stdout, /^✗ compositor: .*is of no use, it has not answered for 5 s/m);
  });

  it("says which sockets and displays are taken", async (context) => {
    const place = placeWith(context, enough);
    const other = place.proxy(["--wayland-display", "mine"]);
    await other.says("listening on mine");
    const check = place.proxy(["--check", "--wayland-display", "mine"]);
    assert.equal(await check.ended, 1);
    assert.match(check.stdout, /^✗ socket: .*mine is in use by another program/m);
  });

  it("answers as JSON", async (context) => {
    const place = placeWith(context, enough);
    const check = place.proxy(["--check", "--json"]);
    assert.equal(await check.ended, 0);
    const { ok, findings } = JSON.parse(check.stdout) as { ok: boolean; findings: Finding[] };
    assert.equal(ok, true);
    assert.deepEqual([...new Set(findings.map(({ verdict }) => verdict))].sort(), ["missing", "ok"]);
    assert.ok(findings.every(({ subject, text }) => subject !== "" && text !== ""));
  });

  it("is what --json belongs to", async (context) => {
    const place = new Place(context);
    const proxy = place.proxy(["--json"]);
    assert.equal(await proxy.ended, 1);
    assert.match(proxy.stderr, /^wayland-proxy: error: --json .*--check.*\n$/);
  });

  it("says so when the addon is missing, which nothing else works without", async (context) => {
    const place = new Place(context);
    const copy = join(place.directory, "package");
    mkdirSync(copy);
    cpSync(join(root, "dist/bin"), join(copy, "dist/bin"), { recursive: true });
    cpSync(join(root, "package.json"), join(copy, "package.json"));
    const check = place.run(process.execPath, [join(copy, "dist/bin/wayland-proxy.cjs"), "--check"]);
    assert.equal(await check.ended, 1);
    assert.match(
      check.stdout,
      /^✗ addon: the addon for linux-\w+ cannot be loaded .*; build it with: .*\nIt would not work: .*\n$/,
    );
  });

  it("of wayland-proxy-host looks at its socket, and at what a VM may use", async (context) => {
    const place = placeWith(context, [...enough, "wp_linux_drm_syncobj_manager_v1"]);
    const socket = join(place.directory, "vm.sock");
    const check = place.run(process.execPath, [hostProgram, "--check", "--socket", socket]);
    assert.equal(await check.ended, 0, check.stdout);
    assert.match(check.stdout, /^✓ socket: .*vm\.sock is free$/m);
    assert.match(check.stdout, /^✓ globals: programs see 4 of the compositor's 6$/m);
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
  });

  it("of wayland-proxy-host needs no socket", async (context) => {
    const place = new Place(context);
    const check = place.run(process.execPath, [hostProgram, "--check"]);
    assert.equal(await check.ended, 1);
    assert.match(check.stdout, /^- socket: none for QEMU/m);
    assert.match(check.stdout, /^✗ compositor: nobody answers/m);
  });
});

describe("--check of GPU nodes", () => {
  const verdicts = (findings: readonly Finding[]): string[] =>
    findings.map(({ verdict, subject, text }) => `${verdict} ${subject} ${text}`);

  it("goes through the features of each, up to what it lacks", () => {
    const nodes = { a: { params: { [Param.resourceBlob]: 0 } }, b: {} };
    const found = verdicts(checkGpuNodes(new FakeDriver(hostKinds.ours, nodes)));
    assert.deepEqual(
      found.slice(0, 4),
      ["is virtio-gpu", "has 3D features", "has a driver for contexts", "has contexts"].map((text) => `ok a ${text}`),
    );
    assert.match(found[4] as string, /^missing a it cannot share memory/);
    assert.ok(found.includes("ok b leads to a Wayland socket"));
  });

  it("fails when none will do, and when there is none", () => {
    const driver = new FakeDriver(hostKinds.ours, { a: { openError: "EACCES" } });
    assert.match(verdicts(checkGpuNodes(driver))[0] as string, /^failed a it may not be opened by this user/);
    assert.match(
      verdicts(checkGpuNodes(new FakeDriver(hostKinds.ours, {})))[0] as string,
      /^failed GPU nodes there is/,
    );
  });
});

describe("--check of Xwayland", () => {
  /** A program that answers as Xwayland does. */
  function xwayland(context: TestContext, version: string, help: string): string {
    const path = join(temporaryDirectory(context), "Xwayland");
    const script = `#!/bin/sh\ncase $1 in -version) echo 'The X.Org Foundation ${version}' >&2;; *) echo '${help}' >&2; exit 1;; esac\n`;
    writeFileSync(path, script, { mode: 0o755 });
    return path;
  }
  const help = "-rootless   run rootless\n-terminate [delay]\n-wm fd\n-listenfd fd";

  it("reports its version", (context) => {
    const findings = checkXwayland(xwayland(context, "Xwayland Version 24.1.6 (12401006)", help));
    assert.deepEqual(
      findings.map(({ verdict, text }) => [verdict, text]),
      [["ok", "24.1.6, with -rootless, -terminate [delay], -wm, -listenfd"]],
    );
  });

  it("reports what an old one lacks", (context) => {
    const [, second] = checkXwayland(xwayland(context, "Xwayland Version 22.1.9 (12201009)", help));
    assert.match(second?.text ?? "", /before 23\.1/);
    const [old] = checkXwayland(
      xwayland(context, "Xwayland Version 1.20.11", "-rootless\n-wm fd\n-terminate   at reset"),
    );
    assert.equal(old?.verdict, "failed");
    assert.match(old?.text ?? "", /1\.20\.11 has no -terminate \[delay\], -listenfd/);
  });

  it("fails when there is none", (context) => {
    const [finding] = checkXwayland("/no/Xwayland");
    assert.match(finding?.text ?? "", /cannot be run$/);
    assert.deepEqual(finding?.problem, { code: "xwayland", remedy: "install it (Debian: xwayland)" });
    assert.match(checkXwayland(xwayland(context, "something", ""))[0]?.text ?? "", /is no Xwayland/);
  });
});
