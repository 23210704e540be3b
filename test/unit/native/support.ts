// SPDX-License-Identifier: Apache-2.0
/** The functions that the tests of the native module share. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Fd } from "../../../src/native/fd.ts";
import { socketPair } from "../../../src/native/socket.ts";

/** Whether a descriptor is closed on exec and nonblocking. */
export function flags(fd: number): { closeOnExec: boolean; nonblocking: boolean } {
  const octal = /flags:\t(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] as string;
  const bits = Number.parseInt(octal, 8);
  return { closeOnExec: (bits & 0o2000000) !== 0, nonblocking: (bits & 0o4000) !== 0 };
}

const endings = new WeakMap<TestContext, (() => void)[]>();

/** Calls when the test ends, and before all that was to be called then until now. */
export function atEnd(t: TestContext, action: () => void): void {
  const actions = endings.get(t);
  if (actions !== undefined) {
    actions.unshift(action);
    return;
  }
  const first = [action];
  endings.set(t, first);
  t.after(() => {
    for (const one of first) one();
  });
}

/** Two connected sockets, closed when the test ends. */
export function pair(t: TestContext): [Fd, Fd] {
  const ends = socketPair();
  atEnd(t, () => {
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

/**
 * Collects garbage until `done`, which must come true by that. Finalizers of the addon run in a later turn of the event
 * loop than the collection.
 */
export async function collectGarbage(done: () => boolean): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let rounds = 0; !done(); rounds++) {
    assert.ok(rounds < 100, "still there after 100 collections");
    collect();
    await setImmediate();
  }
}
