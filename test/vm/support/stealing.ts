// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync } from "node:fs";

/**
 * What root of a guest does to get at the share itself, in Python: in mount namespaces of its own it takes away what lies over it,
 * and mounts it anew if it can. It lists what is there, looks for sockets and devices, and writes.
 */
export const stealing = `
import ctypes, os, stat
libc = ctypes.CDLL(None, use_errno=True)
def do(result):
    if result != 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
do(libc.unshare(0x20000))
own = os.open("/proc/self/ns/mnt", os.O_RDONLY)
do(libc.mount(None, b"/", None, 0x44000, None))
do(libc.umount2(b"/", 2))
do(libc.setns(own, 0x20000))
place = b"/lower"
for kind, options in [(b"virtiofs", None), (b"9p", b"trans=virtio,version=9p2000.L")]:
    if libc.mount(b"root", b"/new", kind, 0, options) == 0:
        print("anew", kind.decode())
        place = b"/new"
os.chdir(place)
for name in ["home", "media", "mnt", "root", "srv", "tmp", "var/spool", "var/tmp", "run", "dev", "etc/ssh"]:
    print(name, os.listdir(name) if os.path.exists(name) else [])
for name in ["etc/shadow", "etc/hostname", "etc/machine-id"]:
    if os.path.exists(name): print(name, open(name).read())
for folder, folders, files in os.walk("."):
    if folder in ["./usr", "./run/wayland-proxy-vm"]: folders.clear()
    for name in folders + files:
        mode = os.lstat(folder + "/" + name).st_mode
        if stat.S_ISSOCK(mode) or stat.S_ISBLK(mode) or stat.S_ISCHR(mode): print("found", folder, name)
print("remount", libc.mount(None, place, None, 32, None))
for name in ["etc/made-in-vm", "usr/bin/made-in-vm", "made-in-vm"]:
    try: open(name, "w"); print("written", name)
    except OSError as error: pass
print("uid", os.getuid(), os.listdir(".."), flush=True)
`;

const emptyPlaces = ["home", "media", "mnt", "root", "srv", "tmp", "var/spool", "var/tmp"];
const nothingStolen = [...emptyPlaces.map((name) => `${name} []`), "run ['wayland-proxy-vm']", "dev []", "etc/ssh []"];

/**
 * Fails unless that is what it says of a share in which there is nothing to be had.
 *
 * @param anew by what root of the guest can mount the share a second time
 */
export function mustHaveStolenNothing(output: string, anew: "virtiofs" | null): void {
  const all = output.split("\n").filter((line) => line !== "");
  assert.deepEqual(
    all.filter((line) => line.startsWith("anew ")),
    anew === null ? [] : [`anew ${anew}`],
  );
  const lines = all.filter((line) => !line.startsWith("anew "));
  assert.deepEqual(lines.slice(0, nothingStolen.length), nothingStolen);
  const rest = lines.slice(nothingStolen.length).map((line) => line.trim());
  // What is hidden in /etc is empty, if this machine has it at all.
  const others = rest.filter((line) => !/^etc\/(shadow|hostname|machine-id)$/.test(line));
  assert.match(others.join("\n"), /^remount -?\d\nuid 0 \[[^\]]*\]$/);
  for (const path of ["/etc/made-in-vm", "/usr/bin/made-in-vm"]) assert.ok(!existsSync(path), path);
}
