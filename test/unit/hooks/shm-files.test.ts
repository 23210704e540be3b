// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, mock } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Fd } from "../../../src/native/fd.ts";
import { LINGER_TIMEOUT } from "../../../src/wire/limits.ts";
import { HangingFiles } from "../../support/hanging-files.ts";
import { contentOfBuffer, Painter, painted, present, type ShmStage, shownOn } from "../../support/shm.ts";

const SIZE = 64 * 48 * 4;

/** A wl_buffer of 64×48 pixels in a pool that is that file. */
function bufferIn(painter: Painter, fd: Fd, size: number = SIZE) {
  const object = painter.shm.create("create_pool", fd, size).create("create_buffer", 0, 64, 48, 256, 0);
  return { object, offset: 0, width: 64, height: 48, stride: 256, format: 0 };
}

async function anotherPainter(t: Parameters<typeof painted>[0], stage: ShmStage) {
  const pair = await stage.connect();
  return { ...pair, painter: await Painter.start(t, pair) };
}

describe("a pool that is a file on a disk", () => {
  let directory: string;
  let path: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "wayland-proxy-pool-"));
    path = join(directory, "pool");
  });
  after(() => rmSync(directory, { recursive: true }));

  it("is read as far as the damage goes", async (t) => {
    const { client, host, painter } = await painted(t);
    const content = Buffer.from(Array.from({ length: SIZE }, (_, i) => i * 7));
    writeFileSync(path, content);
    const buffer = bufferIn(painter, new Fd(openSync(path, "r+")));
    const { surface, theirs } = await painter.surface();
    present(surface, buffer);
    await client.roundtrip();
    assert.ok(shownOn(host, theirs)?.bytes.equals(content));
    shownOn(host, theirs)?.buffer.send("release");
    await client.roundtrip();
    content.fill(0xaa, 10 * 256, 12 * 256);
    writeFileSync(path, content);
    surface.send("attach", buffer.object, 0, 0);
    surface.send("damage_buffer", 3, 10, 5, 2);
    surface.send("commit");
    await client.roundtrip();
    assert.ok(shownOn(host, theirs)?.bytes.equals(content));
  });

  it("gets the pictures of the screen that were asked for", async (t) => {
    const { client, host, painter } = await painted(t, {
      globals: ["zwlr_screencopy_manager_v1 3", "wl_output 4"],
    });
    writeFileSync(path, Buffer.alloc(SIZE, 1));
    const manager = await client.bind("zwlr_screencopy_manager_v1");
    const frame = manager.create("capture_output", 0, await client.bind("wl_output"));
    const pool = painter.shm.create("create_pool", new Fd(openSync(path, "r+")), SIZE);
    // Between its lines there may be another picture.
    frame.send("copy", pool.create("create_buffer", 256, 10, 2, 256, 0));
    const asked = await host.expect("zwlr_screencopy_frame_v1.copy");
    const shown = contentOfBuffer(host, asked.objectArg("buffer"));
    shown.draw(Buffer.alloc(512, 0xcd), 0);
    asked.object.send("ready", 0, 1, 2);
    await client.expect("zwlr_screencopy_frame_v1.ready");
    const expected = Buffer.alloc(SIZE, 1).fill(0xcd, 256, 296).fill(0xcd, 512, 552);
    assert.ok(readFileSync(path).equals(expected));
  });

  it("ends its client alone when it is shorter than the client says, or cannot be read", async (t) => {
    const stage = await painted(t);
    writeFileSync(path, Buffer.alloc(100));
    for (const [mode, text] of [
      ["r", /the file of a buffer of 64x48 pixels is shorter than its pool/],
      ["w", /no memory can be shared/],
    ] as const) {
      const { client, painter } = await anotherPainter(t, stage);
      const { surface } = await painter.surface();
      present(surface, bufferIn(painter, new Fd(openSync(path, mode))));
      const error = await client.expect("wl_display.error");
      assert.match(error.arg("message") as string, text);
    }
    await stage.client.roundtrip();
  });
});

describe("a pool in a file system that hangs", { skip: HangingFiles.unavailable }, () => {
  let files: HangingFiles;
  before(async () => {
    files = await HangingFiles.mount(SIZE);
  });
  after(() => files.close());

  it("keeps its own client waiting and nobody else, and shows its pixels when it answers", async (t) => {
    const stage = await painted(t);
    const { client, host, painter } = stage;
    const slow = await anotherPainter(t, stage);
    const fd = files.open("r+");
    await files.hang();
    const buffer = bufferIn(slow.painter, fd);
    const { surface, theirs } = await slow.painter.surface();
    // That it has a pool like that costs not even the client anything.
    await slow.client.roundtrip();
    present(surface, buffer);
    await files.asked("READ");
    const pool = painter.pool(SIZE);
    const { surface: other, theirs: shown } = await painter.surface();
    for (let i = 0; i < 3; i++) {
      pool.scribble(i);
      present(other, pool.buffer(64, 48));
      await client.roundtrip();
    }
    assert.deepEqual(shownOn(host, shown)?.pixels(256), Buffer.from(pool.bytes));
    assert.equal(shownOn(slow.host, theirs), undefined);
    await files.answer();
    await slow.client.roundtrip();
    assert.equal(shownOn(slow.host, theirs)?.bytes.toString("latin1", 0, 16), "pixels: pixels: ");
  });

  it("ends with its client, although nothing is answered", async (t) => {
    const stage = await painted(t);
    const slow = await anotherPainter(t, stage);
    const fd = files.open("r+");
    await files.hang();
    const buffer = bufferIn(slow.painter, fd);
    const { surface } = await slow.painter.surface();
    present(surface, buffer);
    await files.asked("READ");
    slow.client.close();
    let isClosed = false;
    void slow.host.closed.then(() => {
      isClosed = true;
    });
    mock.timers.enable({ apis: ["setTimeout"] });
    while (!isClosed) {
      mock.timers.tick(LINGER_TIMEOUT);
      await setImmediate();
    }
    mock.timers.reset();
    assert.equal(stage.images.count, 0);
    await stage.client.roundtrip();
    await files.answer();
  });
});
