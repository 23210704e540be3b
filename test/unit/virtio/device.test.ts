// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withRemedies } from "../../../src/cli/common/remedies.ts";
import { remedies } from "../../../src/cli/proxy/remedies.ts";
import { UserError } from "../../../src/errors.ts";
import { findDevice } from "../../../src/virtio/device.ts";
import { Param } from "../../../src/virtio/driver.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { FakeDriver, type FakeNode } from "../../support/fake-driver.ts";
import { hostKinds } from "../../support/fake-virtio-host.ts";

const render = "/dev/dri/renderD128";

function driverWith(nodes: Readonly<Record<string, FakeNode>>): FakeDriver {
  return new FakeDriver(hostKinds.ours, nodes);
}

/** The one line that tells the user what is wrong. */
function complaint(nodes: Readonly<Record<string, FakeNode>>, path?: string): string {
  const before = openDescriptors();
  let message = "";
  assert.throws(
    () => findDevice(driverWith(nodes), path),
    (error) => {
      assert.ok(error instanceof UserError);
      message = withRemedies(error.fact, error.details, remedies);
      return true;
    },
  );
  assert.deepEqual(openDescriptors(), before);
  assert.doesNotMatch(message, /\n/);
  return message;
}

describe("the device that leads to the host", () => {
  test("is the first node that can", () => {
    const nodes = { a: { driver: "i915" }, b: { params: { [Param.supportedCapsets]: 2 } }, c: {}, d: {} };
    assert.equal(findDevice(driverWith(nodes)).path, "c");
  });

  test("is the one that the user chose", () => {
    assert.equal(findDevice(driverWith({ a: {}, b: {} }), "b").path, "b");
  });

  test("may have a host whose images are a GPU's", () => {
    assert.equal(findDevice(new FakeDriver(hostKinds["crosvm with a GPU"])).gpuImages, true);
    assert.equal(findDevice(new FakeDriver(hostKinds.ours)).gpuImages, false);
  });

  const lacking: [string, FakeNode, RegExp, ours?: "not the host"][] = [
    ["may not be opened", { openError: "EACCES" }, /may not be opened by this user \(EACCES: .*group/, "not the host"],
    ["is not there", { openError: "ENOENT" }, /cannot be opened \(ENOENT\)/, "not the host"],
    ["is another GPU's", { driver: "amdgpu" }, /belongs to the driver amdgpu/, "not the host"],
    ["has no 3D", { params: { [Param.features3d]: 0 } }, /no 3D features/],
    ["has an old driver", { params: { [Param.contextInit]: undefined } }, /Linux 5\.16/, "not the host"],
    ["has no contexts", { params: { [Param.contextInit]: 0 } }, /no contexts.*CONTEXT_INIT/],
    ["has no blobs", { params: { [Param.resourceBlob]: 0 } }, /cannot share memory.*RESOURCE_BLOB/],
    ["has no window", { params: { [Param.hostVisible]: 0 } }, /no window for host memory.*hostmem/],
    ["has other contexts", { params: { [Param.supportedCapsets]: 0b10110 } }, /no cross-domain context.*1, 2, 4/],
    ["has none at all", { params: { [Param.supportedCapsets]: undefined } }, /no cross-domain context.*none/],
    ["has no Wayland", { capset: [1, 1 << 2, 0, 0] }, /cross-domain context without Wayland/],
  ];
  for (const [name, node, pattern, whose] of lacking) {
    test(`is none that ${name}, and the user learns why`, () => {
      const message = complaint({ [render]: node });
      assert.match(message, pattern);
      assert.ok(message.includes(render));
      // What the host has to be started with helps only where it is up to the host.
      if (whose === undefined) assert.match(message, /crosvm with .*--wayland-sock.*wayland-proxy-host/);
      else assert.doesNotMatch(message, /crosvm|QEMU/);
    });
  }

  test("is missing for a reason of each node's own", () => {
    const message = complaint({ [render]: { driver: "i915" }, card0: { openError: "EACCES" } });
    assert.match(message, /renderD128 belongs to.*; card0 may not be opened/);
  });

  test("is missing when there is no node at all", () => {
    assert.match(complaint({}), /no GPU node in \/dev\/dri: .*modprobe virtio-gpu/);
  });

  test("is not looked for elsewhere when the user chose one", () => {
    assert.match(complaint({ a: {}, b: { driver: "i915" } }, "b"), /: b belongs to/);
  });
});
