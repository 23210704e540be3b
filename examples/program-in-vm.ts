// SPDX-License-Identifier: Apache-2.0
// Runs programs in a VM that sees one folder of yours, without a network and without windows: here a shell that counts words.
//
//     node dist/examples/program-in-vm.js FOLDER
//
// QEMU, KERNEL and MODULES name what a VM is made of, if it is not this machine's own; ACCELERATION=tcg does without KVM.

import { resolve } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { startVm } from "wayland-proxy/vm";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: program-in-vm.js FOLDER");
const { QEMU: qemu, KERNEL: kernel, MODULES: modules, ACCELERATION: acceleration } = process.env;

const place = "/mnt/words";
await using vm = await startVm({
  ...{ qemu, kernel, modules, memory: 512 * 1024 ** 2 },
  acceleration: acceleration === "tcg" ? "tcg" : "auto",
  shares: [{ folder: resolve(folder), place, writable: false }],
});

// Its output as text.
const output = new PassThrough();
vm.run({ command: ["sh", "-c", "cat * | wc -w"], folder: place, output });
console.log(`${(await text(output)).trim()} words`);

// Its exit code, with its output here. What it writes is gone when the VM ends.
const { exitCode } = vm.run({ command: ["sh", "-c", "touch new || exit 3"], folder: place });
console.log(`the shell has ended with ${await exitCode}`);
