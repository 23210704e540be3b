// SPDX-License-Identifier: Apache-2.0
/** The recipes of docs/containers.md, as they stand there. */
import assert from "node:assert/strict";
import { chmodSync, lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { need } from "./support/packages.ts";
import { answers } from "./support/wire-client.ts";

const command = fileURLToPath(new URL("../../bin/wayland-proxy.cjs", import.meta.url));

desktopTest(
  "a program in a sandbox that has nothing but a proxy's socket shows its window",
  { on: ["sway"] },
  async (desktop) => {
    need("bwrap", "foot");
    const proxied = await desktop.proxied("--tag", "[box] ");
    const system = ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--dev", "/dev", "--proc", "/proc"];
    const links = ["bin", "lib", "lib64"].flatMap((name) => ["--symlink", `usr/${name}`, `/${name}`]);
    const display = ["--dir", "/tmp", "--dir", "/run/display", "--bind", proxied.socket, "/run/display/wayland-0"];
    const names = { XDG_RUNTIME_DIR: "/run/display", WAYLAND_DISPLAY: "wayland-0", HOME: "/tmp" };
    const environment = Object.entries(names).flatMap(([name, value]) => ["--setenv", name, value]);
    const box = ["--unshare-all", "--die-with-parent", ...system, ...links, ...display, "--clearenv", ...environment];
    const foot = ["foot", "--title", "boxed", "--override", "locked-title=yes", "sh", "-c", "ls /home; cat"];
    desktop.start(desktop.direct, "bwrap", [...box, ...foot]);
    await eventually("the window, with its tag", async () =>
      (await desktop.sway.windows()).some((window) => window.title === "[box] boxed"),
    );
  },
);

desktopTest(
  "another user's programs are let in by a group, and a third user's are not",
  { on: ["weston"] },
  async (desktop) => {
    need("setpriv", "wayland-info");
    // Only root can be three users.
    assert.equal(process.getuid?.(), 0);
    const [group, other] = [1, 2];
    const folder = mkdtempSync(join(tmpdir(), "wp-shared-"));
    chmodSync(folder, 0o711);
    try {
      const socket = join(folder, "wayland-0");
      const options = ["--wayland-display", socket, "--socket-group", String(group)];
      const proxy = desktop.start(desktop.direct, process.execPath, [command, ...options]);
      await eventually("the proxy to answer", () => {
        assert.ok(proxy.running, proxy.output);
        return answers(socket);
      });
      assert.deepEqual([lstatSync(socket).mode & 0o777, lstatSync(socket).gid], [0o660, group]);

      const list = async (user: number): Promise<{ readonly code: number | null; readonly text: string }> => {
        const as = [`--reuid=${user}`, `--regid=${user}`, "--clear-groups", "wayland-info"];
        const env = { WAYLAND_DISPLAY: socket, XDG_RUNTIME_DIR: folder };
        const client = desktop.start(desktop.direct, "setpriv", as, { env, capture: true });
        const { code } = await client.end();
        return { code, text: client.captured.toString() };
      };
      assert.match((await list(group)).text, /interface: 'xdg_wm_base'/);
      const refused = await list(other);
      assert.notEqual(refused.code, 0);
      assert.doesNotMatch(refused.text, /xdg_wm_base/);

      assert.ok(await proxy.stop());
      assert.ok(!lstatSync(socket, { throwIfNoEntry: false }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
