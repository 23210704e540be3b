// SPDX-License-Identifier: Apache-2.0
import type { FileInfo } from "../../native/memory.ts";
import { MAX_REQUEST_SIZE } from "../limits.ts";
import { bits, readU64 } from "../vhost/vhost-protocol.ts";
import type { Machine, VirtioDevice } from "../vhost/vhost-user.ts";
import type { Virtqueue } from "../virtio/virtqueue.ts";
import { Budgets, LimitError } from "./budget.ts";
import type { ContextType } from "./context.ts";
import { Contexts, type LiveContext } from "./contexts.ts";
import {
  BLOB_MAPPABLE,
  BlobMemory,
  CAPSET_MASK,
  CONTEXT_AT,
  Command,
  DISPLAY_INFO_SIZE,
  FLAG_FENCE,
  FLAG_RING,
  FLAGS_AT,
  GpuFeature,
  HEADER_SIZE,
  MAP_CACHED,
  MAX_RINGS,
  Response,
  RING_AT,
} from "./gpu-protocol.ts";
import { mappable } from "./host-blob.ts";
import { HostMemories, type HostMemory } from "./host-memory.ts";
import { HostVisible } from "./host-visible.ts";
import { ENTRY_SIZE, GuestBlob, HostBlob, Resources } from "./resources.ts";

/** The queues: commands, and those of a cursor that nobody sees. */
const CONTROL_QUEUE = 0;
const QUEUE_COUNT = 2;

/** Instead of a response: the answer comes later, or has been given. */
const ANSWERED_LATER = 0;

/** The options of a virtio-gpu. */
export interface GpuDeviceOptions {
  readonly contextType: ContextType;
  /** Bytes of the host-visible window, whole pages; also the most memory of the host's that the guest gets. */
  readonly windowSize: number;
  /** Displays, none of which is connected: 0, or 1 for Linux before 6.2, which wants one. */
  readonly scanouts: number;
  /** Lines for the user; a guest can cause as many as it likes. */
  warn(text: string): void;
  debug(text: string): void;
}

/** How much of the device's resources is in use. */
export interface GpuUsage {
  readonly contexts: number;
  readonly resources: number;
  readonly hostBytes: number;
  readonly maps: number;
  readonly fences: number;
}

/** A virtio-gpu without displays: contexts, blobs, and the commands for them. */
export class GpuDevice implements VirtioDevice {
  readonly features: number = bits(GpuFeature.VIRGL, GpuFeature.RESOURCE_BLOB, GpuFeature.CONTEXT_INIT);
  readonly config: Buffer = Buffer.alloc(16);
  readonly queueCount: number = QUEUE_COUNT;
  readonly windowSize: number;
  readonly #options: GpuDeviceOptions;
  readonly #budgets: Budgets;
  readonly #memories = new HostMemories();
  readonly #contexts: Contexts;
  readonly #resources: Resources;
  readonly #window: HostVisible;
  readonly #response: Buffer;
  #responseLength = 0;

  constructor(machine: Machine, options: GpuDeviceOptions) {
    this.#options = options;
    this.windowSize = options.windowSize;
    this.#budgets = new Budgets(options.windowSize);
    this.#contexts = new Contexts(options.contextType, this.#budgets, (error) =>
      this.#complain("ending a context", error),
    );
    this.#resources = new Resources(machine.memory, this.#memories, this.#budgets);
    this.#window = new HostVisible(options.windowSize, machine.shmem);
    this.#response = Buffer.alloc(HEADER_SIZE + Math.max(DISPLAY_INFO_SIZE, options.contextType.capset.length));
    this.config.writeUInt32LE(options.scanouts, 8);
    this.config.writeUInt32LE(1, 12); // capsets
  }

  get usage(): GpuUsage {
    return {
      contexts: this.#contexts.count,
      resources: this.#resources.count,
      hostBytes: this.#budgets.bytes,
      maps: this.#window.count,
      fences: this.#contexts.held,
    };
  }

  /** The memory in a file, if the guest has made it. */
  memoryOf(file: FileInfo): HostMemory | undefined {
    return this.#memories.find(file);
  }

  maps(file: FileInfo): boolean {
    return this.#window.has(file);
  }

  reset(): void {
    this.#contexts.reset();
    this.#window.reset();
    this.#resources.reset();
  }

  handle(index: number, queue: Virtqueue): void {
    const { chain } = queue;
    const { readable } = chain;
    if (readable < HEADER_SIZE || readable > MAX_REQUEST_SIZE || chain.writable < HEADER_SIZE) {
      this.#options.debug(`the guest sent a command of ${readable} bytes, with room for ${chain.writable}`);
      this.#response.fill(0, 0, HEADER_SIZE);
      this.#response.writeUInt32LE(Response.ERR_UNSPEC, 0);
      queue.answer(chain, this.#response, HEADER_SIZE);
      return;
    }
    this.#prepareResponse(queue.request);
    const type = index === CONTROL_QUEUE ? this.#run(queue, queue.request, readable) : Response.OK_NODATA;
    if (type === ANSWERED_LATER) return;
    this.#response.writeUInt32LE(type, 0);
    const isAwaited = type !== Response.OK_NODATA || !isUnfencedSubmission(queue.request);
    queue.answer(chain, this.#response, this.#responseLength, isAwaited);
  }

  /** Copies what every answer repeats of its command. */
  #prepareResponse(request: Buffer): void {
    const response = this.#response;
    this.#responseLength = HEADER_SIZE;
    const flags = request.readUInt32LE(FLAGS_AT) & (FLAG_FENCE | FLAG_RING);
    if (flags & FLAG_FENCE) {
      request.copy(response, 0, 0, HEADER_SIZE);
      response.writeUInt32LE(flags, FLAGS_AT);
    } else {
      response.fill(0, 0, HEADER_SIZE);
    }
  }

  #run(queue: Virtqueue, request: Buffer, length: number): number {
    const command = request.readUInt32LE(0);
    try {
      const response = this.#dispatch(command, queue, request, length);
      if (response >= Response.ERR_UNSPEC) {
        this.#options.debug(`virtio-gpu command 0x${command.toString(16)} failed: 0x${response.toString(16)}`);
      }
      return response;
    } catch (error) {
      this.#complain(`virtio-gpu command 0x${command.toString(16)}`, error);
      this.#responseLength = HEADER_SIZE;
      return error instanceof LimitError ? Response.ERR_OUT_OF_MEMORY : Response.ERR_UNSPEC;
    }
  }

  #dispatch(command: number, queue: Virtqueue, request: Buffer, length: number): number {
    const minimum = MIN_SIZES.get(command);
    // Displays and their 2D resources are among what we do not have.
    if (minimum === undefined) return Response.ERR_UNSPEC;
    if (length < minimum) return Response.ERR_INVALID_PARAMETER;
    switch (command) {
      case Command.SUBMIT_3D:
        return this.#submit(queue, request, length);
      case Command.GET_DISPLAY_INFO:
        this.#response.fill(0, HEADER_SIZE, HEADER_SIZE + DISPLAY_INFO_SIZE);
        this.#responseLength += DISPLAY_INFO_SIZE;
        return Response.OK_DISPLAY_INFO;
      case Command.GET_CAPSET_INFO:
        return this.#capsetInfo(request.readUInt32LE(24));
      case Command.GET_CAPSET:
        return this.#capset(request.readUInt32LE(24), request.readUInt32LE(28));
      case Command.CTX_CREATE:
        return this.#createContext(request);
      case Command.RESOURCE_CREATE_BLOB:
        return this.#createBlob(request, length);
      case Command.RESOURCE_UNREF:
        return this.#unref(request.readUInt32LE(24));
      case Command.RESOURCE_MAP_BLOB:
        return this.#map(queue, request.readUInt32LE(24), readU64(request, 32));
      case Command.RESOURCE_UNMAP_BLOB:
        return this.#unmap(queue, request.readUInt32LE(24));
      default:
        return this.#contextCommand(command, request);
    }
  }

  /** Handles the commands that are about a context that exists. */
  #contextCommand(command: number, request: Buffer): number {
    const live = this.#contexts.get(request.readUInt32LE(CONTEXT_AT));
    if (command === Command.CTX_DESTROY && live !== undefined) {
      this.#contexts.destroy(live);
      return Response.OK_NODATA;
    }
    const id = request.readUInt32LE(24);
    if (live === undefined) {
      if (command === Command.CTX_ATTACH_RESOURCE) this.#resources.abandon(id);
      return Response.ERR_INVALID_CONTEXT_ID;
    }
    const resource = this.#resources.get(id);
    if (resource === undefined) return Response.ERR_INVALID_RESOURCE_ID;
    if (command === Command.CTX_ATTACH_RESOURCE) {
      this.#resources.own(resource, live.shares);
      this.#contexts.attach(live, resource);
    } else {
      this.#contexts.detach(live, id);
    }
    return Response.OK_NODATA;
  }

  #submit(queue: Virtqueue, request: Buffer, length: number): number {
    const live = this.#contexts.get(request.readUInt32LE(CONTEXT_AT));
    if (live === undefined) return Response.ERR_INVALID_CONTEXT_ID;
    const size = request.readUInt32LE(24);
    const inFences = request.readUInt32LE(28);
    if (size > length - SUBMIT_SIZE || inFences > 0) return Response.ERR_INVALID_PARAMETER;
    const flags = request.readUInt32LE(FLAGS_AT);
    const ring = request.readUInt8(RING_AT);
    if (!live.context.submit(request.subarray(SUBMIT_SIZE, SUBMIT_SIZE + size))) return Response.ERR_UNSPEC;
    if ((flags & FLAG_FENCE) === 0 || (flags & FLAG_RING) === 0) return Response.OK_NODATA;
    // To slow a guest down is not worth a slot that the events of its clients need.
    if (ring === 0 && !this.#contexts.mayHold(live, queue)) return Response.OK_NODATA;
    return this.#hold(live, ring, queue);
  }

  #hold(live: LiveContext, ring: number, queue: Virtqueue): number {
    if (ring >= MAX_RINGS) return Response.ERR_INVALID_PARAMETER;
    this.#response.writeUInt32LE(Response.OK_NODATA, 0);
    const written = queue.prepare(this.#response, this.#responseLength);
    return this.#contexts.hold(live, ring, queue, written) ? ANSWERED_LATER : Response.ERR_INVALID_PARAMETER;
  }

  #capsetInfo(index: number): number {
    if (index > 0) return Response.ERR_INVALID_PARAMETER;
    const { capsetId, capset } = this.#options.contextType;
    this.#response.fill(0, HEADER_SIZE, HEADER_SIZE + 16);
    this.#response.writeUInt32LE(capsetId, HEADER_SIZE);
    this.#response.writeUInt32LE(capset.length, HEADER_SIZE + 8);
    this.#responseLength += 16;
    return Response.OK_CAPSET_INFO;
  }

  #capset(id: number, version: number): number {
    const { capsetId, capset } = this.#options.contextType;
    if (id !== capsetId || version !== 0) return Response.ERR_INVALID_PARAMETER;
    this.#response.set(capset, HEADER_SIZE);
    this.#responseLength += capset.length;
    return Response.OK_CAPSET;
  }

  #createContext(request: Buffer): number {
    const id = request.readUInt32LE(CONTEXT_AT);
    if (id === 0 || this.#contexts.get(id)) return Response.ERR_INVALID_CONTEXT_ID;
    const kind = request.readUInt32LE(28) & CAPSET_MASK;
    if (kind !== this.#options.contextType.capsetId) return Response.ERR_INVALID_PARAMETER;
    this.#contexts.create(id, printable(request.subarray(32, 32 + Math.min(request.readUInt32LE(24), NAME_SIZE))));
    return Response.OK_NODATA;
  }

  #createBlob(request: Buffer, length: number): number {
    const id = request.readUInt32LE(24);
    const memory = request.readUInt32LE(28);
    const flags = request.readUInt32LE(32);
    const entries = request.readUInt32LE(36);
    const blobId = readU64(request, 40);
    const size = readU64(request, 48);
    if (id === 0 || this.#resources.get(id)) return Response.ERR_INVALID_RESOURCE_ID;
    if (size === 0 || !Number.isSafeInteger(size) || !Number.isSafeInteger(blobId)) {
      return Response.ERR_INVALID_PARAMETER;
    }
    if (memory === BlobMemory.GUEST) {
      if (entries * ENTRY_SIZE > length - BLOB_SIZE) return Response.ERR_INVALID_PARAMETER;
      const list = request.subarray(BLOB_SIZE, BLOB_SIZE + entries * ENTRY_SIZE);
      const blob = this.#resources.createGuest(id, size, list, entries);
      return blob ? Response.OK_NODATA : Response.ERR_INVALID_PARAMETER;
    }
    if (memory !== BlobMemory.HOST3D || entries > 0) return Response.ERR_INVALID_PARAMETER;
    const live = this.#contexts.get(request.readUInt32LE(CONTEXT_AT));
    if (live === undefined) return Response.ERR_INVALID_CONTEXT_ID;
    const isMappable = (flags & BLOB_MAPPABLE) !== 0;
    const blob = this.#resources.createHost(id, size, isMappable, live.shares, () => {
      const fd = live.context.createBlob(blobId, size);
      return fd !== null && isMappable ? mappable(fd, size) : fd;
    });
    return blob ? Response.OK_NODATA : Response.ERR_INVALID_PARAMETER;
  }

  #unref(id: number): number {
    const resource = this.#resources.get(id);
    if (resource === undefined) return Response.ERR_INVALID_RESOURCE_ID;
    if (resource instanceof HostBlob && resource.placement) {
      if (!this.#window.unmap(resource.placement, () => {})) return Response.ERR_OUT_OF_MEMORY;
      resource.shares.maps.giveBack(1);
    }
    this.#contexts.detachFromAll(id);
    this.#resources.delete(resource);
    return Response.OK_NODATA;
  }

  #map(queue: Virtqueue, id: number, offset: number): number {
    const resource = this.#resources.get(id);
    if (resource === undefined) return Response.ERR_INVALID_RESOURCE_ID;
    if (resource instanceof GuestBlob || !resource.mappable || resource.placement) {
      return Response.ERR_INVALID_PARAMETER;
    }
    resource.shares.maps.take(1);
    const answer = Buffer.alloc(HEADER_SIZE + 8);
    this.#response.copy(answer, 0, 0, HEADER_SIZE);
    const { chain } = queue;
    try {
      const result = this.#window.map(resource.fd, resource.size, offset, (ok) => {
        if (!ok) this.#complain("mapping a blob", new Error("QEMU refused it"));
        answer.writeUInt32LE(ok ? Response.OK_MAP_INFO : Response.ERR_UNSPEC, 0);
        answer.writeUInt32LE(MAP_CACHED, HEADER_SIZE);
        queue.answer(chain, answer, ok ? answer.length : HEADER_SIZE);
      });
      if (result === "place") return Response.ERR_INVALID_PARAMETER;
      if (result === "limit") throw new LimitError(`no more than ${this.#window.count} blobs can be mapped now`);
      resource.placement = result;
      queue.detach();
      return ANSWERED_LATER;
    } finally {
      if (resource.placement === null) resource.shares.maps.giveBack(1);
    }
  }

  #unmap(queue: Virtqueue, id: number): number {
    const resource = this.#resources.get(id);
    if (resource === undefined) return Response.ERR_INVALID_RESOURCE_ID;
    if (resource instanceof GuestBlob || resource.placement === null) return Response.ERR_INVALID_PARAMETER;
    const answer = Buffer.from(this.#response.subarray(0, HEADER_SIZE));
    const { chain } = queue;
    queue.detach();
    const done = (ok: boolean) => {
      answer.writeUInt32LE(ok ? Response.OK_NODATA : Response.ERR_UNSPEC, 0);
      queue.answer(chain, answer, HEADER_SIZE);
    };
    if (!this.#window.unmap(resource.placement, done)) return Response.ERR_OUT_OF_MEMORY;
    resource.placement = null;
    resource.shares.maps.giveBack(1);
    return ANSWERED_LATER;
  }

  #complain(what: string, error: unknown): void {
    this.#options.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The sizes of commands, without what follows the longer ones. */
const SUBMIT_SIZE = 32;
const BLOB_SIZE = 56;
const NAME_SIZE = 64;
const MIN_SIZES: ReadonlyMap<number, number> = new Map([
  [Command.GET_DISPLAY_INFO, HEADER_SIZE],
  [Command.RESOURCE_UNREF, 32],
  [Command.GET_CAPSET_INFO, 32],
  [Command.GET_CAPSET, 32],
  [Command.RESOURCE_CREATE_BLOB, BLOB_SIZE],
  [Command.CTX_CREATE, 32 + NAME_SIZE],
  [Command.CTX_DESTROY, HEADER_SIZE],
  [Command.CTX_ATTACH_RESOURCE, 32],
  [Command.CTX_DETACH_RESOURCE, 32],
  [Command.SUBMIT_3D, SUBMIT_SIZE],
  [Command.RESOURCE_MAP_BLOB, 40],
  [Command.RESOURCE_UNMAP_BLOB, 32],
]);

/** A name from the guest, fit for a log. */
function printable(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("latin1", 0, end < 0 ? bytes.length : end).replace(/[^ -~]/g, "?");
}

/** Whether nothing in the guest waits for a command, if all goes well. Of others, the driver waits for the answer. */
function isUnfencedSubmission(request: Buffer): boolean {
  return request.readUInt32LE(0) === Command.SUBMIT_3D && (request.readUInt32LE(FLAGS_AT) & FLAG_FENCE) === 0;
}
