// SPDX-License-Identifier: Apache-2.0
/** Linux's reports about a running process. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Files that a Node program keeps open for a while as it loads, or (libuv: /dev/null) for good once it needs a stream. */
const nodesOwn = /\.(js|json|node)$|^\/dev\/null$/;

/** What each of its descriptors is, less Node's own. */
export function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      const target = readlinkSync(join(folder, name));
      return nodesOwn.test(target) ? [] : [target];
    } catch {
      // Closed by now.
      return [];
    }
  });
}

/**
 * The other programs that it has started, and that are there. Its further children are the short-lived ones in which it
 * makes calls that may block (docs/decisions/0010); they run the program that it runs itself.
 */
export function programsOf(pid: number): number[] {
  const own = readlinkSync(`/proc/${pid}/exe`);
  return childrenOf(pid).filter((child) => {
    try {
      return readlinkSync(`/proc/${child}/exe`) !== own;
    } catch {
      // It has ended by now.
      return false;
    }
  });
}

/** The processes that it has started, and that are there. */
export function childrenOf(pid: number): number[] {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).flatMap((task) =>
    readFileSync(join(folder, task, "children"), "utf8")
      .split(" ")
      .filter((text) => text !== "")
      .map(Number),
  );
}
