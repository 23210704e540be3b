// SPDX-License-Identifier: Apache-2.0
/** The group whose members may connect, besides the user. */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { type Finding, failed, ok } from "../../check/finding.ts";
import { UserError } from "../../errors.ts";
import type { DisplaySocket } from "../../listen/display-socket.ts";
import { printable } from "../../log/printable.ts";
import type { OptionRow } from "./command-line.ts";

/** The option, which stands in a part of the program's help. */
export function socketGroupOption(group: string): OptionRow<string> {
  return {
    group,
    flags: "--socket-group <GROUP>",
    help: "let the members of this group connect, too; they must be able to reach the socket's directory",
  };
}

/**
 * Lets the members of a group, a name or a number, connect to a socket. Throws a UserError when there is no such group,
 * or we are not in it. The socket is closed then.
 */
export function letGroupConnect(display: DisplaySocket, group: string): void {
  try {
    chownSync(display.path, -1, idOf(group));
    chmodSync(display.path, 0o660);
  } catch (error) {
    display.close();
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot give ${display.path} to the group ${printable(group)}: are you a member of it?`);
  }
}

/** Says whether we could let the members of a group connect. Throws a UserError when there is no such group. */
export function checkGroup(group: string): Finding {
  const id = idOf(group);
  const isOurs = process.geteuid?.() === 0 || process.getegid?.() === id || process.getgroups?.().includes(id);
  const name = printable(group);
  if (!isOurs) return failed("group", `the socket cannot be given to ${name}, since this user is no member of it`);
  return ok("group", `members of ${name} may connect, too`);
}

/** The number of a group, which the system's databases know; libc alone reads all of them, so its tool is asked. */
function idOf(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  let entry = "";
  try {
    entry = execFileSync("getent", ["group", "--", group], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    // It says by its status that there is none.
  }
  const [, , id] = entry.split(":");
  if (id === undefined)
    throw new UserError(`there is no group "${printable(group)}": --socket-group takes one of yours`);
  return Number(id);
}
