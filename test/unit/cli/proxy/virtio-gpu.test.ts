// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArguments, type Settings } from "../../../../src/cli/proxy/options.ts";
import { Place } from "../support.ts";

describe("the option --virtio-gpu", () => {
  const read: [string[], string | undefined, string[]][] = [
    [["--virtio-gpu"], "", []],
    [["--virtio-gpu", "foot", "-e", "top"], "", ["foot", "-e", "top"]],
    [["--virtio-gpu", "--", "foot"], "", ["foot"]],
    [["--virtio-gpu=/dev/dri/renderD129", "foot"], "/dev/dri/renderD129", ["foot"]],
    [["-v", "--tag", "[vm]", "--virtio-gpu", "foot"], "", ["foot"]],
    [["--tag=[vm]", "--virtio-gpu", "--hide", "wl_drm", "foot"], "", ["foot"]],
    [["foot", "--virtio-gpu"], undefined, ["foot", "--virtio-gpu"]],
    [["--", "--virtio-gpu", "x"], undefined, ["--virtio-gpu", "x"]],
    [["--tag", "--virtio-gpu"], undefined, []],
  ];
  for (const [args, node, command] of read) {
    it(`is read from: ${args.join(" ")}`, () => {
      const { virtioGpu, command: rest } = parseArguments(args) as Settings;
      assert.equal(virtioGpu, node);
      assert.deepEqual(rest, command);
    });
  }

  it("says what is wrong with a node, in a line, and starts nothing", async (context) => {
    const place = new Place(context);
    const proxy = place.proxy(["--virtio-gpu=/dev/null", "printf", "started"]);
    assert.equal(await proxy.ended, 1);
    assert.equal(proxy.stdout, "");
    assert.match(proxy.stderr, /^wayland-proxy: error: no GPU node leads.*: \/dev\/null is no GPU node\n$/);
  });
});
