// SPDX-License-Identifier: Apache-2.0
/** What the tests of the native room share. */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Fd } from "../../../src/native/fd.ts";
import { socketPair } from "../../../src/native/socket.ts";

/** The descriptors of this process, as the kernel lists them; equal lists mean that nothing leaked. */
export function openFds(): string[] {
  return readdirSync("/proc/self/fd");
}

/** Two connected sockets, closed when the test ends. */
export function pair(t: TestContext): [Fd, Fd] {
  const ends = socketPair();
  t.after(() => {
    for (const end of ends) end.close();
  });
  return ends;
}

/** An empty directory, removed when the test ends. */
export function temporaryDirectory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "wayland-proxy-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
