// SPDX-License-Identifier: Apache-2.0
/**
 * The addon: what `native/*.c` offers, and the only place that loads it. The other files of `src/native` give these functions
 * names and errors; other modules use those.
 */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { AddonError } from "./errors.ts";
import { packageRoot } from "./package-root.ts";

declare const clientMemoryHandle: unique symbol;
/** Memory of a client that is in use; only the addon can make or read one. */
export interface ClientMemoryHandle {
  readonly [clientMemoryHandle]: true;
}

declare const blockingCallsHandle: unique symbol;
/** The blocking calls of this JavaScript environment; only the addon can make or read one. */
export interface BlockingCallsHandle {
  readonly [blockingCallsHandle]: true;
}

/** The operations of `callsStart`. */
export const Call = { close: 0, stat: 1, read: 2, write: 3, store: 4 } as const;

/**
 * Every function returns a number >= 0, or `-errno` when the kernel refused; none blocks. Each throws a TypeError for
 * an argument of the wrong kind (also numbers that are not whole, or that lie outside an array). `fd` is always a plain
 * number, and only `close` closes what it is given. All descriptors that are made here are closed on exec.
 */
export interface Binding {
  /**
   * Reads what a stream socket holds into `bytes[offset … offset+length-1]` (`length` >= 1), and the descriptors that
   * came with it into `fds`: `fds[0]` = how many, `fds[1…]` = the descriptors, now the caller's. Returns the number of
   * bytes; 0 is the end of the stream. `-EMSGSIZE` when more came than `fds` has room for (a message carries up to 253),
   * `-EMFILE` when more came than the limit of open files lets in: bytes and descriptors of that message are lost then,
   * so the connection is of no more use.
   */
  receive(fd: number, bytes: Uint8Array, offset: number, length: number, fds: Int32Array): number;

  /**
   * Writes `bytes[offset … offset+length-1]` (`length` >= 1) to a stream socket. `fds[0…count-1]` (`count` <= 253, of
   * which libwayland takes 28) are attached to the first byte. Returns how many bytes went, maybe fewer than `length`;
   * the descriptors went if any byte did. They stay open here. A peer that is gone is `-EPIPE` or `-ECONNRESET`, never
   * a signal.
   */
  send(fd: number, bytes: Uint8Array, offset: number, length: number, fds: Int32Array, count: number): number;

  /**
   * Prepares `exchangeReceive` and `exchangeSend` in this environment; to be called once (`-EEXIST`). Both are for one
   * buffer, and take what they need from `words`: a descriptor, where in `bytes` a range begins, and its length (>= 1).
   * Behind these is how many descriptors go or have come with it (<= 253), and then these descriptors.
   */
  exchangeInit(words: Int32Array, bytes: Uint8Array): number;
  /** Receives as `receive` does. */
  exchangeReceive(): number;
  /** Sends as `send` does. */
  exchangeSend(): number;

  /**
   * Prepares watching in this environment; to be called once (`-EEXIST`). When watched descriptors are ready, `turn`
   * gets them (`turn[1]` = how many, `turn[2…]` = pairs of descriptor and events) and `run` is called. It is called
   * again until it has set `turn[0]`, the number of those that were handled, to that. Events are READABLE 1, WRITABLE 2
   * and FAILED 4; hanging up is both of the former, an error all three. Meanwhile `clock[0]` is when that was (as
   * `bootTime`), else 0. With `inside` the event loop waits for our descriptors with its own, and not the other way
   * round.
   */
  watchInit(turn: Int32Array, clock: Float64Array, run: () => void, inside: boolean): number;
  /** Watches `fd` for `events`, as `watchSet`. One watch for each fd (`-EEXIST`), no regular files (`-EPERM`). */
  watchOpen(fd: number, events: number): number;
  /**
   * Waits for `events` from now on (READABLE | WRITABLE, with EDGE 8 once for each that comes; 0 = for nothing, not even
   * hanging up). As long as any watch waits for something, the process goes on.
   */
  watchSet(fd: number, events: number): number;
  /** Ends a watch, at once and for good; to be called before its descriptor is closed. */
  watchClose(fd: number): number;
  /**
   * Waits, and fills `turn` anew. `run` calls it when all is handled, and nothing that the event loop has to know of
   * was begun. Returns how many are ready; 0 when `run` is to return.
   */
  watchWait(): number;

  /**
   * Makes a listening socket at `path`, whose mode is 0600 (less what the umask denies the owner) from its first moment
   * on. `-ENAMETOOLONG` beyond 107 bytes.
   */
  listenUnix(path: string, backlog: number): number;
  /** Listens at a name in the kernel that has no file, and no permissions: anybody can connect. */
  listenAbstract(name: string, backlog: number): number;
  /** Takes such a name without listening: whoever connects is refused (`-ECONNREFUSED`). */
  bindAbstract(name: string): number;
  /** The next client of a listening socket, whose open file it makes nonblocking; `-EAGAIN` when none waits. */
  accept(fd: number): number;
  /** Connects to the socket at `path`; `-EAGAIN` when its backlog is full. */
  connectUnix(path: string): number;
  /** Connects to a name that has no file. */
  connectAbstract(name: string): number;
  /** Two connected stream sockets into `out[0]` and `out[1]`. */
  socketPair(out: Int32Array): number;
  setSendBuffer(fd: number, size: number): number;
  /** pid, uid and gid (the ids as signed numbers) of who connected, or listened, into `out[0…2]`. */
  peerCredentials(fd: number, out: Int32Array): number;
  /** Ends a connection in one direction or both; `how` is SHUT_RD 0, SHUT_WR 1 or SHUT_RDWR 2. */
  shutdown(fd: number, how: number): number;
  /**
   * Writes the address of a listening Unix stream socket into `bytes`, as far as it fits. It is the socket's path, or
   * if the first byte is 0 its abstract name. Returns how many bytes it has. `-ENOTSOCK`; `-EAFNOSUPPORT`: no Unix
   * socket; `-EPROTOTYPE`: no stream; `-EINVAL`: does not listen.
   */
  listenerAddress(fd: number, bytes: Uint8Array): number;
  /**
   * Connects to the datagram socket at `address`, which is a path, or an abstract name if its first byte is 0. What `send`
   * sends then arrives whole; `-EAGAIN` when the other end has too much unread.
   */
  connectDatagram(address: Uint8Array): number;

  /** `-EBUSY` while it is watched: it stays open then. */
  close(fd: number): number;
  /** A second descriptor for the same open file. */
  duplicate(fd: number): number;
  /** Makes a descriptor that this process was started with like one that it has made: nonblocking and closed on exec. */
  adopt(fd: number): number;
  /** Takes the flock(2) of an open file; `-EAGAIN` when another process has it. */
  lockExclusive(fd: number): number;
  /** Returns how many descriptors this process may have (the soft RLIMIT_NOFILE), which its children inherit. */
  softFdLimit(): number;
  /** Sets it; `-EINVAL` above the hard limit. */
  setSoftFdLimit(limit: number): number;

  /** Lets this process leave no core dump, and no other process of the user look into it (PR_SET_DUMPABLE). */
  forbidDumps(): number;
  /** How many bytes a page of memory has. */
  pageSize(): number;
  /** An anonymous file of `size` zero bytes, which can be sealed. Of `name` 249 bytes count. */
  memfd(name: string, size: number): number;
  /** Adds F_SEAL_… bits; `-EPERM` when the file is sealed against it, `-EBUSY` when it is mapped writable. */
  addSeals(fd: number, seals: number): number;
  /** Returns the file's F_SEAL_… bits; `-EINVAL` for a file that cannot have any. */
  seals(fd: number): number;
  /** Type (S_IFMT bits, 0 for a dma-buf), size (as the kernel knows it), device, inode and access mode (O_ACCMODE bits) into `out[0…4]`. */
  fileInfo(fd: number, out: BigInt64Array): number;
  /**
   * Maps part of a file, shared; `offset` counts in whole pages. The memory must not shrink while it is mapped. `-ENXIO`
   * beyond the end of a regular file.
   */
  map(fd: number, length: number, offset: number, writable: boolean): ArrayBuffer | number;
  /** Detaches the buffer, so that its length and that of its views is 0, and unmaps what was behind it. */
  unmap(buffer: ArrayBuffer): number;

  /** Prepares reading the first `length` bytes (>= 1) of a client's file, which may be shorter, or get so. */
  clientMap(fd: number, length: number): ClientMemoryHandle | number;
  /** Prepares reading `length` bytes from now on. */
  clientResize(handle: ClientMemoryHandle, length: number): number;
  /**
   * Copies `rows` rows of `rowBytes` bytes; strides are the distances between their starts. Returns 1, or 0 when the
   * client's file did not have all of them. Then zeros stand for what is missing, now and in all later copies.
   */
  clientCopy(
    handle: ClientMemoryHandle,
    target: Uint8Array,
    targetOffset: number,
    sourceOffset: number,
    rowBytes: number,
    rows: number,
    sourceStride: number,
    targetStride: number,
  ): number;
  /**
   * Copies `count` (<= 64) such blocks of rows. For each, `blocks` has four numbers. The first two say where its first
   * row begins in `target`, and in the client's memory behind `sourceOffset`. The others are the bytes of a row, and the
   * number of rows (both >= 1).
   */
  clientCopyBlocks(
    handle: ClientMemoryHandle,
    target: Uint8Array,
    sourceOffset: number,
    stride: number,
    blocks: Float64Array,
    count: number,
  ): number;
  /**
   * Copies such rows the other way. Returns 1, or 0 when the client's file did not have all of them, or -errno when it
   * cannot be written to.
   */
  clientStore(
    handle: ClientMemoryHandle,
    source: Uint8Array,
    sourceOffset: number,
    targetOffset: number,
    rowBytes: number,
    rows: number,
    targetStride: number,
    sourceStride: number,
  ): number;
  /** Ends the use of a handle. */
  clientUnmap(handle: ClientMemoryHandle): number;

  /**
   * Returns 1 when a call on `fd` may wait for another program: `fd` is for a file (of a disk, of a file system in user
   * space), a terminal or a device. Returns 0 for pipes, sockets, memory (memfd, tmpfs) and what is the kernel's own
   * (dma-buf, eventfd).
   */
  mayBlock(fd: number): number;
  /**
   * Closes the first `count` of `fds` as `close` does, but for those where that may take time. They stay open, and come first in
   * `fds` then; returns how many they are. Every socket is among them, which can be made to wait until all is sent.
   */
  closeAtOnce(fds: Int32Array, count: number): number;
  /** Prepares calls that may block. `callsEvent` is to be called before the first, and after each `callsRest`. */
  callsOpen(): BlockingCallsHandle | number;
  /** An eventfd, which stays the handle's and is there until `callsRest`; readable when `callsTake` has something. */
  callsEvent(handle: BlockingCallsHandle): number;
  /** Closes the eventfd, and returns 1, unless there are calls. */
  callsRest(handle: BlockingCallsHandle): number;
  /**
   * Starts a call in a process of its own: `close` closes `fd`; `stat` looks at it; `read` reads up to `data` (a number) bytes at
   * `offset`; `write` writes all of `data` where the file is, `store` at `offset`. -EAGAIN or -ENOMEM without resources.
   */
  callsStart(
    handle: BlockingCallsHandle,
    id: number,
    operation: (typeof Call)[keyof typeof Call],
    fd: number,
    data: Uint8Array | number,
    offset: number,
  ): number;
  /**
   * Kills the process of that call, which ends as soon as the kernel allows, with -EINTR. One that is to close something is
   * left alone until the number is free.
   */
  callsCancel(handle: BlockingCallsHandle, id: number): number;
  /**
   * Returns the data of a call that has ended. Its id, its result, and type and size for `stat` go into `out[0…3]`.
   * Returns 0 when no other call has ended.
   */
  callsTake(handle: BlockingCallsHandle, out: Float64Array): ArrayBuffer | number;
  /** How many calls have no process yet. */
  callsUnderway(handle: BlockingCallsHandle): number;

  /** Makes a pipe and writes its read end, then its write end into `out`. Both block until that is changed. */
  pipe(out: Int32Array): number;
  /** A pipe with a name in the file system, of mode 0600 (less what the umask denies); `-EEXIST` for a name that is taken. */
  namedPipe(path: string): number;
  /** A counter at 0, nonblocking. */
  eventfd(): number;
  /**
   * read(2) into `bytes[offset … offset+length-1]` (`length` >= 1). Returns how many bytes came, 0 at the end, `-EAGAIN`
   * when there are none now. Makes the open file nonblocking.
   */
  read(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  /** write(2) in the same way; `-EPIPE` when nobody reads any more. */
  write(fd: number, bytes: Uint8Array, offset: number, length: number): number;

  /** The name of a DRM device's driver into `name`, as far as it fits; returns how many bytes. */
  drmVersion(fd: number, name: Uint8Array): number;
  /** A parameter of the virtio-gpu driver; `-EINVAL` or `-ENOENT` when this kernel or device does not have it. */
  drmGetParam(fd: number, param: number): number;
  /** Writes what the host says of a capability set into `bytes`. Waits for the host, up to 5 s. */
  drmGetCaps(fd: number, id: number, version: number, bytes: Uint8Array): number;
  /** Makes the open file a context; `params` are `count` (<= 8) pairs of key and value. */
  drmContextInit(fd: number, params: Int32Array, count: number): number;
  /** Makes a blob; its handle into `out[0]`, its resource id into `out[1]`. */
  drmCreateBlob(fd: number, memory: number, flags: number, size: number, blobId: number, out: Int32Array): number;
  /** Returns where to map a handle in the device's file. */
  drmMapOffset(fd: number, handle: number): number;
  /**
   * Submits `bytes[offset … offset+length-1]` to the host, with a fence on `ring` unless that is -1. Until it is
   * signalled the `count` buffers of `handles` are busy. With `fence`, returns a descriptor that is readable then.
   * Waits while the device's queue is full.
   */
  drmExecbuffer(
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    ring: number,
    handles: Int32Array,
    count: number,
    fence: boolean,
  ): number;
  /** Resource id, size and kind of memory of a handle into `out[0…2]`. */
  drmResourceInfo(fd: number, handle: number, out: Int32Array): number;
  /** A dma-buf for a handle. */
  drmHandleToFd(fd: number, handle: number): number;
  /** The handle of a dma-buf, always the same one for the same buffer. */
  drmFdToHandle(fd: number, dmabuf: number): number;
  /** Gives a handle back. */
  drmGemClose(fd: number, handle: number): number;
  /** Takes the events that wait, and returns how many say that a fence is signalled. */
  drmReadEvents(fd: number): number;
  /** A descriptor that is readable once the fences of a dma-buf are signalled. */
  exportSyncFile(dmabuf: number, flags: number): number;

  /** Lets programs open the other end of what /dev/ptmx has given, and returns its number in /dev/pts. */
  terminalUnlock(fd: number): number;
  /** Sets the size of a terminal. */
  terminalResize(fd: number, columns: number, rows: number): number;
  /** Lets every byte pass as it is, both ways, and puts the mode that was into `saved` (128 bytes are enough). */
  terminalRaw(fd: number, saved: Uint8Array): number;
  /** Sets the mode that `terminalRaw` has saved. */
  terminalRestore(fd: number, saved: Uint8Array): number;

  /** Which version of Landlock's interface the kernel has; `-ENOSYS` or `-EOPNOTSUPP` without it. */
  landlockVersion(): number;
  /**
   * Gives up new privileges and core dumps for good, and then with Landlock what the bits say (LANDLOCK_ACCESS_FS_*, _NET_*,
   * LANDLOCK_SCOPE_*): for this thread and those that it starts, since version 8 for all. `-ENOSYS` or `-EOPNOTSUPP`
   * without Landlock.
   */
  restrictSelf(files: number, network: number, scopes: number): number;
  /**
   * Has the kernel ask this program (an array of struct sock_filter) about all system calls of all threads from now on. Returns
   * the filter's listener. `-EBUSY` where a filter has one already, `-EINVAL` before Linux 5.7.
   */
  filterCalls(program: Uint8Array): number;
  /**
   * Becomes another program, `command[0]`, with these arguments, the environment of this process, and its first `kept` descriptors.
   * Returns only `-errno`.
   */
  execute(command: readonly string[], kept: number): number;
  /** Two connected sockets that keep messages apart, and block, into `out[0]` and `out[1]`: for `ask`. */
  packetPair(out: Int32Array): number;
  /**
   * Sends a message, with the descriptor `given` unless that is -1, and waits for the answer, a number <= 0, which is returned.
   * How many descriptors came with it, at most two, and which, into `out[0…2]`. `-EPIPE` when nobody answers any more.
   */
  ask(socket: number, message: Uint8Array, given: number, out: Int32Array): number;

  /** Milliseconds, with a fraction, since the machine was started, those included for which it slept. */
  bootTime(): number;

  /** Lets malloc keep at most 128 KiB of what is freed at the end of each of its heaps. Does nothing without glibc. */
  heapLimit(): number;
  /** Gives the system what malloc has free. Does nothing without glibc. */
  heapTrim(): number;

  /**
   * Gives up the pages of this program and its libraries that lie in memory as they do in their files; they come back when
   * they are touched. `pagemap` is /proc/self/pagemap, open for reading.
   */
  programPagesGiveUp(pagemap: number): number;

  /** The number at `offset`; what is read after it was stored before the number. `offset` must be even in memory. */
  loadAcquire16(bytes: Uint8Array, offset: number): number;
  /** Stores `value` modulo 2^16 at `offset`; whoever sees it sees all that was stored before. */
  storeRelease16(bytes: Uint8Array, offset: number, value: number): number;
  /** Makes others see what was stored before, before anything after is read or stored here. */
  fullFence(): number;
}

function load(): Binding {
  const path = fileURLToPath(new URL(`prebuilds/linux-${process.arch}/native.node`, packageRoot));
  try {
    return createRequire(import.meta.url)(path) as Binding;
  } catch (error) {
    const reason = existsSync(path) ? (error as Error).message : `${path} does not exist`;
    throw new AddonError(
      `the addon for ${process.platform}-${process.arch} cannot be loaded (${reason}); ` +
        `build it with: sh ${fileURLToPath(new URL("scripts/build-native.sh", packageRoot))}`,
    );
  }
}

/** The loaded addon. Importing this file throws an AddonError when it cannot be loaded. */
export const native: Binding = load();
