// SPDX-License-Identifier: Apache-2.0
/**
 * A program that runs a command as root of a VM whose owner is whoever starts this: an ordinary user, as virtiofsd needs it, which
 * serves the VM's root. It ends with the command's exit code; if the VM ends before, with 125 and the reason.
 */
import { tmpdir } from "node:os";
import { findKernel } from "../../../src/vm/boot/kernel.ts";
import { TemporaryPlace } from "../../../src/vm/host/place.ts";
import { launcherPath } from "../../../src/vm/launcher.ts";
import { RunningVm } from "../../../src/vm/run-vm.ts";
import { Vm } from "../../../src/vm/vm.ts";
import { bootPatience, virtiofsdPath, vmParts } from "./disposable.ts";
import { tree } from "./machine.ts";

const [program = "true", ...args] = process.argv.slice(2);
const { qemu, kernel, modules } = vmParts();
const launcher = launcherPath(tree);
const place = new TemporaryPlace(launcher);
const user = { uid: 0, gid: 0, groups: [], home: "/root", homeIsShared: false, environment: {} };
const runtimeDir = "/run/user/0";
const vm = await Vm.start({
  ...{ acceleration: "tcg", startLimit: bootPatience, memory: 2 ** 30, cpus: 1 },
  ...{ qemu, launcher, place, cache: tmpdir(), package: tree },
  ...{ shares: [], network: null, layer: null, sound: null, devices: [] },
  system: {
    ...{ kind: "folders", tree: undefined, virtiofsd: virtiofsdPath() },
    kernel: findKernel({ image: kernel, modules }),
  },
  guest: { user, hostname: "vm", runtimeDir, environment: {}, services: [] },
});
await using running = new RunningVm(vm, { home: user.home, runtimeDir }, () => place.close());
const failed = vm.ended.then(({ message, lines }) => {
  process.stderr.write(`the VM has ended: ${[message, ...lines].join("\n")}\n`);
  return 125;
});
await Promise.race([vm.ready.catch(() => {}), failed]);
process.exitCode = await running.run({ command: [program, ...args], input: process.stdin }).exitCode;
