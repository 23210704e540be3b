// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ftruncateSync } from "node:fs";
import { test } from "node:test";
import { memfd } from "../../../src/native/memory.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Pair } from "../../support/proxied.ts";
import { contentOfBuffer, painted, type Shown } from "../../support/shm.ts";

const globals = [
  "wl_output 4",
  "zwlr_screencopy_manager_v1 3",
  "ext_image_copy_capture_manager_v1 1",
  "ext_output_image_capture_source_manager_v1 1",
  "hyprland_toplevel_export_manager_v1 2",
  "weston_capture_v1 2",
];

/** A protocol for pictures of the screen. */
interface Way {
  readonly interface: string;
  /** The request with the buffer. */
  readonly copy: string;
  /** The byte behind the buffer in it. */
  readonly rest?: readonly number[];
  /** The request that starts it, if that is another. */
  readonly start?: string;
  readonly ready: readonly [name: string, ...args: number[]];
  readonly failed: readonly [name: string, ...args: (number | string)[]];
  frame(pair: Pair): Promise<FakeObject>;
}

const capture = async ({ client }: Pair): Promise<FakeObject> => {
  const manager = await client.bind("zwlr_screencopy_manager_v1");
  return manager.create("capture_output", 0, await client.bind("wl_output"));
};

const screencopy: Way = {
  interface: "zwlr_screencopy_frame_v1",
  copy: "copy",
  ready: ["ready", 0, 1, 2],
  failed: ["failed"],
  frame: capture,
};

const ways: readonly Way[] = [
  screencopy,
  { ...screencopy, copy: "copy_with_damage" },
  {
    interface: "ext_image_copy_capture_frame_v1",
    copy: "attach_buffer",
    start: "capture",
    ready: ["ready"],
    failed: ["failed", 0],
    async frame({ client }) {
      const sources = await client.bind("ext_output_image_capture_source_manager_v1");
      const source = sources.create("create_source", await client.bind("wl_output"));
      const manager = await client.bind("ext_image_copy_capture_manager_v1");
      return manager.create("create_session", source, 0).create("create_frame");
    },
  },
  {
    interface: "hyprland_toplevel_export_frame_v1",
    copy: "copy",
    rest: [1],
    ready: ["ready", 0, 1, 2],
    failed: ["failed"],
    frame: async ({ client }) =>
      (await client.bind("hyprland_toplevel_export_manager_v1")).create("capture_toplevel", 0, 7),
  },
  {
    interface: "weston_capture_source_v1",
    copy: "capture",
    ready: ["complete"],
    failed: ["failed", "no"],
    frame: async ({ client }) =>
      (await client.bind("weston_capture_v1")).create("create", await client.bind("wl_output"), 0),
  },
];

/** Asks for a picture, and waits until the host has been asked. @returns the host's frame, and what it is to fill */
async function ask(
  pair: Pair,
  way: Way,
  frame: FakeObject,
  buffer: FakeObject,
): Promise<{ theirs: FakeObject; shown: Shown }> {
  frame.send(way.copy, buffer, ...(way.rest ?? []));
  if (way.start) frame.send(way.start);
  const asked = await pair.host.expect(`${way.interface}.${way.copy}`);
  return { theirs: asked.object, shown: contentOfBuffer(pair.host, asked.objectArg("buffer")) };
}

for (const way of ways) {
  test(`what the host draws for ${way.interface}.${way.copy} is in the client's buffer when it hears so`, async (t) => {
    const stage = await painted(t, { globals });
    const { client, painter } = stage;
    const frame = await way.frame(stage);
    const pool = painter.pool(4096);
    pool.scribble(1);
    // In the midst of a wider picture, of which nothing else may change.
    const buffer = pool.buffer(5, 3, { offset: 100, stride: 64 });
    const expected = Buffer.from(pool.bytes);
    const { theirs, shown } = await ask(stage, way, frame, buffer.object);
    assert.deepEqual(shown.pixels(20), pool.pixels(buffer, 20), "it begins as it is, since a part alone may be drawn");
    shown.draw(Buffer.alloc(20, 0xab), 64);
    shown.draw(Buffer.alloc(44, 0xcd), 64 + 20);
    theirs.send(...way.ready);
    await client.expect(`${way.interface}.${way.ready[0]}`);
    expected.fill(0xab, 100 + 64, 100 + 64 + 20);
    assert.deepEqual(Buffer.from(pool.bytes), expected);
    frame.send("destroy");
    await client.roundtrip();
  });

  test(`nothing comes of a picture that fails by ${way.interface}.${way.copy}`, async (t) => {
    const stage = await painted(t, { globals });
    const { client, painter, images } = stage;
    const frame = await way.frame(stage);
    const pool = painter.pool(1024);
    const buffer = pool.buffer(16, 16);
    const { theirs, shown } = await ask(stage, way, frame, buffer.object);
    shown.draw(Buffer.alloc(1024, 0xab), 0);
    theirs.send(...way.failed);
    await client.expect(`${way.interface}.${way.failed[0]}`);
    assert.deepEqual(Buffer.from(pool.bytes), Buffer.alloc(1024));
    // The memory is there for the next one, in another buffer of the host's: a release of the first may still come.
    const again = await ask(stage, way, await way.frame(stage), buffer.object);
    assert.notEqual(again.shown.buffer, shown.buffer);
    assert.equal(images.made, 1);
  });
}

test("a frame that is destroyed before the host is done takes its memory along", async (t) => {
  const stage = await painted(t, { globals });
  const { client, painter, images } = stage;
  const frame = await screencopy.frame(stage);
  await ask(stage, screencopy, frame, painter.pool(1024).buffer(16, 16).object);
  frame.send("destroy");
  await client.roundtrip();
  assert.equal(images.count, 0);
});

test("a client may destroy its buffer and its pool while the host draws", async (t) => {
  const stage = await painted(t, { globals });
  const { client, painter } = stage;
  const pool = painter.pool(1024);
  const { object } = pool.buffer(16, 16);
  const { theirs, shown } = await ask(stage, screencopy, await screencopy.frame(stage), object);
  object.send("destroy");
  pool.object.send("destroy");
  await client.roundtrip();
  shown.draw(Buffer.alloc(1024, 0xab), 0);
  theirs.send("ready", 0, 1, 2);
  await client.expect("zwlr_screencopy_frame_v1.ready");
  assert.deepEqual(Buffer.from(pool.bytes), Buffer.alloc(1024, 0xab));
});

test("a client that takes its memory away while the host draws gets nothing", async (t) => {
  const stage = await painted(t, { globals });
  const { client, painter, log } = stage;
  const file = memfd("a client's pool", 1024);
  const object = painter.shm.create("create_pool", file.duplicate(), 1024).create("create_buffer", 0, 16, 16, 64, 0);
  const { theirs } = await ask(stage, screencopy, await screencopy.frame(stage), object);
  ftruncateSync(file.raw, 0);
  file.close();
  theirs.send("ready", 0, 1, 2);
  await client.expect("zwlr_screencopy_frame_v1.ready");
  assert.deepEqual(log, ["warn: a picture of the screen is lost: the client's buffer cannot be written to"]);
});
