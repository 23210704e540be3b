// SPDX-License-Identifier: Apache-2.0
/**
 * The places of running VMs in the runtime directory. Each has a socket by which others reach it, with a lock, and a
 * folder.
 */
import { constants, existsSync, fstatSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import type { InheritedSocket } from "../../listen/inherited-sockets.ts";
import { requireRuntimeDir } from "../../listen/socket-path.ts";
import { Fd } from "../../native/fd.ts";
import { isLocked } from "../../native/locks.ts";
import { foresee, removeTreeOutside, unlinkOutside } from "../../native/outside.ts";
import { lockExclusive } from "../../native/socket.ts";
import { FrameKind, frameBytes } from "../../vm/channel/frame.ts";
import { watchLeftovers } from "../../vm/host/leftovers.ts";
import type { Leftovers } from "../../vm/words.ts";

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

/** The name of a VM that was given none. */
export function madeUpName(): string {
  return `vm-${process.pid}`;
}

/** A name that is ours, with the socket at which others reach the VM. */
export class Claim {
  readonly fd: Fd;
  /** The files that are removed if we are killed. */
  readonly leftovers: Leftovers;
  readonly #release: () => void;

  /** @param release gives up the name; called whenever the process ends */
  constructor(fd: Fd, leftovers: Leftovers, release: () => void) {
    this.fd = fd;
    this.leftovers = leftovers;
    this.#release = release;
    foresee({ kind: "remove-tree", path: leftovers.folder });
  }

  /** Removes all files, and gives up the name. Idempotent. */
  removeFiles(): void {
    removeTreeOutside(this.leftovers.folder);
    this.#release();
  }
}

/** How long another process may take between the claim of a name and the first connection, in milliseconds. */
const CLAIM_TIMEOUT_MS = 2000;
const CLAIM_STEP_MS = 20;

/**
 * Takes a name for a VM to be started, or connects to the one that has it. The folder is made anew. Throws UserErrors.
 *
 * @param joins whether the one that has it will do
 * @param launcher the path of what removes the VM's files if we are killed
 */
export async function claimOrJoin(place: VmPlace, joins: boolean, launcher: string): Promise<Claim | Socket> {
  try {
    mkdirSync(dirname(place.socket), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(`no folder for the VM can be made: ${(error as Error).message}`);
  }
  const deadline = performance.now() + CLAIM_TIMEOUT_MS;
  let endWatch: (() => void) | null = null;
  for (;;) {
    const vm = joins ? await connectTo(place.socket) : null;
    if (vm !== null) {
      endWatch?.();
      return vm;
    }
    endWatch ??= watchLeftovers(launcher, place);
    try {
      const socket = DisplaySocket.open(undefined, place.socket);
      makeFolder(place);
      return new Claim(socket.fd, place, () => socket.close());
    } catch (error) {
      // Another process has the name, and no socket yet; or it cleans up after a killed owner.
      if (!(error instanceof UserError) || performance.now() > deadline) throw error;
      await sleep(CLAIM_STEP_MS);
    }
  }
}

/**
 * Takes a name whose socket a service manager has made, which stays when the VM ends. Throws a UserError when others would not
 * find the VM there, or when it runs.
 *
 * @param launcher the path of what removes the VM's files if we are killed
 */
export async function claimInherited(
  place: VmPlace,
  { fd, address }: InheritedSocket,
  launcher: string,
): Promise<Claim> {
  if (address !== place.socket) {
    throw new UserError(`the socket that was passed to us is ${address}: it has to be ListenStream=${place.socket}`);
  }
  // The socket is not ours to remove.
  const leftovers = { ...place, socket: join(place.folder, "none") };
  watchLeftovers(launcher, leftovers);
  const lock = await lockFile(place.lock);
  makeFolder(place);
  foresee({ kind: "unlink", path: place.lock });
  return new Claim(fd, leftovers, () => {
    if (lock.open) unlinkOutside(place.lock);
    lock.close();
    fd.close();
  });
}

/** Takes a lock, which what cleans up after a killed owner may have for a moment, and remove. Throws a UserError. */
async function lockFile(path: string): Promise<Fd> {
  const deadline = performance.now() + CLAIM_TIMEOUT_MS;
  for (;;) {
    const fd = Fd.openFile(path, constants.O_RDWR | constants.O_CREAT);
    const isOurs = lockExclusive(fd.raw);
    if (isOurs && fstatSync(fd.raw).ino === statSync(path, { throwIfNoEntry: false })?.ino) return fd;
    fd.close();
    if (isOurs) continue;
    if (performance.now() > deadline) throw new UserError(`the VM runs already (another program holds ${path})`);
    await sleep(CLAIM_STEP_MS);
  }
}

/** An earlier owner may have been killed, and with it what would have removed its folder. */
function makeFolder({ folder }: VmPlace): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
}

/** Whether a VM runs. To connect to a socket of a service manager would start one. */
function isRunning({ lock }: VmPlace): boolean {
  return isLocked(lock);
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
export function listVms(runtimeDir: string | undefined): string {
  const folder = vmsFolder(runtimeDir);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.includes(".")) : [];
  const running = names.sort().filter((name) => isRunning(vmPlace(runtimeDir, name)));
  return running.map((name) => `${name}\n`).join("");
}

/** Ends a VM, and resolves when it has ended. Throws a UserError when there is none. */
export async function stopVm(runtimeDir: string | undefined, name: string): Promise<void> {
  const place = vmPlace(runtimeDir, name);
  const socket = isRunning(place) ? await connectTo(place.socket) : null;
  if (socket === null) throw new UserError(`there is no VM named ${name}: --list shows those that run`);
  socket.write(frameBytes(FrameKind.stop, 0));
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
}
