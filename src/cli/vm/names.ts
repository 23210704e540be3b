// SPDX-License-Identifier: Apache-2.0
/** Where running VMs are: a folder for each in the runtime directory, with a socket by which others reach it. */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { requireRuntimeDir } from "../../listen/socket-path.ts";
import { FrameKind, frameBytes } from "../../vm/channel/frame.ts";

/** The socket in a VM's folder. */
export const CONTROL = "control";

/** The folder with all VMs of this user. */
function vmsFolder(runtimeDir: string | undefined): string {
  return join(requireRuntimeDir(runtimeDir), "wayland-proxy-vm");
}

/** The folder of a VM. */
function vmFolder(runtimeDir: string | undefined, name: string): string {
  return join(vmsFolder(runtimeDir), name);
}

/** Makes the folder of a VM. Throws a UserError. */
export function makeVmFolder(runtimeDir: string | undefined, name: string): string {
  const folder = vmFolder(runtimeDir, name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(`no folder for the VM can be made: ${(error as Error).message}`);
  }
  return folder;
}

/** Connects to a VM that runs; null when there is none of that name. */
export function connectToVm(runtimeDir: string | undefined, name: string): Promise<Socket | null> {
  const socket = createConnection(join(vmFolder(runtimeDir, name), CONTROL));
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

/** The names of the VMs that run. What others have left behind, who were killed, is removed. */
async function runningVms(runtimeDir: string | undefined): Promise<string[]> {
  const folder = vmsFolder(runtimeDir);
  const running: string[] = [];
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const socket = await connectToVm(runtimeDir, name);
    socket?.destroy();
    if (socket !== null) running.push(name);
  }
  return running;
}

/** A line for each VM that runs. */
export async function listVms(runtimeDir: string | undefined): Promise<string> {
  return (await runningVms(runtimeDir)).map((name) => `${name}\n`).join("");
}

/** Ends a VM, and resolves when it has ended. Throws a UserError when there is none. */
export async function stopVm(runtimeDir: string | undefined, name: string): Promise<void> {
  const socket = await connectToVm(runtimeDir, name);
  if (socket === null) throw new UserError(`there is no VM named ${name}: --list shows those that run`);
  socket.write(frameBytes(FrameKind.stop, 0));
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
}

/** Removes what is in the folder of a VM, and the folder. */
export function removeVmFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
