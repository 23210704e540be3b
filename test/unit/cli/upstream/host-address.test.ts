// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostSocketPath } from "../../../../src/cli/upstream/host-address.ts";
import { UserError } from "../../../../src/errors.ts";

const runtime = "/run/user/1000";

describe("the host", () => {
  const found: [string, Record<string, string>, string][] = [
    ["is wayland-0 if nothing names it", { XDG_RUNTIME_DIR: runtime }, `${runtime}/wayland-0`],
    ["is named in the runtime directory", { XDG_RUNTIME_DIR: runtime, WAYLAND_DISPLAY: "w-5" }, `${runtime}/w-5`],
    ["may be an absolute path", { XDG_RUNTIME_DIR: runtime, WAYLAND_DISPLAY: "/mnt/host" }, "/mnt/host"],
    ["needs no runtime directory then", { WAYLAND_DISPLAY: "/mnt/host" }, "/mnt/host"],
    ["has no empty name", { XDG_RUNTIME_DIR: runtime, WAYLAND_DISPLAY: "" }, `${runtime}/wayland-0`],
    ["is not WAYLAND_SOCKET", { XDG_RUNTIME_DIR: runtime, WAYLAND_SOCKET: "3" }, `${runtime}/wayland-0`],
  ];
  for (const [name, environment, path] of found) {
    it(name, () => assert.equal(hostSocketPath(environment), path));
  }

  const impossible: [string, Record<string, string>, RegExp][] = [
    ["has no place without a runtime directory", {}, /XDG_RUNTIME_DIR is not set/],
    ["has none in an empty one", { XDG_RUNTIME_DIR: "" }, /XDG_RUNTIME_DIR is not set/],
    ["has none in a relative one", { XDG_RUNTIME_DIR: "tmp" }, /not an absolute path/],
    ["cannot be beyond 107 bytes", { WAYLAND_DISPLAY: `/${"h".repeat(107)}` }, /108 bytes/],
  ];
  for (const [name, environment, message] of impossible) {
    it(name, () =>
      assert.throws(
        () => hostSocketPath(environment),
        (error: unknown) => error instanceof UserError && message.test(error.message),
      ),
    );
  }
});
