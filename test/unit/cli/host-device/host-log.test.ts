// SPDX-License-Identifier: Apache-2.0
/** The log of wayland-proxy-host, while a program of a VM is connected: a fake QEMU is in place of the VM. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileSays, Place, type Run } from "../support.ts";
import { VmProgram } from "./vm-program.ts";

/** wl_display.get_registry, and a request to no object. */
const getRegistry = Buffer.from(new Uint32Array([1, (12 << 16) | 1, 2]).buffer);
const nonsense = Buffer.from(new Uint32Array([77, (8 << 16) | 1]).buffer);

/** Starts the program, and a VM in which the program "foot" asks for the registry, and then makes a mistake. */
async function hostWithClient(
  context: TestContext,
  args: readonly string[],
  place: Place = new Place(context),
): Promise<{ place: Place; host: Run }> {
  await place.host();
  const path = join(place.directory, "vm.sock");
  // The compositor says nothing, and so would never say whether it has security contexts.
  const policy = join(place.directory, "policy.toml");
  writeFileSync(policy, "[defaults]\nsecurity-context = false\n");
  const host = place.deviceHost(["--socket", path, "--policy", policy, ...args]);
  await host.says("Start QEMU");
  const program = await VmProgram.connect(context, path, "foot");
  await program.send(getRegistry);
  await program.send(nonsense);
  return { place, host };
}

const registry = "wl_display@1.get_registry(registry=new wl_registry@2)";

describe("wayland-proxy-host", () => {
  it("logs with -v what programs in the VM say, on both sides, with the names that the guest gives them", async (t) => {
    const { host } = await hostWithClient(t, ["-v"]);
    await host.says("is disconnected");
    for (const side of ["client", "server"]) {
      assert.match(
        host.stderr,
        new RegExp(`^[\\d:.]+ \\[${side}\\] .*foot.* -> ${registry.replace(/[.()]/g, "\\$&")}$`, "m"),
      );
    }
    assert.match(host.stderr, /^wayland-proxy-host: warning: .*foot.* is disconnected: invalid object 77$/m);
  });

  it("writes JSON with --log-format json, and what it prints for QEMU stays on standard output", async (t) => {
    const { host } = await hostWithClient(t, ["-v", "--log-format", "json"]);
    await host.says("is disconnected");
    assert.match(host.stdout, /^Start QEMU/);
    const lines = host.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const sides = lines.filter(({ message }) => message === "get_registry").map(({ source }) => source);
    assert.deepEqual(sides, ["client", "server"]);
  });

  it("keeps its log to itself with --log-ring-path, and writes it when a program in the VM fails", async (t) => {
    const place = new Place(t);
    const log = join(place.directory, "log");
    const { host } = await hostWithClient(t, ["-v", "--log-ring-path", log], place);
    const text = await fileSays(log, "is disconnected");
    assert.match(text, /^wayland-proxy-host: log of wayland-proxy-host, pid \d+, dumped at /);
    assert.ok(text.includes(registry));
    assert.doesNotMatch(host.stderr, /get_registry|listening/);
  });

  it("takes commands on the control pipe beside its socket", async (t) => {
    const { place, host } = await hostWithClient(t, []);
    await host.says("is disconnected");
    writeFileSync(join(place.directory, "vm.sock-ctl"), "stats\n");
    await host.says("waiting 40 B and 0 fds for it");
  });

  it("refuses settings that make no sense", async (t) => {
    const place = new Place(t);
    const host = place.deviceHost(["--socket", join(place.directory, "vm.sock"), "--log-format", "xml"]);
    assert.equal(await host.ended, 1);
    assert.match(host.stderr, /^wayland-proxy-host: error: --log-format xml: there are text and json/);
  });
});
