// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readdirSync, readlinkSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fd } from "../../src/native/fd.ts";

let made = 0;

/** A descriptor of a new file without a name, that can be told from others by its content. */
export function fileWith(content: string): Fd {
  const path = join(tmpdir(), `wayland-proxy-fd-${process.pid}-${made++}`);
  const raw = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  writeSync(raw, content, 0);
  return new Fd(raw);
}

/** What the file of a descriptor holds; closes it. */
export function contentOf(fd: Fd): string {
  const bytes = Buffer.alloc(fstatSync(fd.raw).size);
  readSync(fd.raw, bytes, 0, bytes.length, 0);
  closeSync(fd.take());
  return bytes.toString();
}

/** What this process has open, by what it leads to: equal lists mean that nothing is left. */
export function openDescriptors(): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return `${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`;
      } catch {
        return ""; // of the directory that is being read
      }
    })
    .filter((text) => text !== "" && !text.includes("/proc/"))
    .sort();
}
