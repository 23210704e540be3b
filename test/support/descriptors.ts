// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { closeSync, fstatSync, readdirSync, readlinkSync, readSync, writeSync } from "node:fs";
import type { Fd } from "../../src/native/fd.ts";
import { memfd } from "../../src/native/memory.ts";
import { scaled } from "./patience.ts";

let made = 0;

/** Makes a descriptor of a new file in memory, which its content distinguishes from others. */
export function fileWith(content: string): Fd {
  const file = memfd(`wayland-proxy-fd-${made++}`, 0);
  writeSync(file.raw, content, 0);
  return file;
}

/** Returns what the file of a descriptor holds, and closes it. */
export function contentOf(fd: Fd): string {
  const bytes = Buffer.alloc(fstatSync(fd.raw).size);
  readSync(fd.raw, bytes, 0, bytes.length, 0);
  closeSync(fd.take());
  return bytes.toString();
}

/** Files of modules and fonts, which are open for a while as they are loaded, whenever that is. */
const loaded = /\.(?:[cm]?js|json|node|wasm|[ot]t[cf])$/i;

/** Lists what this process has open, by what it leads to. */
export function openDescriptors(): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return `${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`;
      } catch {
        return ""; // of the directory that is being read
      }
    })
    .filter((text) => text !== "" && !text.includes("/proc/") && !loaded.test(text))
    .sort();
}

/**
 * Waits until this process has nothing open but that: what may block is closed in the course of time. So some of what
 * was open before a test may also have been closed since.
 */
export async function untilOpen(before: readonly string[]): Promise<void> {
  const end = performance.now() + scaled(10_000);
  const left = () => openDescriptors().filter((text) => !before.includes(text));
  while (left().length > 0 && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(left(), [], "these descriptors are left");
}
