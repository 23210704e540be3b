// SPDX-License-Identifier: Apache-2.0
/** The command line of QEMU. */
import { OWN_TAG, ROOT_TAG } from "../boot/initramfs.ts";
import type { Kernel } from "../boot/kernel.ts";
import { AGENT_PORT } from "../channel/frame.ts";
import type { Acceleration } from "./acceleration.ts";
import { shareTag } from "./guest-steps.ts";
import type { DiskImage } from "./image.ts";
import { type Network, networkArguments } from "./network.ts";
import { inSandbox, type Share, socketNames } from "./sandbox.ts";
import { type Sound, soundArguments } from "./sound.ts";

/** What a VM boots: a disk with a system of its own, or a kernel and folders of this machine. */
export type System = DiskImage | Folders;

/** A kernel, and its root, read-only. */
export interface Folders {
  readonly kind: "folders";
  readonly kernel: Kernel;
  /** A tree to boot from; undefined: the system's own folders. */
  readonly tree: string | undefined;
  /** The path of virtiofsd, which serves the root; null: QEMU does, by 9p. */
  readonly virtiofsd: string | null;
}

/** A VM, as far as QEMU is concerned. */
export interface Machine {
  readonly acceleration: Acceleration;
  /** The size in bytes. */
  readonly memory: number;
  readonly cpus: number;
  readonly shares: readonly Share[];
  readonly network: Network | null;
  readonly system: System;
  /** The file with the layer that stays; null: what is written is in memory. */
  readonly layer: string | null;
  readonly sound: Sound | null;
  /** Further arguments. */
  readonly devices: readonly string[];
}

// Tests of the kernel's own ciphers, of an emulated timer, mitigations, and a random layout take half of an emulated boot.
const kernelParameters: Readonly<Record<Acceleration, readonly string[]>> = {
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
  system,
  layer,
  sound,
  devices,
}: Machine): string[] {
  const size = `${memory}B`;
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-accel", acceleration, "-cpu", acceleration === "kvm" ? "host" : "max", "-smp", `${cpus}`],
    ...["-m", size, "-object", `memory-backend-memfd,id=memory,size=${size},share=on`],
    // Without graphics, firmware and boot loaders write to the serial port.
    ...["-machine", "q35,memory-backend=memory,graphics=off"],
    ...(system.kind === "image" ? diskArguments(system, layer !== null) : kernelArguments(acceleration)),
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-chardev", `socket,id=agent,path=${inSandbox.sockets}/${socketNames.agent}`],
    ...["-device", "virtio-serial-pci", "-device", `virtserialport,chardev=agent,name=${AGENT_PORT}`],
    ...rootArguments(system),
    ...shares.flatMap(({ writable }, index) => shareArguments(shareTag(index), inSandbox.share(index), writable)),
    ...(layer === null || system.kind === "image" ? [] : layerArguments()),
    ...networkArguments(network),
    ...soundArguments(sound),
    ...devices,
  ];
}

function kernelArguments(acceleration: Acceleration): string[] {
  const console = "console=ttyS0 panic=-1 reboot=t loglevel=4";
  return [
    ...["-kernel", inSandbox.kernel, "-initrd", inSandbox.initramfs],
    ...["-append", [console, ...kernelParameters[acceleration]].join(" ")],
  ];
}

/**
 * The disk that firmware boots from. The image is only read, so that several VMs can have it. What is written goes to the layer
 * that stays, or to a file in the memory of the sandbox.
 */
function diskArguments({ format }: DiskImage, hasLayer: boolean): string[] {
  const device = ["-device", "virtio-blk-pci,drive=disk,bootindex=0"];
  if (!hasLayer) return ["-drive", `if=none,id=disk,format=${format},file=${inSandbox.image},snapshot=on`, ...device];
  return [
    ...["-blockdev", `driver=file,filename=${inSandbox.image},read-only=on,node-name=image-file`],
    ...["-blockdev", `driver=${format},file=image-file,read-only=on,node-name=image`],
    ...["-blockdev", `driver=file,filename=${inSandbox.layer},discard=unmap,node-name=layer-file`],
    ...["-blockdev", "driver=qcow2,file=layer-file,backing=image,discard=unmap,node-name=disk"],
    ...device,
  ];
}

/** The share with the root, or beside the root on a disk. */
function rootArguments(system: System): string[] {
  if (system.kind === "image") return shareArguments(OWN_TAG, inSandbox.root, false);
  if (system.virtiofsd === null) return shareArguments(ROOT_TAG, inSandbox.root, false);
  const socket = `socket,id=root,path=${inSandbox.sockets}/${socketNames.root}`;
  return ["-chardev", socket, "-device", `vhost-user-fs-pci,chardev=root,tag=${ROOT_TAG},queue-size=1024`];
}

function shareArguments(tag: string, path: string, writable: boolean): string[] {
  const access = writable ? "" : ",readonly=on";
  return ["-virtfs", `local,path=${path},mount_tag=${tag},security_model=none,multidevs=remap${access}`];
}

function layerArguments(): string[] {
  const file = `driver=file,filename=${inSandbox.layer},discard=unmap,node-name=layer`;
  return ["-blockdev", file, "-device", "virtio-blk-pci,drive=layer"];
}
