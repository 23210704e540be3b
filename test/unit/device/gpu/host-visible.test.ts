// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { HostDeviceOptions } from "../../../../src/device/device.ts";
import { Fd } from "../../../../src/native/fd.ts";
import {
  F_SEAL_GROW,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  fileInfo,
  Mapping,
  memfd,
  seal,
} from "../../../../src/native/memory.ts";
import { pipe } from "../../../../src/native/pipe.ts";
import { openDescriptors } from "../../../support/descriptors.ts";
import type { FakeQemuOptions, WindowMap } from "../../../support/fake-qemu.ts";
import {
  ERR_OUT_OF_MEMORY,
  ERR_PARAMETER,
  ERR_UNSPEC,
  GpuGuest,
  gpu,
  OK,
  PAGE,
  typeOf,
  WINDOW,
} from "../../../support/gpu-guest.ts";

const MAPPED = 0x1106;

type Options = FakeQemuOptions & Partial<HostDeviceOptions>;

/** A memfd as contexts make them for images. */
function image(size: number): Fd {
  const fd = memfd("test-image", size);
  seal(fd.raw, F_SEAL_SHRINK | F_SEAL_GROW);
  return fd;
}

/** A guest with contexts from 1 on, whose blob ids all are images; blob id 0 means nothing. */
async function withImages(t: TestContext, contexts = 1, options: Options = {}): Promise<GpuGuest> {
  const guest = await GpuGuest.boot(t, options);
  guest.types.onCreate = ({ blobs }) => {
    for (let id = 1; id < 1024; id++) blobs.set(id, (size) => image(Math.ceil(size / PAGE) * PAGE));
  };
  for (let id = 1; id <= contexts; id++) await guest.run(gpu.createContext(id));
  return guest;
}

/** Gives the guest resource `id`, made of `fd`. */
async function give(guest: GpuGuest, id: number, size: number, fd: Fd): Promise<number> {
  guest.types.last.blobs.set(5000 + id, () => fd);
  return guest.run(gpu.hostBlob(1, id, 5000 + id, size));
}

function contentOf(map: WindowMap | undefined): Buffer {
  assert.ok(map);
  using mapping = Mapping.map(map.fd.raw, map.length);
  return Buffer.from(mapping.bytes);
}

test("a host blob appears in the window where the guest wants it", async (t) => {
  const guest = await withImages(t);
  assert.equal(await guest.run(gpu.hostBlob(1, 10, 1, 3 * PAGE)), OK);
  await guest.run(gpu.attach(1, 10));
  const { fd } = guest.types.last.setup.attached.get(10) ?? {};
  assert.ok(fd);
  const answer = await guest.send(gpu.map(10, 8 * PAGE));
  assert.equal(typeOf(answer), MAPPED);
  assert.equal(answer.readUInt32LE(24), 1, "cached");
  const map = guest.qemu.window.get(8 * PAGE);
  assert.equal(map?.length, 3 * PAGE);
  assert.equal(map && fileInfo(map.fd.raw).ino, fileInfo(fd.raw).ino);
  assert.deepEqual(guest.device.usage, { contexts: 1, resources: 1, hostBytes: 3 * PAGE, maps: 1, fences: 0 });
  assert.equal(await guest.run(gpu.unmap(10)), OK);
  assert.equal(guest.qemu.window.size, 0);
  assert.equal(await guest.run(gpu.unref(10)), OK);
  assert.equal(guest.device.usage.hostBytes, 0);
});

test("a place is checked before QEMU is asked", async (t) => {
  const guest = await withImages(t);
  for (const id of [1, 2, 3]) await guest.run(gpu.hostBlob(1, id, 1, 4 * PAGE));
  await guest.run(gpu.hostBlob(1, 4, 1, PAGE, 2));
  assert.equal(await guest.run(gpu.map(1, 4 * PAGE)), MAPPED);
  const refused: [string, number, number][] = [
    ["mapped already", 1, 0],
    ["not mappable", 4, 0],
    ["overlaps the end", 2, 7 * PAGE],
    ["overlaps the beginning", 2, PAGE],
    ["not aligned", 2, 100],
    ["beyond the window", 2, WINDOW - 3 * PAGE],
    ["far beyond", 2, 2 ** 52],
  ];
  for (const [what, id, offset] of refused) assert.equal(await guest.run(gpu.map(id, offset)), ERR_PARAMETER, what);
  assert.deepEqual(guest.qemu.shmemLog, [`map ${4 * PAGE}`]);
  assert.equal(await guest.run(gpu.map(2, 0)), MAPPED, "just before it");
  assert.equal(await guest.run(gpu.map(3, WINDOW - 4 * PAGE)), MAPPED, "at the end");
});

test("the guest reuses a place while QEMU is still busy with it", async (t) => {
  let release = (): void => {};
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const guest = await withImages(t, 1, { mapAnswer: () => blocked.then(() => 0) });
  for (const id of [1, 2]) await guest.run(gpu.hostBlob(1, id, 1, PAGE));
  const answers = [gpu.map(1, 0), gpu.unmap(1), gpu.unref(1), gpu.map(2, 0)].map((bytes) => guest.run(bytes));
  assert.equal(await answers[2], OK, "other commands do not wait");
  assert.equal(await guest.run(gpu.capsetInfo(0)), 0x1102);
  release();
  assert.deepEqual(await Promise.all(answers), [MAPPED, OK, OK, MAPPED]);
  assert.deepEqual(guest.qemu.shmemLog, ["map 0", "unmap 0", "map 0"]);
  assert.equal(guest.device.usage.maps, 1);
});

test("a map that QEMU refuses is an error, and leaves the place free", async (t) => {
  let answer = 1;
  const guest = await withImages(t, 1, { mapAnswer: () => answer });
  await guest.run(gpu.hostBlob(1, 1, 1, PAGE));
  await guest.run(gpu.hostBlob(1, 2, 1, PAGE));
  const answers = [gpu.map(1, 0), gpu.unmap(1)].map((bytes) => guest.run(bytes));
  assert.deepEqual(await Promise.all(answers), [ERR_UNSPEC, OK]);
  assert.deepEqual(guest.qemu.shmemLog, ["map 0"], "there is nothing to undo");
  answer = 0;
  assert.equal(await guest.run(gpu.map(2, 0)), MAPPED);
});

test("a mapped resource that is given up leaves the window", async (t) => {
  const guest = await withImages(t);
  await guest.run(gpu.hostBlob(1, 1, 1, PAGE));
  await guest.run(gpu.hostBlob(1, 2, 1, PAGE));
  await guest.run(gpu.map(1, 0));
  assert.equal(await guest.run(gpu.unref(1)), OK);
  assert.equal(await guest.run(gpu.map(2, 0)), MAPPED);
  assert.deepEqual(guest.qemu.shmemLog, ["map 0", "unmap 0", "map 0"]);
});

test("files that QEMU could not map, or another process could truncate, are copied", async (t) => {
  const guest = await withImages(t);
  const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-blob-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "keymap");
  const text = "xkb_keymap { };".repeat(500);
  writeFileSync(path, text);
  const filled = (size: number): Fd => {
    const fd = memfd("test-source", size);
    using mapping = Mapping.map(fd.raw, size, { writable: true });
    mapping.bytes.set(Buffer.from(text).subarray(0, size));
    return fd;
  };
  const sealed = filled(2 * PAGE);
  seal(sealed.raw, F_SEAL_SHRINK | F_SEAL_WRITE);
  using unshrinkable = filled(2 * PAGE);
  seal(unshrinkable.raw, F_SEAL_SHRINK);
  const sources: [string, Fd][] = [
    ["read-only", new Fd(openSync(path, "r"))],
    ["read-only, though sealed", new Fd(openSync(`/proc/self/fd/${unshrinkable.raw}`, "r"))],
    ["of an odd size", filled(text.length)],
    ["sealed", sealed],
    ["not sealed", filled(2 * PAGE)],
  ];
  for (const [i, [what, fd]] of sources.entries()) {
    const { ino } = fileInfo(fd.raw);
    assert.equal(await give(guest, i + 1, text.length, fd), OK, what);
    assert.equal(fd.open, false, what);
    assert.equal(await guest.run(gpu.map(i + 1, i * 4 * PAGE)), MAPPED, what);
    const map = guest.qemu.window.get(i * 4 * PAGE);
    assert.equal(contentOf(map).toString("latin1", 0, text.length), text, what);
    assert.notEqual(map && fileInfo(map.fd.raw).ino, ino, what);
  }
});

test("what cannot be mapped at all is refused", async (t) => {
  const guest = await withImages(t, 1, { memory: 2 * WINDOW });
  const before = openDescriptors();
  const [read, write] = pipe();
  assert.equal(await give(guest, 1, PAGE, read), ERR_UNSPEC);
  assert.equal(await give(guest, 2, PAGE, write), ERR_UNSPEC);
  const writeOnly = memfd("test", PAGE);
  const reopened = openSync(`/proc/self/fd/${writeOnly.raw}`, "w");
  writeOnly.close();
  assert.equal(await give(guest, 3, PAGE, new Fd(reopened)), ERR_UNSPEC);
  assert.equal(await give(guest, 4, 33 * 1024 * 1024, image(PAGE)), ERR_UNSPEC);
  assert.equal(guest.device.usage.resources, 0);
  assert.deepEqual(openDescriptors(), before);
});

test("a file shorter than the blob is filled up with zeros", async (t) => {
  const guest = await withImages(t);
  const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-blob-"));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "short"), "short");
  await give(guest, 1, PAGE, new Fd(openSync(join(directory, "short"), "r")));
  await guest.run(gpu.map(1, 0));
  assert.deepEqual(contentOf(guest.qemu.window.get(0)), Buffer.concat([Buffer.from("short"), Buffer.alloc(PAGE - 5)]));
});

test("each client gets as much of the host's memory as it leaves free for the next", async (t) => {
  const guest = await withImages(t, 3);
  assert.equal(await guest.run(gpu.hostBlob(1, 1, 1, WINDOW / 2)), OK);
  assert.equal(await guest.run(gpu.hostBlob(2, 2, 1, WINDOW / 4 + PAGE)), ERR_OUT_OF_MEMORY);
  assert.equal(await guest.run(gpu.hostBlob(2, 2, 1, WINDOW / 4)), OK);
  assert.equal(await guest.run(gpu.hostBlob(3, 3, 1, WINDOW / 8)), OK);
  assert.equal(await guest.run(gpu.hostBlob(3, 4, 1, 1)), ERR_OUT_OF_MEMORY);
  await guest.run(gpu.unref(1));
  assert.equal(await guest.run(gpu.hostBlob(3, 4, 1, 1)), OK);
});

test("one client gets no more than half of the memory, and of the maps, and is named", async (t) => {
  const guest = await withImages(t, 2);
  assert.equal(await guest.run(gpu.hostBlob(1, 1, 1, WINDOW / 2)), OK);
  assert.equal(await guest.run(gpu.hostBlob(1, 2, 1, 1)), ERR_OUT_OF_MEMORY);
  assert.match(
    guest.warnings.at(-1) ?? "",
    /context 1 \(test\) gets no more bytes of the host's memory: it has 33554432,/,
  );
  assert.equal(await guest.run(gpu.hostBlob(2, 2, 1, PAGE)), OK);
  await guest.run(gpu.unref(1));
  for (let id = 10; id < 250; id++) {
    await guest.run(gpu.hostBlob(1, id, 1, PAGE));
    assert.equal(await guest.run(gpu.map(id, id * PAGE)), MAPPED);
  }
  await guest.run(gpu.hostBlob(1, 250, 1, PAGE));
  assert.equal(await guest.run(gpu.map(250, 250 * PAGE)), ERR_OUT_OF_MEMORY);
  assert.match(guest.warnings.at(-1) ?? "", /context 1 \(test\) gets no more maps: it has 240,/);
  assert.equal(await guest.run(gpu.map(2, 2 * PAGE)), MAPPED);
  for (const id of [10, 11]) await guest.run(gpu.unref(id));
  assert.equal(await guest.run(gpu.map(250, 250 * PAGE)), MAPPED);
  await guest.run(gpu.unmap(250));
  assert.equal(await guest.run(gpu.map(250, 250 * PAGE)), MAPPED);
});

test("QEMU never gets as many maps as it aborts of, nor keeps one that it would crash with", async (t) => {
  const guest = await withImages(t, 60);
  let mapped = 0;
  for (let id = 1; id <= 490; id++) {
    await guest.run(gpu.hostBlob(1 + (id % 60), id, 1, PAGE));
    const type = await guest.run(gpu.map(id, id * PAGE));
    if (type === MAPPED) mapped++;
    else assert.equal(type, ERR_OUT_OF_MEMORY);
  }
  assert.ok(mapped > 460 && mapped <= 480, `${mapped}`);
  assert.equal(guest.qemu.announcements.length, mapped);
  assert.ok(guest.qemu.announcements.every((refused) => refused === 1));
  await guest.reboot();
  assert.equal(guest.qemu.crashed, null);
  assert.deepEqual(guest.device.usage, { contexts: 0, resources: 0, hostBytes: 0, maps: 0, fences: 0 });
});

test("a front-end that does not announce what it maps is not waited for", async (t) => {
  const guest = await withImages(t, 1, { announces: false });
  await guest.run(gpu.hostBlob(1, 1, 1, PAGE));
  assert.equal(await guest.run(gpu.map(1, 0)), MAPPED);
});
