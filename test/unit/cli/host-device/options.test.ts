// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type HostSettings, parseHostArguments } from "../../../../src/cli/host-device/options.ts";
import { Place, type Run } from "../support.ts";

const hostProgram = fileURLToPath(new URL("../../../../bin/wayland-proxy-host.cjs", import.meta.url));

function settingsOf(...args: string[]): HostSettings {
  return parseHostArguments(["--socket", "gpu", ...args]) as HostSettings;
}

describe("the command line of wayland-proxy-host", () => {
  it("says what the VM may see, list by list", () => {
    const { tag, hide, expose } = settingsOf("--tag", "[vm] ", "--hide", "wl_drm,wp_viewporter", "--hide", "wl_shm");
    assert.equal(tag, "[vm] ");
    assert.deepEqual(hide, ["wl_drm", "wp_viewporter", "wl_shm"]);
    assert.deepEqual(expose, []);
    assert.deepEqual(settingsOf("--expose", "zwlr_screencopy_manager_v1=2").expose, ["zwlr_screencopy_manager_v1=2"]);
  });

  it("has sizes in binary units, and leaves them to the policy by default", () => {
    assert.equal(settingsOf().memory, undefined);
    assert.equal(settingsOf("--memory", "512M").memory, 512 * 2 ** 20);
  });

  for (const size of ["4", "0G", "4g", "-1M", "1.5G", ""]) {
    it(`refuses the size "${size}"`, () => {
      assert.throws(() => settingsOf(`--memory=${size}`), /is no size: write it as 512M or 4G/);
    });
  }

  it("has the number of the shared memory feature, which is that of a bit", () => {
    assert.equal(settingsOf().shmemFeature, undefined);
    assert.equal(settingsOf("--shmem-feature", "21").shmemFeature, 21);
    for (const bit of ["64", "x", "-1"]) {
      assert.throws(() => settingsOf(`--shmem-feature=${bit}`), /is no number of a feature: write one from 0 to 63/);
    }
  });

  it("takes no text for a device that would be more than its name for QEMU", () => {
    for (const text of ["", "a,b", "a b"]) {
      assert.throws(() => settingsOf(`--device=${text}`), /is no name of a device: write one such as vhost-user-test-/);
    }
  });

  const devices: [string[], string][] = [
    [[], "vhost-user-test-device-pci"],
    [["--device", "vhost-user-device-pci"], "vhost-user-device-pci"],
  ];
  for (const [args, device] of devices) {
    it(`prints QEMU's arguments with the device ${device}`, async (context) => {
      const place = new Place(context);
      await place.host();
      const socket = join(place.directory, "gpu");
      const host: Run = place.run(process.execPath, [hostProgram, "--socket", socket, ...args]);
      await host.says("listening on");
      const told = host.stdout + host.stderr;
      assert.match(told, new RegExp(` -device ${device},virtio-id=16,num_vqs=2,vq_size=256,config_size=16,chardev=`));
      assert.ok(told.includes(`path=${socket}`), told);
      host.child.kill("SIGTERM");
      assert.equal(await host.ended, 0);
    });
  }
});

describe("what the host program says to do", () => {
  it("names its own options, where it has one against the problem", async (context) => {
    const place = new Place(context);
    await place.host();
    const file = join(place.directory, "file");
    writeFileSync(file, "");
    const taken = place.deviceHost(["--socket", file]);
    assert.equal(await taken.ended, 1);
    assert.match(taken.stderr, /file exists and is not a socket: remove it, or give another path with --socket\n$/);
    const unknown = place.deviceHost(["--socket", join(place.directory, "vm"), "--expose", "entirely_different"]);
    assert.equal(await unknown.ended, 1);
    assert.match(unknown.stderr, /there is no interface "entirely_different"\n$/);
    const proxy = place.proxy(["--wayland-display", file]);
    assert.equal(await proxy.ended, 1);
    assert.match(proxy.stderr, /not a socket: remove it, or give another name with --wayland-display\n$/);
  });
});
