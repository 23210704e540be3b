// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fstatSync } from "node:fs";
import { describe, test } from "node:test";
import { pageSize } from "../../../src/native/memory.ts";
import { HostMemoryError, imageSize } from "../../../src/virtio/images.ts";
import { MAX_IMAGE_SIZE, SIZES_PER_OCTAVE } from "../../../src/virtio/limits.ts";
import { hostKinds } from "../../support/fake-virtio-host.ts";
import { scaled } from "../../support/patience.ts";
import { Setting } from "./support.ts";

describe("images on the host", () => {
  test("are memory that can be written, and say what they take", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { images } = (await setting.pair()).owner.transport;
    const image = await images.allocate(100_000);
    assert.ok(image.size >= 100_000);
    assert.equal(image.mapping.bytes.length, image.size);
    image.mapping.bytes.fill(7);
    assert.deepEqual([images.count, images.bytes], [1, image.size]);
    assert.equal([...setting.driver.files][0]?.handles, 0, "the dma-buf alone keeps it");
    image.close();
    image.close();
    assert.deepEqual([images.count, images.bytes], [0, 0]);
  });

  test("of one size are asked about once, and are different ones", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    const { images } = owner.transport;
    const made = await Promise.all([images.allocate(50_000), images.allocate(50_000), images.allocate(52_000)]);
    made.push(await images.allocate(50_001));
    assert.deepEqual(host.imageQuestions, [pageSize, imageSize(50_000)]);
    assert.equal(new Set(made.map(({ fd }) => fstatSync(fd.raw).ino)).size, 4);
    for (const image of made) image.close();
  });

  test("of different sizes are asked about one after the other", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { images } = (await setting.pair()).owner.transport;
    setting.driver.pause();
    const sizes = [10_000, 100_000, 1_000_000];
    const making = Promise.all(sizes.map((size) => images.allocate(size)));
    let isMade = false;
    void making.then(() => {
      isMade = true;
    });
    // The host answers a little at a time.
    while (!isMade) {
      setting.driver.resume();
      setting.driver.pause();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const [i, image] of (await making).entries()) {
      assert.equal(image.size, imageSize(sizes[i] as number));
      image.close();
    }
  });

  test("are not waited for by the event loop", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { images } = (await setting.pair()).owner.transport;
    setting.driver.pause();
    const making = images.allocate(10_000);
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(images.count, 0);
    setting.driver.resume();
    (await making).close();
  });

  test("fail by name when the window is full, and work again when it is not", {
    timeout: scaled(20_000),
  }, async (t) => {
    const setting = new Setting(t);
    setting.driver.window = 1_000_000;
    const { images } = (await setting.pair()).owner.transport;
    const first = await images.allocate(600_000);
    await assert.rejects(images.allocate(600_000), (error: Error) => {
      assert.ok(error instanceof HostMemoryError);
      assert.match(error.message, /window for host memory is full \(in use: 1 images with \d+ bytes\)/);
      return true;
    });
    first.close();
    (await images.allocate(600_000)).close();
  });

  test("can have as many bytes as a wl_buffer", { timeout: scaled(20_000) }, async (t) => {
    const { images } = (await new Setting(t).pair()).owner.transport;
    for (const size of [2 ** 30 + 1, 2 ** 31 - 1]) {
      const image = await images.allocate(size);
      assert.ok(image.mapping.bytes.length >= size);
      image.close();
    }
  });

  test("fail by name when they are too large", { timeout: scaled(20_000) }, async (t) => {
    const { images } = (await new Setting(t).pair()).owner.transport;
    await assert.rejects(images.allocate(MAX_IMAGE_SIZE + 1), HostMemoryError);
  });

  test("fail by name when the host refuses to make them", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { owner, host } = await setting.pair();
    host.refusesBlobs = true;
    await assert.rejects(owner.transport.images.allocate(10_000), HostMemoryError);
    assert.deepEqual(host.imageQuestions, [pageSize, imageSize(10_000), imageSize(10_000)], "it was asked again once");
    host.refusesBlobs = false;
    (await owner.transport.images.allocate(10_000)).close();
  });

  test("fail by name when the host has none", { timeout: scaled(20_000) }, async (t) => {
    const { owner, host } = await new Setting(t).pair();
    host.refusesImages = true;
    await assert.rejects(owner.transport.images.allocate(10_000), /the host has no such image/);
    host.refusesImages = false;
    (await owner.transport.images.allocate(10_000)).close();
  });

  test("of several clients do not block each other on a host that keeps one", {
    timeout: scaled(20_000),
  }, async (t) => {
    const setting = new Setting(t, hostKinds["crosvm with a GPU"]);
    const one = (await setting.pair()).owner.transport.images;
    const other = (await setting.pair()).owner.transport.images;
    const made = await Promise.all([one.allocate(10_000), other.allocate(20_000), one.allocate(30_000)]);
    for (const image of made) image.close();
  });

  test("that are being made end with the connection", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { transport } = (await setting.pair()).owner;
    setting.driver.pause();
    const making = transport.images.allocate(10_000);
    transport.close();
    await assert.rejects(making, { name: "ContextClosed" });
    await assert.rejects(transport.images.allocate(10_000), { name: "ContextClosed" });
  });

  test("outlive the connection until they are closed", { timeout: scaled(20_000) }, async (t) => {
    const setting = new Setting(t);
    const { transport } = (await setting.pair()).owner;
    const image = await transport.images.allocate(10_000);
    transport.close();
    image.mapping.bytes.fill(1);
    image.close();
  });
});

describe("the size of an image", () => {
  test("is a whole number of pages that wastes at most an eighth", () => {
    for (let size = 1; size < 2 ** 30; size = Math.ceil(size * 1.37)) {
      const rounded = imageSize(size);
      assert.ok(rounded >= size);
      assert.equal(rounded % pageSize, 0);
      assert.ok(rounded - size < Math.max(pageSize, size / SIZES_PER_OCTAVE), `${size} becomes ${rounded}`);
      assert.equal(imageSize(rounded), rounded);
    }
  });

  test("is one of a few", () => {
    const sizes = new Set<number>();
    for (let size = 2 ** 20 + 1; size <= 2 ** 21; size += 1000) sizes.add(imageSize(size));
    assert.equal(sizes.size, SIZES_PER_OCTAVE);
  });
});
