// SPDX-License-Identifier: Apache-2.0
import { constants, readFileSync } from "node:fs";
import { SystemError } from "./errors.ts";
import { Fd } from "./fd.ts";

/**
 * Whether somebody has the flock(2) of a file or folder, as the kernel lists it. Whoever would try to take the lock instead
 * would have it for a moment, and be in the way of its next owner. False for a file
 * that is not there. Throws a SystemError for one that cannot be opened.
 */
export function isLocked(path: string): boolean {
  using fd = openIfThere(path);
  if (fd === null) return false;
  // What stat(2) says of the device is another number on some file systems (overlay, btrfs).
  const about = readFileSync(`/proc/self/fdinfo/${fd.raw}`, "latin1");
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\d+)$`, "m").exec(about)?.[1] ?? "";
  const mounts = readFileSync("/proc/self/mountinfo", "latin1");
  const [, major, minor] = new RegExp(`^${field("mnt_id")} \\d+ (\\d+):(\\d+) `, "m").exec(mounts) ?? [];
  const hex = (number: string | undefined): string => Number(number).toString(16).padStart(2, "0");
  const file = `${hex(major)}:${hex(minor)}:${field("ino")}`;
  const locks = readFileSync("/proc/locks", "latin1").split("\n");
  return locks.some((line) => / FLOCK /.test(line) && line.split(" ").includes(file));
}

function openIfThere(path: string): Fd | null {
  try {
    return Fd.openFile(path, constants.O_RDONLY);
  } catch (error) {
    if (error instanceof SystemError && error.code === "ENOENT") return null;
    throw error;
  }
}
