// SPDX-License-Identifier: Apache-2.0
/**
 * The modules of a kernel that a VM needs, in an order in which they can be loaded. Each module says itself on which others
 * it depends, so that a folder without an index (modules.dep, which only an installation makes) does as well.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { UserError } from "../../errors.ts";

/** A module, ready to be loaded. */
export interface Module {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The functions that unpack a module, by the end of its file's name. */
const decompressors: Readonly<Record<string, (path: string) => Uint8Array>> = {
  ".ko": (path) => readFileSync(path),
  ".ko.gz": (path) => gunzipSync(readFileSync(path)),
  ".ko.xz": (path) => decompressWith("xz", path),
  ".ko.zst": (path) => decompressWith("zstd", path),
};

const MAX_MODULE = 256 * 2 ** 20;

/**
 * Reads the modules with these names, and before each what it depends on. What the kernel has built in is left out. Throws
 * a UserError for a name that is neither.
 *
 * @param folder of one kernel, as /lib/modules/RELEASE
 * @param optional of the names: what is not there is left out
 */
export function readModules(folder: string, names: readonly string[], optional: ReadonlySet<string>): Module[] {
  const files = moduleFiles(folder);
  const builtIn = builtInModules(folder);
  const modules = new Map<string, Module>();
  const visit = (name: string, needs: string | null): void => {
    if (modules.has(name) || builtIn.has(name)) return;
    const file = files.get(name);
    if (file === undefined) {
      if (needs === null && optional.has(name)) return;
      const reason = needs === null ? "" : `, which ${needs} needs`;
      throw new UserError(`the kernel has no module ${name}${reason} (looked in ${folder})`, { code: "vm-kernel" });
    }
    const content = decompress(file);
    for (const other of dependenciesOf(content)) visit(other, name);
    modules.set(name, { name, content });
  };
  for (const name of names) visit(name, null);
  return [...modules.values()];
}

/**
 * Whether a kernel has a module, built in or in a file.
 *
 * @param folder of one kernel, as /lib/modules/RELEASE
 * @param place in the sources of Linux, as "fs/fuse/virtiofs"
 */
export function hasModule(folder: string, place: string): boolean {
  const near = join(folder, "kernel", dirname(place));
  const files = existsSync(near) ? readdirSync(near) : [];
  return files.some((file) => moduleName(file) === basename(place)) || builtInModules(folder).has(basename(place));
}

/** Files write - where names have _, and the other way round. */
function moduleName(file: string): string {
  return basename(file)
    .replace(/\.ko(\.\w+)?$/, "")
    .replaceAll("-", "_");
}

function moduleFiles(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(join(folder, "kernel"), { recursive: true, encoding: "utf8" });
  return new Map(
    files.filter((file) => /\.ko(\.\w+)?$/.test(file)).map((file) => [moduleName(file), join(folder, "kernel", file)]),
  );
}

function builtInModules(folder: string): ReadonlySet<string> {
  const list = join(folder, "modules.builtin");
  if (!existsSync(list)) return new Set();
  return new Set(readFileSync(list, "utf8").split("\n").map(moduleName));
}

function decompress(file: string): Uint8Array {
  const [ending = ""] = /\.ko(\.\w+)?$/.exec(file) ?? [];
  const read = decompressors[ending];
  if (read === undefined) throw new UserError(`${file} is compressed in a way that is not known here`);
  return read(file);
}

function decompressWith(program: string, path: string): Uint8Array {
  try {
    return execFileSync(program, ["-dc", path], { maxBuffer: MAX_MODULE, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new UserError(`${path} cannot be unpacked: ${message.split("\n")[0]}`);
    throw new UserError(`${path} is compressed, and there is no program ${program}`, { remedy: "install it" });
  }
}

/** Returns the modules that the section .modinfo of a module names: texts with a zero behind each. */
function dependenciesOf(content: Uint8Array): string[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const mark = "\0depends=";
  // The section may begin with it.
  const found = bytes.indexOf(mark);
  const start = found >= 0 ? found + mark.length : bytes.indexOf("depends=") + "depends=".length;
  if (start < "depends=".length) return [];
  const text = bytes.toString("latin1", start, bytes.indexOf(0, start));
  return text
    .split(",")
    .filter((name) => /^[\w-]+$/.test(name))
    .map(moduleName);
}
