// SPDX-License-Identifier: Apache-2.0
/** The command line of QEMU. */
import { ROOT_TAG } from "../boot/initramfs.ts";
import { AGENT_PORT } from "../channel/frame.ts";
import type { Acceleration } from "./acceleration.ts";
import { shareTag } from "./guest-steps.ts";
import { type Network, networkArguments } from "./network.ts";
import { inSandbox, type Share } from "./sandbox.ts";
import { type Sound, soundArguments } from "./sound.ts";

/** A VM, as far as QEMU is concerned. */
export interface Machine {
  readonly acceleration: Acceleration;
  /** The size in bytes. */
  readonly memory: number;
  readonly cpus: number;
  readonly shares: readonly Share[];
  readonly network: Network | null;
  /** The file with the layer that stays; null: what is written is in memory. */
  readonly layer: string | null;
  readonly sound: Sound | null;
  /** Further arguments. */
  readonly devices: readonly string[];
}

/** The names of the sockets in the folder of sockets. */
export const socketNames = { agent: "agent" } as const;

// Tests of the kernel's own ciphers, of an emulated timer, mitigations, and a random layout take half of an emulated boot.
const kernelArguments: Readonly<Record<Acceleration, readonly string[]>> = {
  kvm: ["cryptomgr.notests"],
  tcg: ["cryptomgr.notests", "no_timer_check", "mitigations=off", "nokaslr"],
};

/** All arguments behind the program's name. */
export function qemuArguments({
  acceleration,
  memory,
  cpus,
  shares,
  network,
  layer,
  sound,
  devices,
}: Machine): string[] {
  const size = `${memory}B`;
  const console = "console=ttyS0 panic=-1 reboot=t loglevel=4";
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-accel", acceleration, "-cpu", acceleration === "kvm" ? "host" : "max", "-smp", `${cpus}`],
    ...["-m", size, "-object", `memory-backend-memfd,id=memory,size=${size},share=on`],
    ...["-machine", "q35,memory-backend=memory"],
    ...["-kernel", inSandbox.kernel, "-initrd", inSandbox.initramfs],
    ...["-append", [console, ...kernelArguments[acceleration]].join(" ")],
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-chardev", `socket,id=agent,path=${inSandbox.sockets}/${socketNames.agent}`],
    ...["-device", "virtio-serial-pci", "-device", `virtserialport,chardev=agent,name=${AGENT_PORT}`],
    ...shareArguments(ROOT_TAG, inSandbox.root, false),
    ...shares.flatMap(({ writable }, index) => shareArguments(shareTag(index), inSandbox.share(index), writable)),
    ...(layer === null ? [] : layerArguments()),
    ...networkArguments(network),
    ...soundArguments(sound),
    ...devices,
  ];
}

function shareArguments(tag: string, path: string, writable: boolean): string[] {
  const access = writable ? "" : ",readonly=on";
  return ["-virtfs", `local,path=${path},mount_tag=${tag},security_model=none,multidevs=remap${access}`];
}

function layerArguments(): string[] {
  const file = `driver=file,filename=${inSandbox.layer},discard=unmap,node-name=layer`;
  return ["-blockdev", file, "-device", "virtio-blk-pci,drive=layer"];
}
