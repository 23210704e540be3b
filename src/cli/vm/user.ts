// SPDX-License-Identifier: Apache-2.0
/** The user who runs us, and whose programs run in the VM. */
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Variables } from "../common/environment.ts";

export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly name: string;
  readonly home: string;
}

/** The user as the environment says, or the list of users; a container may have users that no list has. */
export function caller({ HOME, USER }: Variables): Caller {
  const uid = process.geteuid?.() ?? 0;
  const known = lookUp();
  return {
    uid,
    gid: process.getegid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
    name: known?.username ?? USER ?? `${uid}`,
    home: HOME?.startsWith("/") ? HOME : (known?.homedir ?? "/"),
  };
}

/**
 * A folder of the user by the XDG Base Directory Specification, for which a value that is empty or relative counts as none.
 *
 * @param place by default, in the home directory
 */
export function userFolder(variables: Variables, name: "XDG_DATA_HOME" | "XDG_CACHE_HOME", place: string): string {
  const folder = variables[name];
  return folder?.startsWith("/") ? folder : join(caller(variables).home, place);
}

function lookUp(): { username: string; homedir: string } | null {
  try {
    return userInfo();
  } catch {
    return null;
  }
}
