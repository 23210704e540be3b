// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memfd } from "../../../src/native/memory.ts";
import { pipe } from "../../../src/native/pipe.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Pair, Scope } from "../../support/proxied.ts";
import { contentOfBuffer, type Drawing, Painter, painted, present, type Shown, shownOn } from "../../support/shm.ts";

describe("what a client draws", () => {
  it("reaches the host before the commit, in memory of another kind", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(64 * 48 * 4);
    const buffer = pool.buffer(64, 48);
    pool.scribble(1);
    const { surface } = await painter.surface();
    await client.roundtrip();
    assert.equal(host.inbox.count("wl_shm.create_pool"), 0, "a pool that nothing of is shown yet");
    present(surface, buffer);
    for (const name of ["wl_shm.create_pool", "wl_shm_pool.create_buffer", "wl_surface.attach", "wl_surface.commit"]) {
      await host.expect(name);
    }
    const theirs = host.inbox.all.find(({ name }) => name === "wl_surface.commit")?.object;
    assert.ok(theirs);
    const shown = shownOn(host, theirs);
    assert.deepEqual(shown?.pixels(256), pool.pixels(buffer, 256));
    const { offset, width, height, stride, format } = shown?.created.args ?? {};
    assert.deepEqual([offset, width, height, stride, format], [0, 64, 48, 256, 0]);
    assert.equal(host.inbox.count("wl_surface.attach"), 1);
  });

  it("is copied, so that the client has its buffer back at once, and may draw before the host looks", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    const { surface, theirs } = await painter.surface();
    pool.scribble(1);
    const before = pool.pixels(buffer, 64);
    present(surface, buffer);
    const released = await client.expect("wl_buffer.release");
    assert.equal(released.object, buffer.object);
    pool.scribble(2);
    await client.roundtrip();
    assert.deepEqual(shownOn(host, theirs)?.pixels(64), before);
  });

  it("never touches what the host still holds", async (t) => {
    const { client, host, painter, images } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    const { surface, theirs } = await painter.surface();
    const frames: { bytes: Buffer; buffer: ReturnType<typeof shownOn> }[] = [];
    for (let i = 0; i < 4; i++) {
      pool.scribble(i);
      present(surface, buffer);
      await client.roundtrip();
      frames.push({ bytes: pool.pixels(buffer, 64), buffer: shownOn(host, theirs) });
    }
    assert.equal(images.count, 4);
    for (const { bytes, buffer: shown } of frames) {
      assert.ok(shown);
      assert.deepEqual(contentOfBuffer(host, shown.buffer).pixels(64), bytes);
    }
  });

  it("waits for the host's release once that holds more than it needs, as a client does without us", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(3 * 16 * 16 * 4);
    const buffers = [0, 1, 2].map((i) => pool.buffer(16, 16, { offset: i * 1024 }));
    const { surface, theirs } = await painter.surface();
    for (const buffer of buffers) present(surface, buffer);
    await client.roundtrip();
    const released = (): unknown[] =>
      client.inbox.all.filter(({ name }) => name === "wl_buffer.release").map(({ object }) => object);
    assert.deepEqual(released(), [buffers[0]?.object, buffers[1]?.object]);
    const [first] = host.inbox.all.filter(({ name, object }) => name === "wl_surface.attach" && object === theirs);
    first?.objectArg("buffer").send("release");
    await client.expect("wl_buffer.release", ({ object }) => object === buffers[2]?.object);
  });

  it("goes into the memory that the host has released, which is not allocated again", async (t) => {
    const { client, host, painter, images } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    const { surface, theirs } = await painter.surface();
    for (let i = 0; i < 20; i++) {
      pool.scribble(i);
      present(surface, buffer);
      await client.roundtrip();
      const shown = shownOn(host, theirs);
      assert.deepEqual(shown?.pixels(64), pool.pixels(buffer, 64));
      shown?.buffer.send("release");
    }
    await client.roundtrip();
    assert.ok(images.made <= 2, `${images.made} images`);
    assert.ok(host.inbox.count("wl_shm_pool.create_buffer") <= 2);
  });

  it("goes into few images even if no release is awaited, since those are on their way", async (t) => {
    const { client, host, painter, images, compositor } = await painted(t);
    const pool = painter.pool(64 * 64 * 4);
    const buffer = pool.buffer(64, 64);
    const { surface, theirs } = await painter.surface();
    const shown: FakeObject[] = [];
    compositor.reactions.set("wl_surface.attach", ({ args }) => void shown.push(args["buffer"] as FakeObject));
    // As compositors do: what was on the screen is released when something else is there.
    compositor.reactions.set("wl_surface.commit", () => shown.at(-2)?.send("release"));
    for (let i = 0; i < 150; i++) {
      surface.send("attach", buffer.object, 0, 0);
      surface.send("damage_buffer", i % 64, 0, 1, 1);
      surface.send("commit");
    }
    pool.scribble(7);
    present(surface, buffer);
    await client.roundtrip();
    assert.deepEqual(shownOn(host, theirs)?.pixels(256), pool.pixels(buffer, 256));
    assert.equal(host.inbox.count("wl_surface.commit"), 151);
    assert.ok(images.made <= 3, `${images.made} images`);
  });

  for (const whoGoes of ["client", "host"] as const) {
    it(`is forgotten when the ${whoGoes} leaves while releases are awaited`, async (t) => {
      const { client, host, painter, proxy } = await painted(t);
      const buffer = painter.pool(16 * 16 * 4).buffer(16, 16);
      const { surface } = await painter.surface();
      host.answersSync = false;
      for (let i = 0; i < 4; i++) present(surface, buffer);
      await host.expect("wl_display.sync");
      assert.equal(host.inbox.count("wl_surface.commit"), 2);
      if (whoGoes === "client") client.close();
      host.close();
      await proxy.idle();
    });
  }

  it("may lie anywhere in a pool that has grown, in lines of any length", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(4096, 65536);
    pool.scribble(5);
    pool.object.send("resize", 65536);
    const { surface, theirs } = await painter.surface();
    for (const [width, height, offset, stride] of [
      [7, 5, 3, 29],
      [1, 1, 65532, 4],
      [100, 100, 10_001, 533],
    ] as const) {
      const buffer = pool.buffer(width, height, { offset, stride });
      present(surface, buffer);
      await client.roundtrip();
      const shown = shownOn(host, theirs);
      assert.equal(shown?.created.arg("stride"), stride);
      assert.deepEqual(shown?.pixels(width * 4), pool.pixels(buffer, width * 4));
    }
  });

  it("is shown when its pool, its buffer and its wl_shm are gone", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    pool.scribble(3);
    pool.object.send("destroy");
    painter.shm.send("release");
    const { surface, theirs } = await painter.surface();
    surface.send("attach", buffer.object, 0, 0);
    buffer.object.send("destroy");
    surface.send("damage", 0, 0, 16, 16);
    surface.send("commit");
    await client.roundtrip();
    assert.deepEqual(shownOn(host, theirs)?.pixels(64), pool.pixels(buffer, 64));
    assert.equal(client.inbox.count("wl_buffer.release"), 0, "events to what is no more");
  });

  it("can be on two surfaces", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    const [one, two] = [await painter.surface(), await painter.surface()];
    pool.scribble(1);
    one.surface.send("attach", buffer.object, 0, 0);
    two.surface.send("attach", buffer.object, 0, 0);
    one.surface.send("commit");
    two.surface.send("commit");
    await client.roundtrip();
    const before = pool.pixels(buffer, 64);
    for (const { theirs } of [one, two]) assert.deepEqual(shownOn(host, theirs)?.pixels(64), before);
    pool.scribble(2);
    present(two.surface, buffer);
    await client.roundtrip();
    assert.deepEqual(shownOn(host, one.theirs)?.pixels(64), before);
    assert.deepEqual(shownOn(host, two.theirs)?.pixels(64), pool.pixels(buffer, 64));
  });

  it("is gone with an attached nothing, and its memory is used for the next", async (t) => {
    const { client, host, painter, images } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    const { surface, theirs } = await painter.surface();
    for (let i = 0; i < 5; i++) {
      pool.scribble(i);
      present(surface, buffer);
      await client.roundtrip();
      const shown = shownOn(host, theirs);
      assert.deepEqual(shown?.pixels(64), pool.pixels(buffer, 64));
      present(surface, null);
      await client.roundtrip();
      assert.equal(shownOn(host, theirs), undefined);
      shown?.buffer.send("release");
    }
    assert.equal(images.made, 1);
  });

  it("is in memory of 2 GiB if the host likes to give as much", async (t) => {
    const { client, host, painter, images } = await painted(t);
    images.least = 2 ** 31;
    const { surface } = await painter.surface();
    present(surface, painter.pool(16 * 16 * 4).buffer(16, 16));
    await client.roundtrip();
    assert.equal((await host.expect("wl_shm.create_pool")).arg("size"), 2 ** 31 - 1);
  });

  it("comes with the last attached buffer, and with the offset of that", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(4 * 16 * 16 * 4);
    pool.scribble(9);
    const [one, two] = [pool.buffer(16, 16), pool.buffer(16, 16, { offset: 1024 })];
    const { surface, theirs } = await painter.surface();
    surface.send("attach", one.object, 0, 0);
    surface.send("attach", null, 0, 0);
    surface.send("attach", two.object, 0, 0);
    surface.send("commit");
    await client.roundtrip();
    assert.deepEqual(shownOn(host, theirs)?.pixels(64), pool.pixels(two, 64));
    surface.send("attach", one.object, 0, 0);
    surface.send("attach", null, 0, 0);
    surface.send("commit");
    await client.roundtrip();
    assert.equal(shownOn(host, theirs), undefined);
  });

  it("is not sent again by a commit that attaches nothing", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const { surface } = await painter.surface();
    present(surface, pool.buffer(16, 16));
    surface.send("commit");
    await client.roundtrip();
    assert.equal(host.inbox.count("wl_surface.attach"), 1);
    assert.equal(host.inbox.count("wl_surface.commit"), 2);
  });

  it("in a window that changes its size takes little more memory than it needs", async (t) => {
    const { client, host, painter, images } = await painted(t);
    const pool = painter.pool(200 * 200 * 4);
    const { surface, theirs } = await painter.surface();
    for (let size = 100; size < 200; size++) {
      const buffer = pool.buffer(size, size);
      pool.scribble(size);
      present(surface, buffer);
      await client.roundtrip();
      const shown = shownOn(host, theirs);
      assert.deepEqual(shown?.pixels(size * 4), pool.pixels(buffer, size * 4));
      buffer.object.send("destroy");
      shown?.buffer.send("release");
    }
    assert.ok(images.made < 100, `${images.made} images were made`);
    assert.ok(images.bytes < 5 * 200 * 200 * 4 * 1.1, `${images.count} images of ${images.bytes} bytes`);
  });

  it("stays in order while memory is awaited", async (t) => {
    const { client, host, painter, images } = await painted(t);
    let open = (): void => {};
    images.ready = new Promise((resolve) => {
      open = resolve;
    });
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    const { surface } = await painter.surface();
    present(surface, buffer);
    surface.send("frame");
    buffer.object.send("destroy");
    surface.send("destroy");
    setImmediate(open);
    await client.roundtrip();
    const names = host.inbox.all.map(({ name }) => name.replace(/^wl_surface\./, ""));
    const own = names.filter((name) => ["attach", "damage", "commit", "frame", "destroy"].includes(name));
    assert.deepEqual(own, ["damage", "attach", "commit", "frame", "destroy"]);
  });

  it("is forgotten when the client leaves while memory is awaited", async (t) => {
    const { client, host, painter, images } = await painted(t);
    let open = (): void => {};
    images.ready = new Promise((resolve) => {
      open = resolve;
    });
    const { surface } = await painter.surface();
    present(surface, painter.pool(16 * 16 * 4).buffer(16, 16));
    await host.expect("wl_surface.damage");
    client.close();
    host.close();
    await host.closed;
    open();
  });

  it("ends without a word about memory when the host goes while that is awaited", async (t) => {
    const { client, host, painter, images, log } = await painted(t);
    let fail = (_error: Error): void => {};
    images.ready = new Promise((_resolve, reject) => {
      fail = reject;
    });
    const { surface } = await painter.surface();
    present(surface, painter.pool(16 * 16 * 4).buffer(16, 16));
    await host.expect("wl_surface.damage");
    fail(Object.assign(new Error("the host is gone"), { name: "ContextClosed" }));
    host.close();
    await client.closed;
    assert.deepEqual(
      log.filter((line) => !line.startsWith("debug: ")),
      [],
    );
  });

  it("is freed with its surface", async (t) => {
    const { client, host, painter, images } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    for (let i = 0; i < 10; i++) {
      const { surface, theirs } = await painter.surface();
      present(surface, buffer);
      await client.roundtrip();
      if (i % 2) shownOn(host, theirs)?.buffer.send("release");
      surface.send("destroy");
      await client.roundtrip();
    }
    assert.ok(images.count <= 1, `${images.count} images`);
    const alive = host.inbox.all.filter(({ name, args }) => {
      const made = name === "wl_shm_pool.create_buffer" || name === "wl_shm.create_pool";
      return made && (args["id"] as { alive: boolean }).alive;
    });
    assert.ok(alive.length <= 2, `${alive.length} objects on the host`);
  });
});

/** Frames with no damage at all, where that says nothing of the buffer's pixels. */
describe("damage in other coordinates than those of the buffer", () => {
  const changes: Readonly<Record<string, (surface: FakeObject, viewport: FakeObject) => void>> = {
    "another transform": (surface) => surface.send("set_buffer_transform", 2),
    "another scale": (surface) => surface.send("set_buffer_scale", 2),
    "another part": (_surface, viewport) => viewport.send("set_source", 2, 3, 8.5, 9),
    "another size": (_surface, viewport) => viewport.send("set_destination", 8, 8),
    "no viewport any more": (_surface, viewport) => viewport.send("destroy"),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`means all of the buffer after a change of the view: ${what}`, async (t) => {
      const { client, host, painter } = await painted(t);
      const viewporter = await client.bind("wp_viewporter");
      const { surface, theirs } = await painter.surface();
      const viewport = viewporter.create("get_viewport", surface);
      viewport.send("set_destination", 32, 32);
      const pool = painter.pool(16 * 16 * 4);
      const buffer = pool.buffer(16, 16);
      const show = async (): Promise<void> => {
        surface.send("attach", buffer.object, 0, 0);
        surface.send("commit");
        await client.roundtrip();
        shownOn(host, theirs)?.buffer.send("release");
      };
      pool.scribble(1);
      await show();
      const before = pool.pixels(buffer, 64);
      pool.scribble(2);
      await show();
      assert.deepEqual(shownOn(host, theirs)?.pixels(64), before, "nothing was damaged");
      change(surface, viewport);
      await show();
      assert.deepEqual(shownOn(host, theirs)?.pixels(64), pool.pixels(buffer, 64));
    });
  }

  it("follows a view that was set before the client has bound wl_shm", async (t) => {
    const stage = await painted(t);
    const { client, host } = await stage.connect();
    const compositor = await client.bind("wl_compositor");
    const surface = compositor.create("create_surface");
    surface.send("set_buffer_transform", 3);
    const theirs = (await host.expect("wl_compositor.create_surface")).objectArg("id");
    const painter = await Painter.start(t, { client, host });
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    for (const i of [0, 1, 2]) {
      pool.bytes[i * 64 + 13 * 4] = 77;
      surface.send("attach", buffer.object, 0, 0);
      // Three quarters counter-clockwise are one clockwise: the third line has become the third column from the right.
      surface.send("damage", 0, 2, 16, 1);
      surface.send("commit");
      await client.roundtrip();
      const shown = shownOn(host, theirs);
      assert.deepEqual(shown?.pixels(64), pool.pixels(buffer, 64), `frame ${i}`);
      shown?.buffer.send("release");
    }
  });

  it("is complete after a buffer of another size, while the host holds an older one", async (t) => {
    const { client, host, painter } = await painted(t);
    const { surface, theirs } = await painter.surface();
    const pool = painter.pool(32 * 32 * 4);
    const [small, large] = [pool.buffer(16, 16), pool.buffer(32, 32)];
    const show = async (buffer: Drawing): Promise<Shown> => {
      surface.send("attach", buffer.object, 0, 0);
      surface.send("commit");
      await client.roundtrip();
      return shownOn(host, theirs) as Shown;
    };
    pool.scribble(1);
    const first = await show(small);
    await show(large);
    pool.scribble(2);
    const third = await show(small);
    first.buffer.send("release");
    third.buffer.send("release");
    await client.roundtrip();
    for (let i = 0; i < 2; i++) {
      const shown = await show(small);
      assert.deepEqual(shown.pixels(64), pool.pixels(small, 64));
    }
  });

  it("is complete after a buffer that the host has itself", async (t) => {
    const { client, host, painter } = await painted(t, { globals: ["wp_single_pixel_buffer_manager_v1 1"] });
    const pixels = await client.bind("wp_single_pixel_buffer_manager_v1");
    const { surface, theirs } = await painter.surface();
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    for (let i = 0; i < 3; i++) {
      pool.scribble(i);
      surface.send("attach", buffer.object, 0, 0);
      surface.send("commit");
      await client.roundtrip();
      const shown = shownOn(host, theirs);
      assert.deepEqual(shown?.pixels(64), pool.pixels(buffer, 64));
      const pixel = pixels.create("create_u32_rgba_buffer", 0, 0, 0, 0xffffffff);
      surface.send("attach", pixel, 0, 0);
      surface.send("commit");
      shown?.buffer.send("release");
      await client.roundtrip();
    }
    const attached = host.inbox.all.filter(({ name, object }) => name === "wl_surface.attach" && object === theirs);
    assert.equal(attached.length, 6);
  });
});

describe("a callback for the release of a buffer", () => {
  it("comes with the release of the client's buffer, which is when that is copied", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(16 * 16 * 4);
    const buffer = pool.buffer(16, 16);
    const { surface, theirs } = await painter.surface();
    for (let i = 0; i < 2; i++) {
      const callback = surface.create("get_release");
      present(surface, buffer);
      assert.ok(callback.alive);
      await client.roundtrip();
      assert.ok(!callback.alive, "it has come");
      assert.equal(client.inbox.count("wl_buffer.release"), i + 1);
      assert.notEqual(shownOn(host, theirs), undefined);
    }
    assert.equal(host.inbox.count("wl_surface.get_release"), 0);
  });

  it("waits with the buffer while the host holds too much", async (t) => {
    const { client, host, painter } = await painted(t);
    const buffer = painter.pool(16 * 16 * 4).buffer(16, 16);
    const { surface, theirs } = await painter.surface();
    for (let i = 0; i < 2; i++) present(surface, buffer);
    const callback = surface.create("get_release");
    present(surface, buffer);
    await client.roundtrip();
    assert.equal(client.inbox.count("wl_buffer.release"), 2);
    assert.ok(callback.alive);
    shownOn(host, theirs)?.buffer.send("release");
    await client.expect("wl_callback.done", ({ object }) => object === callback);
    assert.equal(client.inbox.count("wl_buffer.release"), 3);
  });

  it("is the host's for a buffer that the host has itself, and when there is none", async (t) => {
    const { client, host, painter } = await painted(t, { globals: ["wp_single_pixel_buffer_manager_v1 1"] });
    const pixels = await client.bind("wp_single_pixel_buffer_manager_v1");
    const { surface } = await painter.surface();
    present(surface, painter.pool(16 * 16 * 4).buffer(16, 16));
    const callback = surface.create("get_release");
    surface.send("attach", pixels.create("create_u32_rgba_buffer", 0, 0, 0, 0xffffffff), 0, 0);
    surface.send("commit");
    const asked = await host.expect("wl_surface.get_release");
    await host.expect("wl_surface.commit");
    const names = host.inbox.all.map(({ name }) => name);
    assert.deepEqual(names.slice(-3), ["wl_surface.attach", "wl_surface.get_release", "wl_surface.commit"]);
    asked.objectArg("callback").send("done", 0);
    await client.expect("wl_callback.done", ({ object }) => object === callback);
    const error = host.compositor.reactions;
    error.set("wl_surface.get_release", ({ object }) => host.fail(object, 5, "no buffer"));
    surface.create("get_release");
    surface.send("commit");
    assert.equal((await client.disconnected()).code, 5);
  });
});

describe("formats", () => {
  const formats = ["AR24", "RG16", "RG24", "R8  ", "AB4H", "YUYV", "NV12", "YU24", "C1  ", "Y0L0", "ZZZZ"];
  const codeOf = (name: string): number => (name === "AR24" ? 0 : Buffer.from(name).readUInt32LE());

  for (const name of formats) {
    it(`such as ${name.trim()} are copied as a whole, and after that what is damaged`, async (t) => {
      const { client, host, painter } = await painted(t, {}, formats.map(codeOf));
      const size = { AR24: 4, RG16: 2, RG24: 3, AB4H: 8, YUYV: 2, "C1  ": 1 / 8 }[name] ?? 1;
      const [width, height, stride] = [32, 16, Math.ceil(32 * size)];
      const total = stride * height * ({ NV12: 1.5, YU24: 3 }[name] ?? 1);
      const pool = painter.pool(total);
      const buffer = pool.buffer(width, height, { stride, format: codeOf(name) });
      const { surface, theirs } = await painter.surface();
      for (let i = 0; i < 6; i++) {
        pool.scribble(i);
        surface.send("attach", buffer.object, 0, 0);
        surface.send("damage_buffer", i, 1, 32 - i, 15);
        surface.send("commit");
        await client.roundtrip();
        const shown = shownOn(host, theirs);
        assert.ok(shown);
        const start = Math.ceil(i * size);
        for (let y = 1; y < 16; y++) {
          const line = shown.bytes.subarray(y * stride + start, (y + 1) * stride);
          assert.deepEqual(line, Buffer.from(pool.bytes.subarray(y * stride + start, (y + 1) * stride)), `line ${y}`);
        }
        const planes = shown.bytes.subarray(stride * height, total);
        assert.deepEqual(planes, Buffer.from(pool.bytes.subarray(stride * height)));
        shown.buffer.send("release");
      }
    });
  }

  it("with more planes lie in as many bytes as the pool has for them, whatever lay there before", async (t) => {
    const { client, host, painter } = await painted(t, {}, [codeOf("NV12")]);
    const side = 64;
    const pool = painter.pool(side * side * 2.5);
    const format = codeOf("NV12");
    // The second plane of one of them is cut off by the end of the pool, which libwayland accepts.
    const cut = pool.buffer(side, side, { stride: side, format, offset: side * side * 1.5 });
    const whole = pool.buffer(side, side, { stride: side, format });
    const { surface, theirs } = await painter.surface();
    for (const [i, buffer] of [cut, whole, cut, whole].entries()) {
      pool.scribble(i);
      present(surface, buffer);
      await client.roundtrip();
      const shown = shownOn(host, theirs);
      const end = Math.min(buffer.offset + side * side * 1.5, pool.bytes.length);
      const expected = Buffer.from(pool.bytes.subarray(buffer.offset, end));
      assert.deepEqual(shown?.bytes.subarray(0, expected.length), expected);
      shown?.buffer.send("release");
    }
  });

  it("that the host does not have are refused", async (t) => {
    const { client, painter } = await painted(t);
    const pool = painter.pool(4096);
    await client.roundtrip();
    pool.buffer(4, 4, { format: codeOf("AB24") });
    const error = await client.disconnected();
    assert.deepEqual([error.objectId, error.code], [pool.object.id, 0]);
    assert.match(error.text, /unsupported format 0x34324241/);
  });
});

describe("a client that breaks the rules of wl_shm", () => {
  const bad: readonly [string, number, number, number, number][] = [
    ["no width", 0, 4, 16, 0],
    ["a negative height", 4, -4, 16, 0],
    ["a stride that is too short for a line", 4, 4, 15, 0],
    ["more lines than the pool has", 4, 257, 16, 0],
    ["a negative offset", 4, 4, 16, -1],
    ["an offset behind the end", 4, 4, 16, 4096 - 63],
    ["a size that no number can hold", 0x7fffffff, 0x7fffffff, 0x7fffffff, 0],
  ];
  for (const [what, width, height, stride, offset] of bad) {
    it(`gets an error: ${what}`, async (t) => {
      const { client, painter } = await painted(t);
      const pool = painter.pool(4096);
      pool.buffer(width, height, { stride, offset });
      const { objectId, code, text } = await client.disconnected();
      assert.deepEqual([objectId, code], [pool.object.id, 1]);
      assert.match(text, /^invalid width, height or stride/);
    });
  }

  it("gets an error: a pool of no size", async (t) => {
    const { client, painter } = await painted(t);
    painter.pool(0, 4096);
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code, text], [painter.shm.id, 1, "invalid size (0)"]);
  });

  it("gets an error: a pool of what is no memory", async (t) => {
    const { client, painter } = await painted(t);
    const [end, otherEnd] = pipe();
    end.close();
    painter.shm.create("create_pool", otherEnd, 4096);
    const { objectId, code } = await client.disconnected();
    assert.deepEqual([objectId, code], [painter.shm.id, 2]);
  });

  it("gets an error: a pool that shrinks", async (t) => {
    const { client, painter } = await painted(t);
    const pool = painter.pool(4096);
    pool.object.send("resize", 4095);
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code, text], [pool.object.id, 2, "shrinking pool invalid"]);
  });

  it("gets an error when it shows what lies behind the end of its file, and nobody else notices", async (t) => {
    const stage = await painted(t);
    const { client, painter } = stage;
    const other = await stage.connect();
    const otherPainter = await Painter.start(t, other);
    const pool = painter.pool(1 << 20, 4096);
    const { surface } = await painter.surface();
    const buffer = pool.buffer(256, 256);
    present(surface, buffer);
    const { objectId, code, text } = await client.disconnected();
    assert.deepEqual([objectId, code], [buffer.object.id, 2]);
    assert.match(text, /256x256 pixels is shorter than its pool \(1048576 bytes\)/);
    const { surface: otherSurface, theirs } = await otherPainter.surface();
    const otherPool = otherPainter.pool(1024);
    otherPool.scribble(4);
    const otherBuffer = otherPool.buffer(16, 16);
    present(otherSurface, otherBuffer);
    await other.client.roundtrip();
    assert.deepEqual(shownOn(other.host, theirs)?.pixels(64), otherPool.pixels(otherBuffer, 64));
  });

  it("may have very many pools, and gets an error only when this process could not bear any more", async (t) => {
    const stage = await painted(t, { maxPools: 3000 });
    const { client, painter } = stage;
    const other = await stage.connect();
    const otherPainter = await Painter.start(t, other);
    const pools = async ({ client }: Pair, { shm }: Painter, count: number, isKept: boolean): Promise<void> => {
      for (let i = 1; i <= count; i++) {
        const pool = shm.create("create_pool", memfd("pool", 4096), 4096);
        if (!isKept) pool.send("destroy");
        if (i % 16 === 0) await client.roundtrip();
      }
      await client.roundtrip();
    };
    await pools(stage, painter, 5000, false);
    await pools(stage, painter, 2000, true);
    await pools(other, otherPainter, 1000, true);
    // Nobody has so many that another one who has some should get its.
    otherPainter.shm.create("create_pool", memfd("pool", 4096), 4096);
    const { objectId, code, text } = await other.client.disconnected();
    assert.deepEqual([objectId, code], [1, 2]);
    assert.match(text, /too many pools: this client has 1000, all together 3000/);
    await other.host.closed;
    await pools(stage, painter, 1000, true);
    const newcomer = await stage.connect();
    await pools(newcomer, await Painter.start(t, newcomer), 10, true);
    assert.match((await client.disconnected()).text, /it has 3000 pools of 3000, and another one needs some/);
  });

  it("costs no time and memory by damage without end", async (t) => {
    const { client, host, painter } = await painted(t);
    const pool = painter.pool(64 * 64 * 4);
    const buffer = pool.buffer(64, 64);
    const { surface, theirs } = await painter.surface();
    present(surface, buffer);
    surface.send("attach", buffer.object, 0, 0);
    for (let i = 0; i < 20_000; i++) surface.send("damage_buffer", (i * 7) % 64, (i * 13) % 64, 1, 1);
    pool.scribble(1);
    surface.send("commit");
    await client.roundtrip();
    assert.deepEqual(shownOn(host, theirs)?.pixels(256), pool.pixels(buffer, 256));
  });
});

describe("when the memory is used up", () => {
  const side = 64;
  const size = side * side * 4;

  it("what is idle is given up, also by other clients", async (t) => {
    const stage = await painted(t);
    const { client, host, painter, images } = stage;
    images.limit = 2 * size;
    const pool = painter.pool(size);
    const buffer = pool.buffer(side, side);
    const { surface, theirs } = await painter.surface();
    for (let i = 0; i < 3; i++) {
      present(surface, buffer);
      await client.roundtrip();
      shownOn(host, theirs)?.buffer.send("release");
    }
    await client.roundtrip();
    const other = await stage.connect();
    const otherPainter = await Painter.start(t, other);
    const otherPool = otherPainter.pool(size);
    const shows = [await otherPainter.surface(), await otherPainter.surface()];
    for (const [i, show] of shows.entries()) {
      otherPool.scribble(i);
      present(show.surface, otherPool.buffer(side, side));
      await other.client.roundtrip();
      assert.deepEqual(shownOn(other.host, show.theirs)?.bytes, Buffer.from(otherPool.bytes));
    }
    assert.equal(images.count, 2);
  });

  it("the client that needs more is disconnected, alone, with the numbers", async (t) => {
    const stage = await painted(t);
    const { client, painter, images, log } = stage;
    images.limit = 2 * size;
    const pool = painter.pool(size);
    const buffer = pool.buffer(side, side);
    const { surface } = await painter.surface();
    present(surface, buffer);
    await client.roundtrip();
    const other = await stage.connect();
    const otherPainter = await Painter.start(t, other);
    const otherBuffer = otherPainter.pool(size).buffer(side, side);
    for (const show of [await otherPainter.surface(), await otherPainter.surface()]) present(show.surface, otherBuffer);
    const { objectId, code, text } = await other.client.disconnected();
    assert.deepEqual([objectId, code], [1, 2]);
    assert.match(
      text,
      /64x64 pixels \(16384 bytes\): 32768 of 32768 bytes are in use; this client has 1 images with 16384/,
    );
    assert.ok(log.some((line) => line.startsWith("warn: ") && line.includes(text)));
    await other.host.closed;
    present(surface, buffer);
    await client.roundtrip();
  });
});

describe("when hogs have used up the memory", () => {
  const side = 64;
  const size = side * side * 4;

  /** A client that shows a picture on each of so many surfaces. */
  async function showing(t: Scope, pair: Pair, count: number): Promise<void> {
    const painter = await Painter.start(t, pair);
    const buffer = painter.pool(size).buffer(side, side);
    for (let i = 0; i < count; i++) present((await painter.surface()).surface, buffer);
    await pair.client.roundtrip();
  }

  it("the one that has most is disconnected for a client that needs some, and nobody else", async (t) => {
    const stage = await painted(t);
    const { images } = stage;
    images.limit = 40 * size;
    const [hog, lesser, innocent] = [stage, await stage.connect(), await stage.connect()];
    await showing(t, hog, 22);
    await showing(t, lesser, 18);
    await showing(t, innocent, 2);
    const { objectId, code, text } = await hog.client.disconnected();
    assert.deepEqual([objectId, code], [1, 2]);
    assert.match(
      text,
      /disconnected: it has 22 images with 360448 bytes of the host's memory, and another one needs some/,
    );
    await lesser.client.roundtrip();
    await innocent.client.roundtrip();
    assert.equal(images.count, 20);
  });

  it("nobody is disconnected if what is idle of its images is enough", async (t) => {
    const stage = await painted(t);
    const { client, host, images, painter } = stage;
    images.limit = 20 * size;
    const buffer = painter.pool(size).buffer(side, side);
    for (let i = 0; i < 19; i++) present((await painter.surface()).surface, buffer);
    const { surface, theirs } = await painter.surface();
    present(surface, buffer);
    await client.roundtrip();
    shownOn(host, theirs)?.buffer.send("release");
    await client.roundtrip();
    await showing(t, await stage.connect(), 1);
    await client.roundtrip();
    assert.equal(images.count, 20);
  });

  it("the one that has most is disconnected where the host refuses more images, too", async (t) => {
    const stage = await painted(t);
    const { images } = stage;
    images.maxCount = 100;
    const innocent = await stage.connect();
    await showing(t, stage, 99);
    await showing(t, innocent, 3);
    assert.match((await stage.client.disconnected()).text, /it has 99 images/);
    await innocent.client.roundtrip();
  });
});

describe("a buffer for the icon of a window", () => {
  it("is filled, and kept for as long as the icon", async (t) => {
    const { client, host, painter, images } = await painted(t, { globals: ["xdg_toplevel_icon_manager_v1 1"] });
    const manager = await client.bind("xdg_toplevel_icon_manager_v1");
    const icon = manager.create("create_icon");
    const pool = painter.pool(2048);
    pool.scribble(1);
    const buffer = pool.buffer(16, 16, { offset: 8 });
    icon.send("add_buffer", buffer.object, 1);
    const added = await host.expect("xdg_toplevel_icon_v1.add_buffer");
    const kept = contentOfBuffer(host, added.objectArg("buffer"));
    assert.deepEqual(kept.pixels(64), pool.pixels(buffer, 64));
    assert.equal(added.arg("scale"), 1);
    kept.buffer.send("release");
    await client.roundtrip();
    assert.equal(images.count, 1);
    icon.send("destroy");
    await client.roundtrip();
    assert.equal(images.count, 0);
  });
});
