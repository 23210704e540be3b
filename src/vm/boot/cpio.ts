// SPDX-License-Identifier: Apache-2.0
/**
 * Writes the archive that Linux unpacks into its initial file system: cpio in the format "newc" (cpio(5);
 * Documentation/driver-api/early-userspace/buffer-format.rst of Linux).
 */

/** An entry of an archive at a path, which begins without a slash. A folder comes before what is in it. */
export type CpioEntry =
  | { readonly kind: "folder"; readonly path: string; readonly mode: number }
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly content: Uint8Array };

const FOLDER = 0o040000;
const FILE = 0o100000;
const END = "TRAILER!!!";

/** The archive, whose owner is root and whose times are 0, so that the same entries make the same bytes. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const [index, entry] of entries.entries()) {
    const content = entry.kind === "file" ? entry.content : new Uint8Array();
    addMember(parts, entry.path, index + 1, (entry.kind === "file" ? FILE : FOLDER) | entry.mode, content);
  }
  addMember(parts, END, 0, 0, new Uint8Array());
  return Buffer.concat(parts);
}

function addMember(parts: Uint8Array[], path: string, inode: number, mode: number, content: Uint8Array): void {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  parts.push(Buffer.from(header), name, padding(header.length + name.length), content, padding(content.length));
}

/** The zeros that fill up a multiple of four. */
function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}
