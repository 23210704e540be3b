// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ProtocolRegistry } from "../../../../src/protocol/protocol-registry.ts";
import { FakeClient } from "../../../support/fake-client.ts";
import { FakeCompositor } from "../../../support/fake-compositor.ts";
import { HangingFiles } from "../../../support/hanging-files.ts";
import { scaled } from "../../../support/patience.ts";
import { Place } from "../support.ts";

const skip = HangingFiles.unavailable;

test("wayland-proxy serves others and ends on SIGTERM while a client's file hangs", {
  skip,
  timeout: scaled(60_000),
}, async (t) => {
  const files = await HangingFiles.mount(4096);
  t.after(() => files.close());
  const place = new Place(t);
  const protocol = new ProtocolRegistry();
  const compositor = new FakeCompositor(join(place.directory, "wayland-0"), protocol, ["wl_shm 1"]);
  const proxy = place.proxy([], { WAYLAND_DISPLAY: "wayland-0" });
  await proxy.says("listening on wayland-1");
  const clients = ["one", "another"].map((name) => new FakeClient(join(place.directory, "wayland-1"), protocol, name));
  const [client, other] = clients as [FakeClient, FakeClient];
  const shm = await client.bind("wl_shm");
  const fd = files.open("r+");
  await files.hang();
  // It is passed on, and closed, which a file system in user space has its say in.
  shm.create("create_pool", fd, 4096);
  await client.roundtrip();
  await files.asked("FLUSH");
  await other.roundtrip();
  proxy.child.kill("SIGTERM");
  assert.equal(await proxy.ended, 0);
  await files.answer();
  for (const one of clients) one.close();
  compositor.close();
});
