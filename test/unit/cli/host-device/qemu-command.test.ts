// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { qemuCommand } from "../../../../src/cli/host-device/qemu-command.ts";
import { hostProgram, Place } from "../support.ts";

/** What is said about memory in a command with these arguments. */
function memoryOf(...args: string[]): string[] {
  return qemuCommand(["qemu", ...args], "/run/vm", "dev")
    .slice(1 + args.length)
    .slice(0, -6)
    .filter((arg) => !arg.startsWith("-"));
}

describe("a command that starts QEMU under wayland-proxy-host", () => {
  it("gets shared memory of the size that it says itself, however it does", () => {
    const object = (size: string): string => `memory-backend-memfd,id=wpmem,size=${size},share=on`;
    assert.deepEqual(memoryOf("-m", "4G"), [object("4G")]);
    assert.deepEqual(memoryOf("-m", "512"), [object("512M")]);
    assert.deepEqual(memoryOf("--m", "size=1.5G,slots=2"), [object("1.5G")]);
    assert.deepEqual(memoryOf("-m", "1G", "-smp", "2", "-m", "3G"), [object("3G")]);
    assert.deepEqual(memoryOf("-smp", "2"), ["2G", object("2G")]);
  });

  it("gets our device, at a path whose commas begin nothing new", () => {
    const args = qemuCommand(["qemu"], "/run/a,b", "dev").join(" ");
    assert.match(args, /-chardev socket,id=wpgpu,path=\/run\/a,,b -device dev,virtio-id=16,/);
  });

  it("runs when the device listens, and its end is ours", async (context) => {
    const place = new Place(context);
    await place.host();
    const socket = join(place.directory, "vm");
    const script = 'test -S "$1" && echo "started with $*" >&2; exit 7';
    const words = ["sh", "-c", script, "sh", socket, "-m", "1G"];
    const run = place.run(process.execPath, [hostProgram, "--socket", socket, "--", ...words]);
    await run.says(`started with ${socket} -m 1G -object memory-backend-memfd,id=wpmem,size=1G,share=on`);
    assert.equal(await run.ended, 7);
  });
});
