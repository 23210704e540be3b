// SPDX-License-Identifier: Apache-2.0
/** Prepares what a guest has to have before the first program runs, which udev, systemd and logind do elsewhere. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { GuestSetup, GuestUser } from "../channel/messages.ts";

/** Folders of devices that programs may use. */
const deviceFolders = ["/dev/dri", "/dev/snd"];

/** The links that programs and shells expect in /dev, which the kernel does not make (`cat <(ls)` in bash needs the first). */
const deviceLinks = {
  fd: "/proc/self/fd",
  stdin: "/proc/self/fd/0",
  stdout: "/proc/self/fd/1",
  stderr: "/proc/self/fd/2",
};

const MACHINE_ID = "/etc/machine-id";

/** Makes all of it, and returns whose programs run. */
export function prepareGuest(setup: GuestSetup): { readonly user: GuestUser; readonly runtimeDir: string } {
  const { user, hostname, runtimeDir, nameserver, isKept } = setup;
  writeFileSync("/proc/sys/kernel/hostname", hostname);
  replaceFile("/etc/hostname", `${hostname}\n`);
  // That of the host is not to be seen, so that there is one only if it was made here before.
  if (!isKept || readIfThere(MACHINE_ID) === "") replaceFile(MACHINE_ID, `${randomBytes(16).toString("hex")}\n`);
  if (nameserver !== null) replaceFile("/etc/resolv.conf", `nameserver ${nameserver}\n`);
  for (const [name, target] of Object.entries(deviceLinks)) symlinkSync(target, join("/dev", name));
  for (const folder of deviceFolders.filter(existsSync)) {
    for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isCharacterDevice())) {
      chmodSync(join(folder, name), 0o666);
    }
  }
  mkdirSync(runtimeDir, { recursive: true });
  chownSync(runtimeDir, user.uid, user.gid);
  chmodSync(runtimeDir, 0o700);
  if (!user.homeIsShared) makeHome(user);
  return { user, runtimeDir };
}

function makeHome(user: GuestUser): void {
  mkdirSync(user.home, { recursive: true });
  chownSync(user.home, user.uid, user.gid);
  chmodSync(user.home, 0o700);
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Writes a file that may be here a link to what is not there. */
function replaceFile(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text);
}
