// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { takeEnvironment } from "../../../../src/cli/common/environment.ts";
import { keptFile } from "../../../../src/cli/vm/kept.ts";
import { cacheFolder } from "../../../../src/cli/vm/machine.ts";

describe("the folders of VMs", () => {
  const folders = (data?: string, cache?: string): [string, string] => {
    const inheritable = { HOME: "/home/user", XDG_DATA_HOME: data, XDG_CACHE_HOME: cache };
    const environment = { ...takeEnvironment(), inheritable };
    return [keptFile(environment, "mail"), cacheFolder(environment)];
  };
  const byDefault = ["/home/user/.local/share/wayland-proxy-vm/mail/layer.ext4", "/home/user/.cache/wayland-proxy-vm"];

  it("are the user's own, or where the variables of the XDG Base Directory Specification say", () => {
    assert.deepEqual(folders(), byDefault);
    assert.deepEqual(folders("/data", "/cache"), ["/data/wayland-proxy-vm/mail/layer.ext4", "/cache/wayland-proxy-vm"]);
  });

  it("do not depend on the folder that we are started in: empty and relative variables count as unset", () => {
    assert.deepEqual(folders("", ""), byDefault);
    assert.deepEqual(folders("data", "./cache"), byDefault);
  });
});
