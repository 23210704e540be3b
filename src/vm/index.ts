// SPDX-License-Identifier: Apache-2.0
/**
 * The names that programs import from "wayland-proxy/vm": programs in disposable VMs of QEMU. Nothing here knows of windows.
 *
 * @module wayland-proxy/vm
 */
export { type ProblemCode, type ProblemDetails, UserError } from "../errors.ts";
export type { TerminalSize } from "./channel/messages.ts";
export type { PublishedPort } from "./host/network.ts";
export type { Share } from "./host/sandbox.ts";
export type { Sound } from "./host/sound.ts";
export {
  type MachineOptions,
  type ProgramOptions,
  RunningVm,
  runVm,
  startVm,
  type VmProgram,
} from "./run-vm.ts";
export { VmError } from "./vm.ts";
