// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { FakeClient } from "../../support/fake-client.ts";
import { FakeCompositor } from "../../support/fake-compositor.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";

const example = fileURLToPath(new URL("../../../examples/rename-app-ids.js", import.meta.url));

test("the example renames app ids, by the package's own name and nothing but its API", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-example-"));
  const protocol = new ProtocolRegistry();
  const compositor = new FakeCompositor(join(directory, "host"), protocol, windowGlobals);
  t.after(() => {
    compositor.close();
    rmSync(directory, { recursive: true });
  });
  const environment = { ...process.env, XDG_RUNTIME_DIR: directory, WAYLAND_DISPLAY: "host" };
  const proxy = spawn(process.execPath, [example, "guest."], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(proxy, "exit");
  t.after(() => proxy.kill());
  const [line] = (await once(proxy.stdout, "data")) as [Buffer];
  assert.match(line.toString(), /listening on .*\/wayland-guest/);

  const client = new FakeClient(join(directory, "wayland-guest"), protocol);
  t.after(() => client.close());
  const host = await compositor.nextConnection();
  const { toplevel } = await openWindow({ client, host });
  toplevel.ours.send("set_app_id", "org.example.Editor");
  assert.equal((await host.expect("xdg_toplevel.set_app_id")).arg("app_id"), "guest.org.example.Editor");

  proxy.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual(readdirSync(directory), ["host"]);
});
