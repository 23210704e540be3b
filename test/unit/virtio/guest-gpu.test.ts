// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GuestGpu as Wanted } from "../../../src/hooks/dmabuf/gpu.ts";
import { hostMemory } from "../../../src/virtio/blobs.ts";
import { GuestGpuContext } from "../../../src/virtio/context.ts";
import { findDevice } from "../../../src/virtio/device.ts";
import { BlobFlags, BlobMemory, Param } from "../../../src/virtio/driver.ts";
import { GuestGpu } from "../../../src/virtio/guest-gpu.ts";
import { fileWith, openDescriptors } from "../../support/descriptors.ts";
import { FakeDriver, type FakeNode } from "../../support/fake-driver.ts";
import { hostKinds } from "../../support/fake-virtio-host.ts";

/** A device file with known numbers in place of the node: 1 and 3, as Linux has it everywhere. */
const node = "/dev/null";

/** A device with these capability sets beside cross-domain, which virgl and others draw with. */
function driverWith(capsets: number, more: FakeNode = {}): FakeDriver {
  return new FakeDriver(hostKinds.crosvm, {
    [node]: { ...more, params: { [Param.supportedCapsets]: (1 << 5) | capsets } },
  });
}

describe("the GPU of a guest", () => {
  test("is none when the device offers no more than connections", () => {
    const before = openDescriptors();
    assert.equal(GuestGpu.open(findDevice(driverWith(0))), null);
    assert.deepEqual(openDescriptors(), before);
  });

  test("is named to programs by the numbers of the guest's node", () => {
    const driver = driverWith(1 << 2);
    const gpu = GuestGpu.open(findDevice(driver));
    const wanted: Wanted | null = gpu;
    assert.deepEqual(wanted?.device, Uint8Array.of(3, 1, 0, 0, 0, 0, 0, 0));
    assert.equal(wanted.path, node);
    gpu?.close();
    driver.close();
  });

  test("owns what it has made in the host's memory, and nothing else", async () => {
    const before = openDescriptors();
    const driver = driverWith(1 << 2);
    const gpu = GuestGpu.open(findDevice(driver));
    assert.ok(gpu);
    const program = GuestGpuContext.open(findDevice(driver, node));
    const { size, blobId } = (await program.imageRequirements(4096)) ?? assert.fail("the host has no images");
    const image = hostMemory(program.file, blobId, size);
    const { handle } = program.file.createBlob({
      memory: BlobMemory.guest,
      flags: BlobFlags.mappable | BlobFlags.shareable,
      size: 4096,
      blobId: 0,
    });
    const ownMemory = program.file.exportHandle(handle);
    const foreign = fileWith("a buffer of another device");
    for (let i = 0; i < 2; i++) {
      assert.equal(gpu.owns(image.raw), true);
      assert.equal(gpu.owns(ownMemory.raw), false);
      assert.equal(gpu.owns(foreign.raw), false);
    }
    // No dma-buf here has fences, nor is a dma-buf at all.
    assert.equal(gpu.fence(image.raw), null);
    for (const fd of [image, ownMemory, foreign]) fd.close();
    gpu.close();
    program.close();
    driver.close();
    assert.deepEqual(openDescriptors(), before);
  });
});
