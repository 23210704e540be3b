// SPDX-License-Identifier: Apache-2.0
/** Linux's virtio-gpu driver as the guest sees it, with a host that a test directs. */

import { fstatSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import { SystemError } from "../../src/native/errors.ts";
import type { Fd } from "../../src/native/fd.ts";
import { fileInfo, Mapping, memfd } from "../../src/native/memory.ts";
import { eventfd, eventfdWrite } from "../../src/native/pipe.ts";
import { type Blob, BlobMemory, type BlobOptions, type Driver, type DrmFile, Param } from "../../src/virtio/driver.ts";
import { eventfdRead } from "./eventfd.ts";
import { FakeHostContext, type Guest, type HostKind, hostKinds } from "./fake-virtio-host.ts";

const errno: typeof constants.errno = constants.errno;

/** A node, and what it offers; by default all that is needed. */
export interface FakeNode {
  readonly driver?: string;
  /** The error of opening the node. */
  readonly openError?: keyof typeof constants.errno;
  /** The parameters that differ from those of a good device; undefined for one that the kernel does not know. */
  readonly params?: Readonly<Record<number, number | undefined>>;
  /** The words of the capability set. */
  readonly capset?: readonly number[];
}

interface Resource {
  readonly id: number;
  readonly memory: number;
  readonly size: number;
  /** The file that holds it; null when the host refused to make one. */
  readonly fd: Fd | null;
}

const GOOD_PARAMS: Readonly<Record<number, number>> = {
  [Param.features3d]: 1,
  [Param.resourceBlob]: 1,
  [Param.hostVisible]: 1,
  [Param.contextInit]: 1,
  [Param.supportedCapsets]: 1 << 5,
};

/** A driver with nodes in place of /dev/dri. */
export class FakeDriver implements Driver {
  readonly kind: HostKind;
  /** Whether the host's compositor is there to be connected to. */
  hasCompositor = true;
  /** The error that the next POLL gets. */
  pollError: keyof typeof constants.errno | null = null;
  /** Fences of ring 0 that were asked for. */
  fences = 0;
  /** The fences that the host holds back, as ours does while nobody takes the data; null when it does not. */
  heldFences: (() => void)[] | null = null;
  /** Bytes of host memory that can be in use at once. */
  window: number = Number.POSITIVE_INFINITY;
  /** Contexts in the order in which they were opened, also those that are closed. */
  readonly contexts: FakeHostContext[] = [];
  readonly files: Set<FakeFile> = new Set();
  readonly #nodes: Readonly<Record<string, FakeNode>>;
  readonly #resources = new Map<number, Resource>();
  /** Whose image the host keeps, if it is one that does so. */
  readonly #stash: { holder: FakeHostContext | null } = { holder: null };
  #nextResource = 1;
  /** The actions that the host has still to do, while it is busy. */
  #waiting: (() => void)[] | null = null;

  constructor(kind: HostKind = hostKinds.ours, nodes: Readonly<Record<string, FakeNode>> = { renderD128: {} }) {
    this.kind = kind;
    this.#nodes = nodes;
  }

  nodes(): readonly string[] {
    return Object.keys(this.#nodes);
  }

  open(path: string): DrmFile {
    const node = this.#nodes[path];
    const error = node === undefined ? "ENOENT" : node.openError;
    if (error !== undefined) throw new SystemError("open", errno[error], path);
    const file = new FakeFile(this, node as FakeNode, this.#stash);
    this.files.add(file);
    return file;
  }

  /** Makes the host do nothing from now on, until `resume`. */
  pause(): void {
    this.#waiting ??= [];
  }

  /** Lets the host catch up. */
  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const action of waiting) action();
  }

  /** How many commands wait for the host. */
  get backlog(): number {
    return this.#waiting?.length ?? 0;
  }

  /** Gives up all that the device holds itself. */
  close(): void {
    for (const file of this.files) file.close();
    for (const { fd } of this.#resources.values()) fd?.close();
    this.#resources.clear();
  }

  // These are for the files.

  /** A fence of ring 0, whose commands the host has handled. */
  handled(signal: () => void): void {
    if (this.heldFences === null) signal();
    else this.heldFences.push(signal);
  }

  /** Does something on the host, after all that came before. */
  queue(action: () => void): void {
    if (this.#waiting === null) action();
    else this.#waiting.push(action);
  }

  addResource(memory: number, size: number, fd: Fd | null): Resource {
    const resource = { id: this.#nextResource++, memory, size, fd };
    this.#resources.set(resource.id, resource);
    return resource;
  }

  resource(id: number): Resource | undefined {
    return this.#resources.get(id);
  }

  /** The resource whose memory a descriptor is for. */
  resourceOf(raw: number): Resource | undefined {
    const { dev, ino } = fileInfo(raw);
    return [...this.#resources.values()].find(({ fd }) => {
      if (fd === null) return false;
      const info = fileInfo(fd.raw);
      return info.dev === dev && info.ino === ino;
    });
  }

  /** Whether so much more host memory fits into the window. */
  hasRoom(size: number): boolean {
    let used = 0;
    for (const resource of this.#resources.values()) {
      if (resource.memory !== BlobMemory.host3d || resource.fd === null) continue;
      const hasHandle = [...this.files].some((file) => file.handleOf(resource.id) !== undefined);
      if (hasHandle || references(resource.fd) > 1) used += resource.size;
      else {
        resource.fd.close();
        this.#resources.delete(resource.id);
      }
    }
    return used + size <= this.window;
  }

  /** The other contexts, whose fences QEMU completes, too. */
  others(file: FakeFile): FakeFile[] {
    return this.kind.mixesFences ? [...this.files].filter((other) => other !== file) : [];
  }
}

/** An open node. */
class FakeFile implements DrmFile, Guest {
  readonly #driver: FakeDriver;
  readonly #node: FakeNode;
  readonly #events: Fd = eventfd();
  readonly #handles = new Map<number, number>();
  #nextHandle = 1;
  #context: FakeHostContext | null = null;
  /** POLLs whose fence the kernel has not announced. */
  #fences = 0;
  readonly #stash: { holder: FakeHostContext | null };
  #closed = false;

  constructor(driver: FakeDriver, node: FakeNode, stash: { holder: FakeHostContext | null }) {
    this.#driver = driver;
    this.#node = node;
    this.#stash = stash;
  }

  get raw(): number {
    return this.#events.raw;
  }

  driverName(): string {
    return this.#node.driver ?? "virtio_gpu";
  }

  param(param: number): number | undefined {
    const { params = {} } = this.#node;
    return param in params ? params[param] : GOOD_PARAMS[param];
  }

  capset(id: number, version: number, size: number): Uint8Array {
    const { keepsImage, channelSize } = this.#driver.kind;
    const words = this.#node.capset ?? [1, 1 << 1, keepsImage ? 1 : 0, 0, channelSize];
    if (id !== 5 || version !== 0) throw new SystemError("GET_CAPS", errno.EINVAL);
    const bytes = new Uint8Array(size);
    // Linux gives no more than the host has, nor than is asked for.
    bytes.set(new Uint8Array(Uint32Array.from(words).buffer).subarray(0, size));
    return bytes;
  }

  initContext(params: readonly (readonly [number, number])[]): void {
    if (this.#context !== null) throw new SystemError("CONTEXT_INIT", errno.EEXIST);
    this.#context = new FakeHostContext(this.#driver.kind, this, () => this.#driver.hasCompositor, this.#stash);
    this.#driver.contexts.push(this.#context);
    const given = JSON.stringify(params);
    if (given !== "[[1,5],[2,2],[3,2]]") this.#context.mistakes.push(`a context with ${given}`);
  }

  createBlob({ memory, flags, size, blobId }: BlobOptions): Blob {
    if (memory === BlobMemory.guest) {
      const resource = this.#driver.addResource(memory, size, memfd("guest", size));
      return { handle: this.#addHandle(resource.id), resource: resource.id };
    }
    const context = this.#context as FakeHostContext;
    const pages = Math.ceil(size / 4096) * 4096;
    if (flags !== 3) context.mistakes.push(`a blob with the flags ${flags}`);
    if (size === 0 || !this.#driver.hasRoom(pages)) throw new SystemError("RESOURCE_CREATE_BLOB", errno.ENOSPC);
    // At once, also while the host is busy: a descriptor of ours has to be of some file, which the kernel's needs not.
    const resource = this.#driver.addResource(memory, pages, context.claim(blobId, size));
    return { handle: this.#addHandle(resource.id), resource: resource.id };
  }

  map(handle: number, size: number): Mapping {
    const { fd, memory } = this.#resource(handle);
    if (memory !== BlobMemory.guest) throw new SystemError("mmap", errno.EINVAL);
    return Mapping.map((fd as Fd).raw, size, { writable: true });
  }

  submit(commands: Uint8Array, length: number, ring?: number, wantsFence = false): Fd | null {
    const bytes = Buffer.from(commands.subarray(0, length));
    const fence = wantsFence ? eventfd() : null;
    if (wantsFence) this.#driver.fences++;
    // The guest may close its descriptor before the host has answered.
    const signal = fence?.duplicate();
    const context = this.#context as FakeHostContext;
    if (ring === 1) {
      const { pollError } = this.#driver;
      this.#driver.pollError = null;
      if (pollError !== null) throw new SystemError("EXECBUFFER", errno[pollError]);
      this.#fences++;
      if (bytes[0] !== 3) context.mistakes.push("an event for something that is no POLL");
    }
    this.#driver.queue(() => {
      if (!this.#closed) context.submit(bytes);
      if (!this.#closed && ring === 1) context.poll();
      if (signal === undefined) return;
      this.#driver.handled(() => {
        eventfdWrite(signal.raw);
        signal.close();
      });
    });
    return fence;
  }

  resource(handle: number): { resource: number; memory: number } {
    const { id, memory } = this.#resource(handle);
    return { resource: id, memory };
  }

  exportHandle(handle: number): Fd {
    // What the host refuses is seen only by whoever maps it.
    return this.#resource(handle).fd?.duplicate() ?? eventfd();
  }

  importFd(raw: number): number {
    const resource = this.#driver.resourceOf(raw);
    if (resource === undefined) throw new SystemError("PRIME_FD_TO_HANDLE", errno.EINVAL);
    return this.handleOf(resource.id) ?? this.#addHandle(resource.id);
  }

  closeHandle(handle: number): void {
    if (!this.#handles.delete(handle)) {
      this.#context?.mistakes.push(`the handle ${handle} was closed twice`);
      throw new SystemError("GEM_CLOSE", errno.EINVAL);
    }
  }

  readEvents(): number {
    return eventfdRead(this.#events.raw);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context?.close();
    this.#events.close();
    this.#driver.files.delete(this);
    for (const id of this.#handles.values()) {
      const resource = this.#driver.resource(id);
      if (resource?.memory === BlobMemory.guest) resource.fd?.close();
    }
    this.#handles.clear();
  }

  // These are for the host's half, and for tests.

  /** Handles that are open, apart from those of the two pages. */
  get handles(): number {
    return this.#handles.size - 2;
  }

  handleOf(resource: number): number | undefined {
    for (const [handle, id] of this.#handles) if (id === resource) return handle;
    return undefined;
  }

  attachedMemory(id: number): Fd | undefined {
    const resource = this.#driver.resource(id);
    if (resource === undefined || resource.memory === BlobMemory.guest || resource.fd === null) return undefined;
    return this.handleOf(id) === undefined ? undefined : resource.fd;
  }

  page(id: number): Fd | undefined {
    return this.#driver.resource(id)?.fd ?? undefined;
  }

  signal(): void {
    this.announce();
    for (const other of this.#driver.others(this)) other.announce();
  }

  /** Completes the fence of the POLL, unless that has happened before. */
  announce(): void {
    if (this.#fences === 0) return;
    this.#fences--;
    eventfdWrite(this.#events.raw);
  }

  #addHandle(resource: number): number {
    const handle = this.#nextHandle++;
    this.#handles.set(handle, resource);
    return handle;
  }

  #resource(handle: number): Resource {
    const resource = this.#driver.resource(this.#handles.get(handle) ?? 0);
    if (resource === undefined) throw new SystemError("no such handle", errno.ENOENT);
    return resource;
  }
}

/** How many descriptors of this process are for a file. */
function references(fd: Fd): number {
  const { ino, dev } = fstatSync(fd.raw);
  return readdirSync("/proc/self/fd").filter((name) => {
    try {
      const other = fstatSync(Number(name));
      return other.ino === ino && other.dev === dev;
    } catch {
      return false; // of the directory that is being read
    }
  }).length;
}
