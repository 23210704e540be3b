// SPDX-License-Identifier: Apache-2.0
/**
 * The sandbox of QEMU: namespaces in which it has no network and no privileges. It sees the system's programs, the
 * sockets of this VM, and the folders that the guest shares. What a guest is not to see is not there.
 */
import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { OWN_FOLDER, SCRIPT } from "../boot/initramfs.ts";
import { Attribute, MountFlag, Namespace, Words } from "../words.ts";
import { callFilter } from "./call-filter.ts";
import { addSystemFolders, addTree, isInSystemFolders } from "./system-folders.ts";

/** A folder of the host that the guest sees. */
export interface Share {
  readonly folder: string;
  /** The place in the guest. */
  readonly place: string;
  readonly writable: boolean;
}

/** The places of things for QEMU. */
export const inSandbox = {
  root: "/guest-root",
  sockets: "/run/vm",
  kernel: "/boot/kernel",
  initramfs: "/boot/initramfs",
  image: "/run/image",
  layer: "/run/layer",
  sound: "/run/sound",
  share: (index: number): string => `/shares/${index}`,
} as const;

/** The names of the sockets in the folder of sockets. */
export const socketNames = { agent: "agent", network: "network", root: "root" } as const;

/** What the guest boots: a disk, in a file, or a kernel and folders. */
export type GuestSystem = { readonly kind: "image"; readonly file: string } | GuestFolders;

export interface GuestFolders {
  readonly kind: "folders";
  readonly kernel: string;
  readonly initramfs: string;
  /** The file with the guest's next steps. */
  readonly script: string;
  /** Its root; undefined: this system's own folders. */
  readonly tree: string | undefined;
  /** The program that serves the root; null: QEMU does. */
  readonly virtiofsd: string | null;
}

/** What the guest has of ours. */
export interface OwnPrograms {
  /** The package that we are, and the path of Node. */
  readonly package: string;
  readonly node: string;
}

/** The content of a sandbox. */
export interface SandboxContent extends OwnPrograms {
  /** An empty folder, which becomes the root. */
  readonly folder: string;
  /** The folder with the sockets of this VM. */
  readonly sockets: string;
  readonly system: GuestSystem;
  readonly shares: readonly Share[];
  /** The file with the layer that stays. */
  readonly layer: string | null;
  /** The socket of the sound server. */
  readonly soundSocket: string | null;
  readonly qemu: string;
  readonly devices: readonly string[];
  /** Whether QEMU may use the network. */
  readonly network: boolean;
  /** The process that starts it, with which it ends. */
  readonly parent: number;
}

/** The content of the sandbox of virtiofsd. */
export interface RootServerContent extends OwnPrograms {
  /** An empty folder, which becomes the root. */
  readonly folder: string;
  readonly system: GuestFolders;
  readonly program: string;
  /** The process that starts it, with which it ends. */
  readonly parent: number;
}

const CLOSED = Attribute.readOnly | Attribute.noSuid | Attribute.noDevices;
const WRITABLE = Attribute.noSuid | Attribute.noDevices;
/** Read-only, since root may write to /proc/sys without any capability. */
const PROC = MountFlag.readOnly | MountFlag.noSuid | MountFlag.noDevices;

/** The steps that make a sandbox and end in QEMU. */
export function sandboxWords(content: SandboxContent, qemuArguments: readonly string[]): Words {
  const { folder } = content;
  const words = new Words().guard(content.parent);
  beginSandbox(words, folder, content.network, content.qemu);
  addParts(words, content);
  const { system } = content;
  if (system.kind === "image") addOwn(words, content, join(folder, inSandbox.root));
  else if (system.virtiofsd === null) addGuestRoot(words, folder, system, content);
  for (const [index, share] of content.shares.entries()) {
    const target = inSandbox.share(index);
    words.mkdirs(folder, target).bind(share.folder, join(folder, target), share.writable ? WRITABLE : CLOSED);
  }
  return words
    .pivot(folder)
    .dropPrivileges()
    .filter(callFilter())
    .exec([realpathSync(content.qemu), ...qemuArguments]);
}

/**
 * The steps that make a sandbox like that of QEMU for virtiofsd, and end in it. It sees the guest's root and its own program.
 *
 * @param keptFiles how many of the files that are open it gets
 */
export function rootServerWords(content: RootServerContent, args: readonly string[], keptFiles: number): Words {
  const { folder, program, system } = content;
  const words = new Words().guard(content.parent);
  beginSandbox(words, folder, false, program);
  addDevice(words, folder, "/dev/null");
  addGuestRoot(words, folder, system, content);
  return words
    .pivot(folder)
    .dropPrivileges(keptFiles)
    .filter(callFilter())
    .exec([realpathSync(program), ...args]);
}

/** Begins a sandbox, in which a program has the system's folders, and a /proc of its own. */
function beginSandbox(words: Words, folder: string, network: boolean, path: string): void {
  enterNamespaces(words, folder, network);
  addSystemFolders(words, folder, join(folder, "hidden"));
  // Both servers of files reach there what they have open.
  words.mount("proc", join(folder, "proc"), "proc", PROC);
  const program = realpathSync(path);
  if (isInSystemFolders(program)) return;
  // A program of the user's own, with what lies beside it: its libraries, and QEMU's firmware.
  const home = dirname(dirname(program));
  words.mkdirs(folder, home).bind(home, join(folder, home), CLOSED);
}

/**
 * Begins namespaces of its own, in which `folder` is a file system in memory. Of the user's privileges there are those over
 * these namespaces alone.
 */
function enterNamespaces(words: Words, folder: string, network: boolean): void {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  let namespaces = Namespace.mounts | Namespace.ipc | Namespace.processes;
  if (uid !== 0) namespaces |= Namespace.user;
  if (!network) namespaces |= Namespace.network;
  words.unshare(namespaces);
  if (uid !== 0) {
    words.write("/proc/self/setgroups", "deny");
    words.write("/proc/self/uid_map", `${uid} ${uid} 1`).write("/proc/self/gid_map", `${gid} ${gid} 1`);
    // In namespaces of its own QEMU would have privileges again. A container may have made this file read-only.
    words.tryWrite("/proc/sys/user/max_user_namespaces", "0");
  }
  words.fork().mount("none", "/", "", MountFlag.private | MountFlag.recursive);
  words.mount("sandbox", folder, "tmpfs", MountFlag.noSuid | MountFlag.noDevices, "mode=755");
}

/**
 * Why no sandbox can be made here, with a remedy; null when one can.
 *
 * @param folder an empty one
 */
export function sandboxProblem(launcher: string, folder: string): string | null {
  const words = new Words();
  enterNamespaces(words, folder, false);
  const proc = join(folder, "proc");
  words.mkdir(proc).mount("proc", proc, "proc", PROC).pivot(folder);
  const { status, stderr } = spawnSync(launcher, words.continueWith("/proc/self/none").list, { encoding: "utf8" });
  // The last step is to fail: there is nothing to execute.
  if (status === 125 && /: continue /.test(stderr)) return null;
  return `${stderr.trim() || "it does not start"}; ${SANDBOX_REMEDY}`;
}

/** The remedy for what keeps users from making namespaces. */
export const SANDBOX_REMEDY: string =
  "let users make namespaces: sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000, and on Ubuntu " +
  "kernel.apparmor_restrict_unprivileged_userns=0; in a container, allow it mounts and an unmasked /proc; a chroot can have none";

function addDevice(words: Words, folder: string, device: string): void {
  words.create(join(folder, device)).bind(device, join(folder, device));
}

/** Adds what QEMU has besides. */
function addParts(words: Words, content: SandboxContent): void {
  const { folder } = content;
  words.mkdirs(folder, inSandbox.sockets).bind(content.sockets, join(folder, inSandbox.sockets), CLOSED);
  const { system } = content;
  if (system.kind === "image") bindFile(words, system.file, join(folder, inSandbox.image));
  else {
    words.mkdir(join(folder, "boot"));
    bindFile(words, system.kernel, join(folder, inSandbox.kernel));
    bindFile(words, system.initramfs, join(folder, inSandbox.initramfs));
  }
  if (content.layer !== null) bindFile(words, content.layer, join(folder, inSandbox.layer), WRITABLE);
  if (content.soundSocket !== null) bindFile(words, content.soundSocket, join(folder, inSandbox.sound));
  for (const device of content.devices) addDevice(words, folder, device);
  if (content.network) addNameservers(words, folder);
}

/** QEMU asks the name servers of this machine, whose list often lies elsewhere. */
function addNameservers(words: Words, folder: string): void {
  const list = realpathSync("/etc/resolv.conf");
  if (isInSystemFolders(list)) return;
  words.mkdirs(folder, dirname(list));
  bindFile(words, list, join(folder, list));
}

/** Adds what the guest sees as its root. */
function addGuestRoot(words: Words, folder: string, { tree, script }: GuestFolders, own: OwnPrograms): void {
  const root = join(folder, inSandbox.root);
  words.mkdir(root);
  if (tree === undefined) addSystemFolders(words, root, join(folder, "hidden-from-guest"));
  else {
    addTree(words, tree, root);
    words.mount("own", join(root, "run"), "tmpfs", MountFlag.noSuid | MountFlag.noDevices, "mode=755");
  }
  const place = join(root, OWN_FOLDER);
  addOwn(words, own, place);
  bindFile(words, script, join(place, SCRIPT));
}

/** Adds our programs, and Node. */
function addOwn(words: Words, { package: source, node }: OwnPrograms, folder: string): void {
  words.mkdir(folder).mkdir(join(folder, "package")).bind(source, join(folder, "package"), CLOSED);
  bindFile(words, node, join(folder, "node"));
}

function bindFile(words: Words, source: string, target: string, attributes: number = CLOSED): void {
  words.create(target).bind(source, target, attributes);
}
