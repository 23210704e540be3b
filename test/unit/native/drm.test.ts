// SPDX-License-Identifier: Apache-2.0
/**
 * What can be tested of the ioctls without a virtio-gpu device. That the kernel reads and stores what is meant, the
 * tests in a virtual machine show.
 */
import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { native } from "../../../src/native/binding.ts";
import {
  contextInit,
  createBlob,
  DMA_BUF_SYNC_READ,
  drmVersion,
  execbuffer,
  exportSyncFile,
  fdToHandle,
  gemClose,
  getCaps,
  getParam,
  handleToFd,
  mapOffset,
  readDrmEvents,
  resourceInfo,
} from "../../../src/native/drm.ts";
import { memfd } from "../../../src/native/memory.ts";
import { pipe, writeFd } from "../../../src/native/pipe.ts";
import { openDescriptors } from "../../support/descriptors.ts";

const bytes = new Uint8Array(24);
const handles = Int32Array.of(1, 2);

const calls: { name: string; call(fd: number): unknown }[] = [
  { name: "DRM_IOCTL_VERSION", call: drmVersion },
  { name: "DRM_IOCTL_VIRTGPU_GETPARAM", call: (fd) => getParam(fd, 3) },
  { name: "DRM_IOCTL_VIRTGPU_GET_CAPS", call: (fd) => getCaps(fd, 5, 0, 16) },
  {
    name: "DRM_IOCTL_VIRTGPU_CONTEXT_INIT",
    call: (fd) =>
      contextInit(fd, [
        [1, 5],
        [2, 2],
        [3, 2],
      ]),
  },
  {
    name: "DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB",
    call: (fd) => createBlob(fd, { mem: 1, flags: 1, size: 4096, blobId: 0xffffffff }),
  },
  { name: "DRM_IOCTL_VIRTGPU_MAP", call: (fd) => mapOffset(fd, 1) },
  { name: "DRM_IOCTL_VIRTGPU_EXECBUFFER", call: (fd) => execbuffer(fd, bytes, 8, 16) },
  {
    name: "DRM_IOCTL_VIRTGPU_EXECBUFFER",
    call: (fd) => execbuffer(fd, bytes, 0, 24, { ringIdx: 1, handles, fenceOut: true }),
  },
  { name: "DRM_IOCTL_VIRTGPU_RESOURCE_INFO", call: (fd) => resourceInfo(fd, 1) },
  { name: "DRM_IOCTL_PRIME_HANDLE_TO_FD", call: (fd) => handleToFd(fd, 1) },
  { name: "DRM_IOCTL_PRIME_FD_TO_HANDLE", call: (fd) => fdToHandle(fd, 0) },
  { name: "DRM_IOCTL_GEM_CLOSE", call: (fd) => gemClose(fd, 1) },
  { name: "DMA_BUF_IOCTL_EXPORT_SYNC_FILE", call: (fd) => exportSyncFile(fd, DMA_BUF_SYNC_READ) },
];

test("a file that is no DRM device is reported by each call's own name", () => {
  const before = openDescriptors();
  const nothing = openSync("/dev/null", "r+");
  const file = memfd("test-drm", 4096);
  for (const { name, call } of calls) {
    for (const fd of [nothing, file.raw])
      assert.throws(() => call(fd), { name: "SystemError", syscall: name, code: "ENOTTY" });
    assert.throws(() => call(2 ** 30), { name: "SystemError", syscall: name, code: "EBADF" });
  }
  closeSync(nothing);
  file.close();
  assert.deepEqual(openDescriptors(), before);
});

/** A stream of events as from a DRM device: a type, the length of the event, and what belongs to it. */
function eventStream(t: TestContext, ...events: Uint32Array[]): number {
  const [read, write] = pipe();
  t.after(() => read.close());
  for (const event of events) writeFd(write.raw, new Uint8Array(event.buffer), 0, event.byteLength);
  write.close();
  return read.raw;
}

const SIGNALED = Uint32Array.of(0x90000000, 8);
const VBLANK = Uint32Array.of(1, 32, 0, 0, 0, 0, 0, 0);

test("signalled fences are counted among events of every length", (t) => {
  assert.equal(readDrmEvents(eventStream(t, SIGNALED)), 1);
  assert.equal(readDrmEvents(eventStream(t, SIGNALED, VBLANK, SIGNALED, SIGNALED)), 3);
  assert.equal(readDrmEvents(eventStream(t, VBLANK)), 0);
  const many = eventStream(t, ...new Array<Uint32Array>(600).fill(SIGNALED));
  assert.deepEqual([readDrmEvents(many), readDrmEvents(many), readDrmEvents(many)], [512, 88, 0]);
});

test("an event whose length cannot be ends the count rather than hang it", (t) => {
  for (const length of [0, 7, 9, 0xffffffff]) {
    assert.equal(readDrmEvents(eventStream(t, Uint32Array.of(0x90000000, length))), 1);
  }
  assert.equal(readDrmEvents(eventStream(t, Uint32Array.of(0x90000000))), 0);
});

test("without events nothing blocks, and a device that is gone is an error", () => {
  const [read, write] = pipe();
  assert.equal(readDrmEvents(read.raw), 0);
  for (const end of [read, write]) end.close();
  assert.throws(() => readDrmEvents(2 ** 30), { name: "SystemError", code: "EBADF" });
});

test("arguments of the wrong kind throw a TypeError", () => {
  const out = new Int32Array(3);
  const wrong: [(...values: never[]) => unknown, unknown[]][] = [
    [native.drmVersion, [0]],
    [native.drmGetParam, [0, -1]],
    [native.drmGetCaps, [0, 5, 0, new ArrayBuffer(16)]],
    [native.drmContextInit, [0, new Int32Array(18), 9]],
    [native.drmContextInit, [0, new Int32Array(3), 2]],
    [native.drmCreateBlob, [0, 1, 1, -1, 0, out]],
    [native.drmCreateBlob, [0, 1, 1, 1, 2 ** 53, out]],
    [native.drmCreateBlob, [0, 1, 1, 1, 0, new Int32Array(1)]],
    [native.drmMapOffset, [0, 0.5]],
    [native.drmExecbuffer, [0, bytes, 0, 25, -1, handles, 0, false]],
    [native.drmExecbuffer, [0, bytes, 0, 24, -2, handles, 0, false]],
    [native.drmExecbuffer, [0, bytes, 0, 24, 1, handles, 3, false]],
    [native.drmExecbuffer, [0, bytes, 0, 24, 1, handles, 2, 0]],
    [native.drmResourceInfo, [0, 1, new Int32Array(2)]],
    [native.drmHandleToFd, [0, -1]],
    [native.drmFdToHandle, [0, -1]],
    [native.drmGemClose, [0]],
    [native.drmReadEvents, ["0"]],
    [native.exportSyncFile, [0, -1]],
  ];
  for (const [call, values] of wrong) assert.throws(() => Reflect.apply(call, null, values), TypeError, call.name);
});
