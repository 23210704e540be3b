// SPDX-License-Identifier: Apache-2.0
/** What Linux tells of a running process. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What a Node program keeps open for a while as it loads, or (libuv: /dev/null) for good when it first needs a stream. */
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
