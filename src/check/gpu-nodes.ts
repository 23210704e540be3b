// SPDX-License-Identifier: Apache-2.0
import { inspectNode } from "../virtio/device.ts";
import type { Driver } from "../virtio/driver.ts";
import { type Finding, failed, missing, ok } from "./finding.ts";

/**
 * Says of each GPU node what it has, and what it lacks, of all that a way to the host takes. One that has all is enough.
 *
 * @param path of the only node to look at
 */
export function checkGpuNodes(driver: Driver, path?: string): Finding[] {
  const reports = (path === undefined ? driver.nodes() : [path]).map((one) => inspectNode(driver, one));
  if (reports.length === 0) {
    return [failed("GPU nodes", "there is none in /dev/dri: if this is a VM with virtio-gpu, modprobe virtio-gpu")];
  }
  const isEnough = reports.some(({ device }) => device !== null);
  return reports.flatMap(({ path: node, has, problem }) => [
    ...has.map((feature) => ok(node, feature)),
    ...(problem === null ? [] : [(isEnough ? missing : failed)(node, `it ${problem}`)]),
  ]);
}
