// SPDX-License-Identifier: Apache-2.0
/**
 * The guest's root by virtiofsd. It answers the guest in the memory that both have, without QEMU, in a sandbox that is like
 * QEMU's.
 */
import { readFileSync } from "node:fs";
import { hasModule } from "../boot/modules.ts";
import type { HelperCommand } from "./helper.ts";
import { inSandbox, type RootServerContent, rootServerWords } from "./sandbox.ts";

/** The places beside $PATH where distributions have it: Debian and Fedora, Arch. */
export const virtiofsdPlaces: readonly string[] = ["/usr/libexec/virtiofsd", "/usr/lib/virtiofsd"];

/** The descriptor of its listening socket. */
const LISTENING = 3;

/** How many files the guest has to be able to know. A desktop's /usr has a few hundred thousand, of which programs use some. */
const ENOUGH_FILES = 65_536;

/** How many it may know, since each of them holds memory of this machine's kernel. */
const MAX_FILES = 524_288;

/** What keeps virtiofsd from serving a root. */
export interface Hindrance {
  readonly reason: string;
  readonly remedy: string;
}

/**
 * Why a virtiofsd cannot serve the root of a guest; null when it can.
 *
 * @param help what it says of its options
 * @param modules the folder with the modules of the guest's kernel
 * @param uid of who starts it
 */
export function virtiofsdHindrance(
  help: string,
  modules: string,
  uid: number | undefined = process.geteuid?.(),
): Hindrance | null {
  if (uid === 0) {
    return { reason: "root's virtiofsd does not work without privileges", remedy: "run the VM as a user" };
  }
  // The first one, which was QEMU's, has no such option.
  if (!help.includes("--readonly"))
    return { reason: "it is too old, or does not start", remedy: "install a newer one" };
  if (!hasModule(modules, "fs/fuse/virtiofs")) {
    return { reason: `the kernel has no module virtiofs (looked in ${modules})`, remedy: "boot another kernel" };
  }
  return null;
}

/**
 * Why this user may not have as many files open as virtiofsd needs, which holds one for each that the guest knows; null when
 * it is enough.
 */
export function openFilesHindrance(limit: number = hardFdLimit()): Hindrance | null {
  if (limit >= ENOUGH_FILES) return null;
  const reason = `this user may have only ${limit} files open, and it needs one for each file that the VM knows`;
  return { reason, remedy: `raise the hard limit to ${ENOUGH_FILES} or more (ulimit -Hn, LimitNOFILE=)` };
}

function hardFdLimit(): number {
  const [, hard = ""] = /^Max open files +\S+ +(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard);
}

/** How it is started. It ends with QEMU's connection. */
export function virtiofsdCommand(
  content: RootServerContent,
  socket: string,
  limit: number = hardFdLimit(),
): HelperCommand {
  const words = rootServerWords(content, virtiofsdArguments(Math.min(limit, MAX_FILES)), LISTENING + 1);
  return { name: "virtiofsd", socket, words };
}

/** Returns its arguments. It keeps some of these files for itself, so that a guest that opens too many gets an error. */
function virtiofsdArguments(files: number): string[] {
  return [
    ...["--fd", `${LISTENING}`, "--shared-dir", inSandbox.root, "--readonly", "--cache", "always", "--xattr"],
    // It is in a sandbox that it could not make without privileges. To open a file by a handle takes some, too.
    ...["--sandbox", "none", "--inode-file-handles=never"],
    // For the guest it is one file system: an overlay does not look into others that are mounted in its lower folder.
    "--no-announce-submounts",
    // A program that lists a folder does not know all files in it.
    "--no-readdirplus",
    ...["--rlimit-nofile", `${files}`, "--log-level", "error"],
  ];
}
