// SPDX-License-Identifier: Apache-2.0
/** The part of a machine's root that a guest can see: the named folders, and nothing else. */
import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { Attribute, type Words } from "../words.ts";
import { privatePaths } from "./private-paths.ts";

/** The folders with programs and what belongs to them. */
const folders = [
  ...["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "nix", "gnu", "etc"],
  ...["var/cache/fontconfig", "var/lib/alternatives", "var/lib/dpkg", "var/lib/rpm", "var/lib/pacman", "var/lib/apk"],
  ...["var/lib/aspell", "var/lib/dictionaries-common", "var/lib/ghostscript", "var/lib/texmf", "var/lib/xkb"],
];

/**
 * The secrets that are kept from guests in these folders: what only administrators can read, in case one of them starts
 * a VM, and what distinguishes one machine from others.
 */
const secrets = [
  ...["shadow", "shadow-", "gshadow", "gshadow-", "passwd-", "group-", "opasswd", "security/opasswd"],
  ...["sudoers", "sudoers.d", "ssh", "ssl/private", "pki/tls/private", "letsencrypt", "krb5.keytab", "ipsec.secrets"],
  ...["ipsec.d", "swanctl", "wireguard", "openvpn", "ppp", "wpa_supplicant", "NetworkManager/system-connections"],
  ...[
    "netplan",
    "docker",
    "rancher",
    "kubernetes",
    "cups",
    "credstore",
    "credstore.encrypted",
    "luks-keys",
    "crypttab",
  ],
  ...[
    "machine-id",
    "hostname",
    "fstab",
    "exports",
    "samba",
    "mysql",
    "postgresql",
    "iscsi",
    "nvme",
    "exim4",
    "postfix",
  ],
].map((name) => `etc/${name}`);

/** Empty in the guest until it puts something there. */
const emptyFolders = [
  ...["dev", "home", "media", "mnt", "proc", "root", "run", "srv", "sys", "tmp"],
  ...["var/cache", "var/lib", "var/log", "var/spool", "var/tmp"],
];

const HIDING = Attribute.readOnly | Attribute.noSuid | Attribute.noDevices;

/**
 * Shows the system's folders, read-only, in `target`, a folder in memory.
 *
 * @param covers a folder that is made for what covers the secrets: one thing each, since a guest takes two names of one file
 *   for the same
 */
export function addSystemFolders(words: Words, target: string, covers: string): void {
  for (const folder of emptyFolders) words.mkdirs(target, folder);
  words.link("/run", join(target, "var/run")).link("/run/lock", join(target, "var/lock"));
  for (const folder of folders) {
    const source = join("/", folder);
    const file = look(source);
    if (file?.isSymbolicLink()) words.link(readlinkSync(source), join(target, folder));
    else if (file?.isDirectory()) {
      words.mkdirs(target, folder).bind(source, join(target, folder), HIDING);
    }
  }
  words.mkdir(covers);
  const others = privatePaths("/etc").map((path) => path.slice(1));
  // What covers a folder is empty, so that nothing in it can be covered.
  const uncovered = others.filter((path) => !secrets.some((secret) => `${path}/`.startsWith(`${secret}/`)));
  for (const [index, secret] of [...secrets, ...uncovered].entries()) {
    const file = look(join("/", secret));
    const cover = join(covers, `${index}`);
    if (file?.isDirectory()) words.mkdir(cover).bind(cover, join(target, secret), HIDING);
    else if (file?.isFile()) words.create(cover).bind(cover, join(target, secret), HIDING);
  }
}

/** Shows a whole tree, read-only, as the root. */
export function addTree(words: Words, tree: string, target: string): void {
  words.bind(tree, target, HIDING);
}

/** Whether the system's folders that everybody sees have a path. */
export function isInSystemFolders(path: string): boolean {
  return folders.some((folder) => path.startsWith(`/${folder}/`)) && !secrets.some((one) => path.startsWith(`/${one}`));
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // A folder on the way that this user may not enter: QEMU will not, either.
    return undefined;
  }
}
