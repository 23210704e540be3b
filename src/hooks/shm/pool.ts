// SPDX-License-Identifier: Apache-2.0
import { mayBlock } from "../../native/blocking.ts";
import { BlockingFile } from "../../native/blocking-file.ts";
import { ClientMemory } from "../../native/client-memory.ts";
import { SystemError } from "../../native/errors.ts";
import { fileInfo } from "../../native/memory.ts";
import { WlShmError } from "../../protocol/generated/enums.ts";
import type { Requests } from "../../protocol/generated/types.ts";
import type { HookedRequest } from "../../relay/hooked-message.ts";
import { onRequests } from "../../relay/one-sided.ts";
import { ProtocolError } from "../../wire/errors.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { ShmBuffer } from "./buffer.ts";
import { bytesPerLine, sizeOf } from "./formats.ts";

type CreateBuffer = Requests["wl_shm_pool"]["create_buffer"];

const MAX_INT = 0x7fffffff;

/** A client's wl_shm_pool. The host has none like it: what is in it is copied. */
export class ShmPool {
  /** The pool's memory; null where it is a file. */
  readonly memory: ClientMemory | null;
  /** A file on a disk, a server or in a file system in user space: touching it as memory may keep us waiting. */
  readonly file: BlockingFile | null;
  readonly #object: WlObject<"wl_shm_pool">;
  readonly #created: (buffer: ShmBuffer) => void;
  readonly #closed: (pool: ShmPool) => void;
  /** The pool itself, its buffers, and surfaces that are about to show them. */
  #users = 1;
  #length: number;

  /**
   * Serves the requests to a new pool.
   *
   * @param created called with each of its buffers
   * @param closed called when nothing can use its memory any more, which is then released
   * @throws ProtocolError when there is no memory like that
   */
  constructor(
    message: HookedRequest<"wl_shm", "create_pool">,
    created: (buffer: ShmBuffer) => void,
    closed: (pool: ShmPool) => void,
  ) {
    const { id, fd, size } = message.args;
    const shm = message.object.clientId;
    // libwayland takes the code for this from there, too.
    if (size <= 0) throw new ProtocolError(`invalid size (${size})`, WlShmError.invalid_stride, shm);
    this.#object = id;
    this.#created = created;
    this.#closed = closed;
    this.#length = size;
    const { kind, access } = orInvalidFd(shm, () => fileInfo(fd.raw));
    const isFile = kind === "file" && access !== "write" && mayBlock(fd.raw);
    this.memory = isFile ? null : orInvalidFd(shm, () => ClientMemory.map(fd.raw, size));
    this.file = isFile
      ? new BlockingFile(
          orInvalidFd(shm, () => fd.duplicate()),
          message.client,
        )
      : null;
    onRequests(id, {
      create_buffer: (args) => this.#createBuffer(args),
      resize: (args) => this.#resize(args),
      destroy: () => this.unuse(),
    });
  }

  /** The size in bytes, as the client says; the pool's file may be shorter. */
  get length(): number {
    return this.#length;
  }

  /** Keeps the memory for one more user. */
  use(): void {
    this.#users++;
  }

  /** Notes that one user less uses the pool. */
  unuse(): void {
    if (--this.#users === 0) this.close();
  }

  close(): void {
    this.memory?.close();
    this.file?.close();
    this.#closed(this);
  }

  #createBuffer({ id, offset, width, height, stride, format }: CreateBuffer): void {
    const pool = this.#object.clientId;
    const size = stride * height;
    if (
      Math.min(width, height) <= 0 ||
      stride < bytesPerLine(format, width) ||
      size > MAX_INT ||
      offset < 0 ||
      offset > this.#length - size
    ) {
      const place = `at ${offset} in a pool of ${this.#length} bytes`;
      const text = `invalid width, height or stride (${width}x${height}, ${stride}) ${place}`;
      throw new ProtocolError(text, WlShmError.invalid_stride, pool);
    }
    // Planes behind the first need not be there as far as libwayland is concerned.
    const all = Math.min(sizeOf(format, stride, height), this.#length - offset);
    this.#created(new ShmBuffer(id, this, offset, { width, height, stride, format, size: all }));
  }

  #resize({ size }: Requests["wl_shm_pool"]["resize"]): void {
    const pool = this.#object.clientId;
    if (size < this.#length) throw new ProtocolError("shrinking pool invalid", WlShmError.invalid_fd, pool);
    orInvalidFd(pool, () => this.memory?.resize(size));
    this.#length = size;
  }
}

/** Turns what the kernel says against a client's memory into what the protocol says. */
function orInvalidFd<T>(objectId: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new ProtocolError(`no memory can be shared: ${error.message}`, WlShmError.invalid_fd, objectId);
  }
}
