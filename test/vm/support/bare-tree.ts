// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { tree } from "./machine.ts";

/**
 * Makes the smallest system that a VM can have as its root: a shell, and the libraries of Node. What distinguishes machines
 * is a link to what is not there, as in some images.
 */
export function makeBareTree(folder: string): void {
  for (const name of ["bin", "etc", "run", "tmp", "dev", "proc", "sys"])
    mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(join(tree, ".cache/bookworm/root/bin/busybox"), join(folder, "bin/busybox"));
  for (const name of ["sh", "sleep", "cat", "ls", "wc"]) symlinkSync("busybox", join(folder, "bin", name));
  for (const name of ["machine-id", "hostname"]) symlinkSync(`/nowhere/${name}`, join(folder, "etc", name));
  const libraries = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  for (const [, path = ""] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    copyFileSync(path, join(folder, path));
  }
}
