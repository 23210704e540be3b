// SPDX-License-Identifier: Apache-2.0
import { constants, readdirSync } from "node:fs";
import {
  contextInit,
  createBlob,
  drmVersion,
  execbuffer,
  fdToHandle,
  gemClose,
  getCaps,
  getParam,
  handleToFd,
  mapOffset,
  readDrmEvents,
  resourceInfo,
} from "../native/drm.ts";
import { Fd } from "../native/fd.ts";
import { Mapping } from "../native/memory.ts";
import type { Blob, BlobOptions, Driver, DrmFile } from "./driver.ts";

const DIRECTORY = "/dev/dri";

/** The kernel's virtio-gpu driver. */
export const drmDriver: Driver = {
  nodes() {
    return ["renderD", "card"].flatMap(nodesCalled);
  },
  open(path) {
    // Nonblocking, for reading events.
    return new OpenNode(Fd.openFile(path, constants.O_RDWR | constants.O_NONBLOCK));
  },
};

/** The nodes of one kind, lowest number first. */
function nodesCalled(prefix: string): string[] {
  let names: string[];
  try {
    names = readdirSync(DIRECTORY);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isInteger)
    .sort((a, b) => a - b)
    .map((number) => `${DIRECTORY}/${prefix}${number}`);
}

class OpenNode implements DrmFile {
  readonly #fd: Fd;
  readonly raw: number;

  constructor(fd: Fd) {
    this.#fd = fd;
    this.raw = fd.raw;
  }

  driverName(): string {
    return drmVersion(this.raw);
  }

  param(param: number): number | undefined {
    return getParam(this.raw, param);
  }

  capset(id: number, version: number, size: number): Uint8Array {
    return getCaps(this.raw, id, version, size);
  }

  initContext(params: readonly (readonly [key: number, value: number])[]): void {
    contextInit(this.raw, params);
  }

  createBlob({ memory, flags, size, blobId }: BlobOptions): Blob {
    return createBlob(this.raw, { mem: memory, flags, size, blobId });
  }

  map(handle: number, size: number): Mapping {
    return Mapping.map(this.raw, size, { offset: mapOffset(this.raw, handle), writable: true });
  }

  submit(commands: Uint8Array, length: number, ring?: number, wantsFence = false): Fd | null {
    const options = ring === undefined ? { fenceOut: wantsFence } : { ringIdx: ring, fenceOut: wantsFence };
    return execbuffer(this.raw, commands, 0, length, options);
  }

  resource(handle: number): { readonly resource: number; readonly memory: number } {
    const { resource, mem } = resourceInfo(this.raw, handle);
    return { resource, memory: mem };
  }

  exportHandle(handle: number): Fd {
    return handleToFd(this.raw, handle);
  }

  importFd(raw: number): number {
    return fdToHandle(this.raw, raw);
  }

  closeHandle(handle: number): void {
    gemClose(this.raw, handle);
  }

  readEvents(): number {
    return readDrmEvents(this.raw);
  }

  close(): void {
    this.#fd.close();
  }
}
