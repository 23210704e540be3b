// SPDX-License-Identifier: Apache-2.0
/** A guest with a system of its own, from a disk image: the agent is a service there, and the user is one that it knows. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { SHARE_OPTIONS } from "../boot/initramfs.ts";
import { type GuestShare, type GuestUser, HOME_PLACE } from "../channel/messages.ts";
import { MountFlag, Words } from "../words.ts";

const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";

/** Where systems say which language they speak; the second is Debian's. */
const LOCALE_FILES = ["/etc/locale.conf", "/etc/default/locale"];

/** Looks up a user of the guest, with the variables that a login would set. Throws an Error that says what the guest lacks. */
export function findOwnUser(name: string): { readonly user: GuestUser; readonly runtimeDir: string } {
  const entry = execFileSync("getent", ["passwd", name], { encoding: "utf8" }).trim();
  const [, , uid = "", gid = "", , home = "/", shell = "/bin/sh"] = entry.split(":");
  const groups = execFileSync("id", ["-G", name], { encoding: "utf8" }).trim().split(" ").map(Number);
  const runtimeDir = `/run/user/${uid}`;
  if (!existsSync(runtimeDir)) throw new Error(`there is no ${runtimeDir}: run "loginctl enable-linger ${name}"`);
  const environment = {
    ...languageIn(LOCALE_FILES.find(existsSync)),
    ...{ PATH: DEFAULT_PATH, HOME: home, USER: name, LOGNAME: name, SHELL: shell, XDG_RUNTIME_DIR: runtimeDir },
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtimeDir}/bus`,
  };
  return { user: { uid: Number(uid), gid: Number(gid), groups, home, homeIsShared: false, environment }, runtimeDir };
}

/** The variables of language in a file, as locale.conf(5) has them. */
function languageIn(file: string | undefined): Record<string, string> {
  const text = file === undefined ? "" : readFileSync(file, "utf8");
  const found = text.matchAll(/^(LANG|LANGUAGE|LC_\w+)=["']?([^"'\n]*)/gm);
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name, value]));
}

/** Mounts folders of the host. Throws an Error when one cannot be mounted. */
export function mountShares(shares: readonly GuestShare[], { home }: GuestUser, launcher: string): void {
  for (const { tag, place, writable } of shares) {
    const path = place === HOME_PLACE ? home : place;
    const flags = MountFlag.noSuid | MountFlag.noDevices | (writable ? 0 : MountFlag.readOnly);
    const words = new Words().mkdirs("", path).mount(tag, path, "9p", flags, `${SHARE_OPTIONS},cache=none`);
    const { status, stderr } = spawnSync(launcher, words.exec(["true"]).list, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${path} cannot be mounted: ${stderr.trim()}`);
  }
}

/** Tells the user's service manager where displays are, for programs that it or its D-Bus starts. */
export function tellServiceManager(
  user: GuestUser,
  environment: Readonly<Record<string, string>>,
  launcher: string,
): void {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const command = ["systemctl", "--user", "set-environment", ...variables];
  const words = new Words().user(user.uid, user.gid, user.groups).exec(command);
  // There may be none, for which nothing else is lost.
  spawn(launcher, words.list, { env: { ...user.environment }, stdio: "ignore" }).on("error", () => {});
}
