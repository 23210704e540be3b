// SPDX-License-Identifier: Apache-2.0
/**
 * The arguments that QEMU has to be started with, so that the VM has our device. The user adds them, or they go into
 * a command of the user's.
 */

/** The machine's memory where a command does not say it: QEMU's own 128 MiB are enough for no desktop. */
const DEFAULT_SIZE = "2G";

/** The arguments as a text for people. */
export function qemuInstructions(path: string, device: string): string {
  return [
    "Start QEMU (11.1 or newer) with these arguments; SIZE is the machine's memory, the same in both places:",
    "",
    "  -m SIZE -object memory-backend-memfd,id=wpmem,size=SIZE,share=on -machine q35,memory-backend=wpmem \\",
    `  -chardev socket,id=wpgpu,path=${path} \\`,
    `  -device ${deviceArgument(device)}`,
    "",
    "",
  ].join("\n");
}

/** A command that starts QEMU, with what it needs for our device. */
export function qemuCommand(command: readonly string[], path: string, device: string): string[] {
  const size = memoryOf(command);
  return [
    ...command,
    ...(size === undefined ? ["-m", DEFAULT_SIZE] : []),
    ...["-object", `memory-backend-memfd,id=wpmem,size=${size ?? DEFAULT_SIZE},share=on`],
    // QEMU joins what several of these say.
    ...["-machine", "memory-backend=wpmem"],
    // A comma begins the next value, unless it is doubled.
    ...["-chardev", `socket,id=wpgpu,path=${path.replaceAll(",", ",,")}`],
    ...["-device", deviceArgument(device)],
  ];
}

function deviceArgument(device: string): string {
  return `${device},virtio-id=16,num_vqs=2,vq_size=256,config_size=16,chardev=wpgpu`;
}

/** The size that `-m 4G`, `-m 4096` (in MiB) or `-m size=4G,slots=…` says, as an object of memory takes it; the last counts. */
function memoryOf(command: readonly string[]): string | undefined {
  const given = command.filter((_, index) => /^--?m$/.test(command[index - 1] ?? "")).at(-1);
  const [, size] = /^(?:size=)?([\d.]+[bkmgtBKMGT]?)(?:,|$)/.exec(given ?? "") ?? [];
  return size !== undefined && /\d$/.test(size) ? `${size}M` : size;
}
