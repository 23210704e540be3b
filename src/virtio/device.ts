// SPDX-License-Identifier: Apache-2.0
/** Which of the system's GPU nodes leads to a compositor on the host. */
import { UserError } from "../errors.ts";
import { SystemError } from "../native/errors.ts";
import { CAPSET_CROSS_DOMAIN, CAPSET_SIZE, CHANNEL_WAYLAND } from "./commands.ts";
import { type Driver, type DrmFile, Param } from "./driver.ts";

/** A node that can make connections to the host. */
export interface Device {
  readonly driver: Driver;
  readonly path: string;
  /**
   * Whether the host allocates images on a GPU. Such hosts keep one image between a question for its size and its
   * allocation, and answer no other question meanwhile.
   */
  readonly gpuImages: boolean;
}

const ADVICE =
  "the host must give the VM a cross-domain context: start crosvm with --gpu=context-types=cross-domain and " +
  "--wayland-sock=PATH, QEMU (11.1 or newer) with what wayland-proxy-host prints, or use libkrun";

/**
 * Finds the node to use. A VM may have several GPUs, and the first need not be the right one.
 *
 * @param path of the only node to look at
 * @throws UserError that says of each node why it will not do
 */
export function findDevice(driver: Driver, path?: string): Device {
  const paths = path === undefined ? driver.nodes() : [path];
  if (paths.length === 0) {
    throw new UserError(
      `there is no GPU node in /dev/dri: if this is a VM with virtio-gpu, load its driver (modprobe virtio-gpu); ${ADVICE}`,
    );
  }
  const problems: string[] = [];
  for (const one of paths) {
    const found = examine(driver, one);
    if (typeof found !== "string") return found;
    problems.push(`${one} ${found}`);
  }
  throw new UserError(`no GPU node leads to the host's compositor: ${problems.join("; ")}. In short: ${ADVICE}`);
}

/** A node that will do, or what it lacks. */
function examine(driver: Driver, path: string): Device | string {
  let file: DrmFile;
  try {
    file = driver.open(path);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    if (error.code !== "EACCES") return `cannot be opened (${error.code})`;
    return "may not be opened by this user (EACCES: become a member of the group that owns it, usually render)";
  }
  try {
    const name = file.driverName();
    if (name !== "virtio_gpu") return `belongs to the driver ${name}, not to virtio_gpu`;
    const lacking = missing(file);
    if (lacking !== null) return lacking;
    const caps = new DataView(file.capset(CAPSET_CROSS_DOMAIN, 0, CAPSET_SIZE).slice().buffer);
    if ((caps.getUint32(4, true) & (1 << CHANNEL_WAYLAND)) === 0) {
      return "has a cross-domain context without Wayland (its host was given no Wayland socket)";
    }
    return { driver, path, gpuImages: caps.getUint32(8, true) !== 0 };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    if (error.code === "ENOTTY") return "is no GPU node";
    return `failed when it was asked what it offers (${error.syscall}: ${error.code})`;
  } finally {
    file.close();
  }
}

/** The first of the features that a node lacks, in the order in which one depends on the other. */
function missing(file: DrmFile): string | null {
  if (!file.param(Param.features3d)) return "has no 3D features (its host offers plain graphics only)";
  const contextInit = file.param(Param.contextInit);
  if (contextInit === undefined) return "has a driver without contexts (Linux 5.16 or newer is needed)";
  if (contextInit === 0) return "has no contexts (its host does not offer them: the feature CONTEXT_INIT)";
  if (!file.param(Param.resourceBlob)) return "cannot share memory (its host does not offer the feature RESOURCE_BLOB)";
  if (!file.param(Param.hostVisible)) return "has no window for host memory (QEMU: hostmem=4G)";
  const capsets = file.param(Param.supportedCapsets) ?? 0;
  if ((capsets & (1 << CAPSET_CROSS_DOMAIN)) === 0) {
    return `has no cross-domain context (it offers the capability sets ${setBits(capsets) || "none"}, not 5)`;
  }
  return null;
}

function setBits(mask: number): string {
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => (mask & (1 << bit)) !== 0)
    .join(", ");
}
