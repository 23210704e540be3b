// SPDX-License-Identifier: Apache-2.0
/** Finds the one of the system's GPU nodes that leads to a compositor on the host. */

import { CAPSET_CROSS_DOMAIN, CAPSET_SIZE, CHANNEL_WAYLAND, MAX_CHANNEL_SIZE } from "../cross-domain/protocol.ts";
import { UserError } from "../errors.ts";
import { SystemError } from "../native/errors.ts";
import { pageSize } from "../native/memory.ts";
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
  /** Bytes of the page in which messages of the host appear: more than one page where the host offers to fill more. */
  readonly channelSize: number;
}

/**
 * Finds the node to use. A VM may have several GPUs, and the first need not be the right one.
 *
 * @param path of the only node to look at
 * @throws UserError that says of each node why it will not do
 */
export function findDevice(driver: Driver, path?: string): Device {
  const paths = path === undefined ? driver.nodes() : [path];
  if (paths.length === 0) {
    throw new UserError("there is no GPU node in /dev/dri", {
      code: "no-cross-domain",
      remedy: "if this is a VM with virtio-gpu, load its driver (modprobe virtio-gpu)",
    });
  }
  const problems: string[] = [];
  let isUpToHost = false;
  for (const one of paths) {
    const { device, problem, isHosts = false } = inspectNode(driver, one);
    if (device !== null) return device;
    problems.push(`${one} ${problem}`);
    isUpToHost ||= isHosts;
  }
  throw new UserError(
    `no GPU node leads to the host's compositor: ${problems.join("; ")}`,
    isUpToHost ? { code: "no-cross-domain" } : {},
  );
}

/** A node as it was found. */
export interface NodeReport {
  readonly path: string;
  /** The features that the node has, of all that are needed. */
  readonly has: readonly string[];
  /** The first thing that it lacks; null for a node that will do. */
  readonly problem: string | null;
  /** Whether the host would have to offer what the node lacks. */
  readonly isHosts?: boolean;
  readonly device: Device | null;
}

/** Looks whether a node will do. */
export function inspectNode(driver: Driver, path: string): NodeReport {
  const has: string[] = [];
  let file: DrmFile;
  try {
    file = driver.open(path);
  } catch (error) {
    return { path, has, problem: openProblem(error), device: null };
  }
  try {
    for (const { name, lacks, isHosts = true } of features) {
      const problem = lacks(file);
      if (problem !== null) return { path, has, problem, isHosts, device: null };
      has.push(name);
    }
    const capset = crossDomain(file);
    const gpuImages = capset.getUint32(8, true) !== 0;
    // Where other hosts say nothing there is 0.
    const channelSize = Math.max(pageSize, Math.min(capset.getUint32(16, true), MAX_CHANNEL_SIZE));
    return { path, has, problem: null, device: { driver, path, gpuImages, channelSize } };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const { syscall, code } = error;
    const problem =
      code === "ENOTTY" ? "is no GPU node" : `failed when it was asked what it offers (${syscall}: ${code})`;
    return { path, has, problem, device: null };
  } finally {
    file.close();
  }
}

function openProblem(error: unknown): string {
  if (!(error instanceof SystemError)) throw error;
  if (error.code !== "EACCES") return `cannot be opened (${error.code})`;
  return "may not be opened by this user (EACCES: become a member of the group that owns it, usually render)";
}

/** Something that a node must have. */
interface Feature {
  readonly name: string;
  /** Says what is wrong with a node that does not have the feature. */
  readonly lacks: (file: DrmFile) => string | null;
  /** Whether the feature is up to the host; it is unless that is said. */
  readonly isHosts?: boolean;
}

/** The features, in the order in which one depends on the other. */
const features: readonly Feature[] = [
  {
    name: "is virtio-gpu",
    isHosts: false,
    lacks: (file) => {
      const name = file.driverName();
      return name === "virtio_gpu" ? null : `belongs to the driver ${name}, not to virtio_gpu`;
    },
  },
  {
    name: "has 3D features",
    lacks: (file) => (file.param(Param.features3d) ? null : "has no 3D features (its host offers plain graphics only)"),
  },
  {
    name: "has a driver for contexts",
    isHosts: false,
    lacks: (file) =>
      file.param(Param.contextInit) === undefined
        ? "has a driver without contexts (Linux 5.16 or newer is needed)"
        : null,
  },
  {
    name: "has contexts",
    lacks: (file) =>
      file.param(Param.contextInit) ? null : "has no contexts (its host does not offer them: the feature CONTEXT_INIT)",
  },
  {
    name: "shares memory",
    lacks: (file) =>
      file.param(Param.resourceBlob) ? null : "cannot share memory (its host does not offer the feature RESOURCE_BLOB)",
  },
  {
    name: "has a window for host memory",
    lacks: (file) => (file.param(Param.hostVisible) ? null : "has no window for host memory (QEMU: hostmem=4G)"),
  },
  {
    name: "has a cross-domain context",
    lacks: (file) => {
      const capsets = file.param(Param.supportedCapsets) ?? 0;
      if ((capsets & (1 << CAPSET_CROSS_DOMAIN)) !== 0) return null;
      return `has no cross-domain context (it offers the capability sets ${setBits(capsets) || "none"}, not 5)`;
    },
  },
  {
    name: "leads to a Wayland socket",
    lacks: (file) =>
      (crossDomain(file).getUint32(4, true) & (1 << CHANNEL_WAYLAND)) !== 0
        ? null
        : "has a cross-domain context without Wayland (its host was given no Wayland socket)",
  },
];

/** Returns what the host says of its cross-domain context. */
function crossDomain(file: DrmFile): DataView {
  return new DataView(file.capset(CAPSET_CROSS_DOMAIN, 0, CAPSET_SIZE).slice().buffer);
}

function setBits(mask: number): string {
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => (mask & (1 << bit)) !== 0)
    .join(", ");
}
