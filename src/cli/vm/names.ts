// SPDX-License-Identifier: Apache-2.0
/**
 * The places of running VMs in the runtime directory. Each has a socket by which others reach it, with a lock, and a
 * folder.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import { requireRuntimeDir } from "../../listen/socket-path.ts";
import { FrameKind, frameBytes } from "../../vm/channel/frame.ts";

/** The paths of the parts of a VM. Its socket is its name; no name has a dot. */
export interface VmPlace {
  readonly socket: string;
  readonly lock: string;
  readonly folder: string;
}

/** The folder with all VMs of this user. */
function vmsFolder(runtimeDir: string | undefined): string {
  return join(requireRuntimeDir(runtimeDir), "wayland-proxy-vm");
}

export function vmPlace(runtimeDir: string | undefined, name: string): VmPlace {
  const socket = join(vmsFolder(runtimeDir), name);
  return { socket, lock: `${socket}.lock`, folder: `${socket}.vm` };
}

/** How long another process may take between the claim of a name and the first connection, in milliseconds. */
const CLAIM_TIMEOUT_MS = 2000;
const CLAIM_STEP_MS = 20;

/**
 * Takes a name for a VM to be started, or connects to the one that has it. The folder is made anew. Throws UserErrors.
 *
 * @param joins whether the one that has it will do
 */
export async function claimOrJoin(place: VmPlace, joins: boolean): Promise<DisplaySocket | Socket> {
  try {
    mkdirSync(dirname(place.socket), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(`no folder for the VM can be made: ${(error as Error).message}`);
  }
  const deadline = performance.now() + CLAIM_TIMEOUT_MS;
  for (;;) {
    const vm = joins ? await connectTo(place.socket) : null;
    if (vm !== null) return vm;
    try {
      const socket = DisplaySocket.open(undefined, place.socket);
      // An earlier owner was killed, and what started it, too.
      rmSync(place.folder, { recursive: true, force: true });
      mkdirSync(place.folder, { mode: 0o700 });
      return socket;
    } catch (error) {
      // Another process has the name, and no socket yet.
      if (!joins || !(error instanceof UserError) || performance.now() > deadline) throw error;
      await sleep(CLAIM_STEP_MS);
    }
  }
}

/** Connects to the socket of a VM; null when nobody listens. */
function connectTo(path: string): Promise<Socket | null> {
  const socket = createConnection(path);
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

/** A line for each VM that runs. */
export async function listVms(runtimeDir: string | undefined): Promise<string> {
  const folder = vmsFolder(runtimeDir);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.includes(".")) : [];
  let lines = "";
  for (const name of names.sort()) {
    const socket = await connectTo(join(folder, name));
    socket?.destroy();
    if (socket !== null) lines += `${name}\n`;
  }
  return lines;
}

/** Ends a VM, and resolves when it has ended. Throws a UserError when there is none. */
export async function stopVm(runtimeDir: string | undefined, name: string): Promise<void> {
  const socket = await connectTo(vmPlace(runtimeDir, name).socket);
  if (socket === null) throw new UserError(`there is no VM named ${name}: --list shows those that run`);
  socket.write(frameBytes(FrameKind.stop, 0));
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
}
