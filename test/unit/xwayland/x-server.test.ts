// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { unixHost } from "../../../src/host/unix.ts";
import { XDisplay } from "../../../src/listen/x-display.ts";
import { silent } from "../../../src/log/logger.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { XServer, type XServerOptions } from "../../../src/xwayland/x-server.ts";
import { Clock } from "../../support/clock.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { FakeCompositor } from "../../support/fake-compositor.ts";
import { scaled, turnUntil } from "../../support/patience.ts";
import type { Scope } from "../../support/proxied.ts";

/** Has a client wait for an Xwayland that never says a word. @returns the errors in the log, as they come */
async function serveByNobody(t: Scope, options: Partial<XServerOptions> = {}): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "wp-x-"));
  const descriptors = openDescriptors();
  const compositor = new FakeCompositor(join(directory, "host"), new ProtocolRegistry(), []);
  const display = XDisplay.open(7, directory);
  const binary = join(directory, "xwayland");
  writeFileSync(binary, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
  const errors: string[] = [];
  const log = { ...silent, error: (text: string) => void errors.push(text) };
  // Nothing is installed there, so that no file is open at the end that is just being read.
  const environment = { PATH: process.env["PATH"], XDG_DATA_HOME: directory, XDG_DATA_DIRS: directory };
  const connectHost = unixHost(compositor.path);
  const server = new XServer({ connectHost, display, binary, environment, log, ...options });
  const client = createConnection(join(directory, ".X11-unix/X7"));
  const hungUp = new Promise((resolve) => client.on("error", () => {}).on("close", resolve));
  t.after(async () => {
    client.destroy();
    await hungUp;
    await server.close();
    display.close();
    compositor.close();
    rmSync(directory, { recursive: true });
    assert.deepEqual(openDescriptors(), descriptors, "descriptors are left");
  });
  await compositor.nextConnection();
  return errors;
}

test("an Xwayland that hangs before it has let anybody in is ended", { timeout: scaled(30_000) }, async (t) => {
  const clock = new Clock(t);
  const errors = await serveByNobody(t);
  while (errors.length === 0) {
    clock.pass(1000);
    await turn();
  }
  assert.match(errors[0] ?? "", /SIGTERM; not ready within 30 s; the next try is in 0\.5 s/);
});

test("an Xwayland without memory for our pictures is ended, and leaves nothing open", {
  timeout: scaled(30_000),
}, async (t) => {
  const errors = await serveByNobody(t, {
    imagesFor: () => {
      throw new Error("no shared memory");
    },
  });
  await turnUntil(() => errors.length > 0, "an error");
  assert.match(errors[0] ?? "", /SIGTERM; no shared memory; the next try is in 0\.5 s/);
});
