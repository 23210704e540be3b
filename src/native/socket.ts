// SPDX-License-Identifier: Apache-2.0
/**
 * Unix sockets: streams that carry descriptors, and a datagram. Plain numbers stand for descriptors that are only used, an Fd for one
 * that changes hands. `Binding` describes each call in full.
 */

import { constants } from "node:os";
import { type Binding, native } from "./binding.ts";
import { check } from "./errors.ts";
import { Fd } from "./fd.ts";

/** The number of clients that can wait for accept(), as with libwayland. */
const BACKLOG = 128;

/**
 * Reads bytes and descriptors; see `Binding.receive`. Returns `-errno` rather than throw: it runs for every message.
 */
export const receive: Binding["receive"] = native.receive;

/** Writes bytes and descriptors; see `Binding.send`. Returns `-errno` rather than throw: it runs for every message. */
export const send: Binding["send"] = native.send;

/** A listening socket at `path`, with mode 0600. Throws a SystemError (EADDRINUSE, ENAMETOOLONG, EACCES …). */
export function listenUnix(path: string): Fd {
  return new Fd(check(native.listenUnix(path, BACKLOG), "listen", path));
}

/**
 * Listens at a name in the kernel that has no file. The name is gone with its last descriptor, and has no permissions,
 * so that any user of this machine can connect. Throws a SystemError (EADDRINUSE, ENAMETOOLONG).
 */
export function listenAbstract(name: string): Fd {
  return new Fd(check(native.listenAbstract(name, BACKLOG), "listen", `@${name}`));
}

/** Takes such a name from everybody else, for nobody to connect to. Throws a SystemError (EADDRINUSE, ENAMETOOLONG). */
export function bindAbstract(name: string): Fd {
  return new Fd(check(native.bindAbstract(name), "bind", `@${name}`));
}

/** The next client of a listening socket, or null when none waits. Throws a SystemError (EMFILE …). */
export function accept(fd: number): Fd | null {
  const client = native.accept(fd);
  return client === -constants.errno.EAGAIN ? null : new Fd(check(client, "accept"));
}

/**
 * Connects to the socket at `path`. Throws a SystemError (ENOENT, ECONNREFUSED, ENAMETOOLONG; EAGAIN: backlog full).
 */
export function connectUnix(path: string): Fd {
  return new Fd(check(native.connectUnix(path), "connect", path));
}

/** Connects to a name that has no file. Throws a SystemError (ECONNREFUSED: nobody listens). */
export function connectAbstract(name: string): Fd {
  return new Fd(check(native.connectAbstract(name), "connect", `@${name}`));
}

/** Two connected sockets. Throws a SystemError (EMFILE). */
export function socketPair(): [Fd, Fd] {
  const ends = new Int32Array(2);
  check(native.socketPair(ends), "socketpair");
  return [new Fd(ends[0] as number), new Fd(ends[1] as number)];
}

/** Sets how many bytes may wait in a socket for the other end, as far as the system allows it (net.core.wmem_max). */
export function setSendBuffer(fd: Fd, size: number): void {
  check(native.setSendBuffer(fd.raw, size), "setsockopt");
}

/** The identity of a process, as the kernel saw it when it connected or began to listen. */
export interface Credentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

const credentials = new Int32Array(3);

/** Returns who is at the other end of a connected socket. Throws a SystemError. */
export function peerCredentials(fd: number): Credentials {
  check(native.peerCredentials(fd, credentials), "getsockopt");
  return {
    pid: credentials[0] as number,
    uid: (credentials[1] as number) >>> 0,
    gid: (credentials[2] as number) >>> 0,
  };
}

/** The size of sockaddr_un.sun_path. */
const ADDRESS_BYTES = 108;

/**
 * The address of a listening Unix stream socket: a path, or an abstract name with an `@` in front. Throws a SystemError
 * for any other descriptor (ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE, EINVAL; see `Binding.listenerAddress`).
 */
export function listenerAddress(fd: number): string {
  const bytes = Buffer.alloc(ADDRESS_BYTES);
  const length = check(native.listenerAddress(fd, bytes), "getsockname", `fd ${fd}`);
  return bytes.toString("utf8", 0, length).replace(/^\0/, "@");
}

/**
 * Connects to the datagram socket at an address as `listenerAddress` writes it. Throws a SystemError (ENOENT, ECONNREFUSED,
 * ENAMETOOLONG; EPROTOTYPE: no datagrams).
 */
export function connectDatagram(address: string): Fd {
  return new Fd(check(native.connectDatagram(Buffer.from(address.replace(/^@/, "\0"))), "connect", address));
}

const noFds = new Int32Array(0);

/**
 * Sends a text through such a socket. Returns false when the other end has too much unread and the text is to be tried later.
 * Throws a SystemError (ECONNREFUSED: it is gone).
 */
export function sendDatagram(socket: Fd, text: string): boolean {
  const bytes = Buffer.from(text);
  const status = native.send(socket.raw, bytes, 0, bytes.length, noFds, 0);
  return status !== -constants.errno.EAGAIN && check(status, "send") >= 0;
}

/** shutdown(2), SHUT_RDWR. */
const BOTH_WAYS = 2;

/**
 * Ends the connection both ways. The peer reads what was sent, and then the end, and can send no more. What it had sent
 * can be received still. Where there is no connection any more nothing is left to do.
 */
export function shutdown(fd: number): void {
  native.shutdown(fd, BOTH_WAYS);
}

/** Takes the flock(2) of an open file; false when another process has it. Throws a SystemError. */
export function lockExclusive(fd: number): boolean {
  const status = native.lockExclusive(fd);
  return status !== -constants.errno.EAGAIN && check(status, "flock") === 0;
}

/** Returns how many descriptors this process may have (the soft RLIMIT_NOFILE); its children inherit it. */
export function softFdLimit(): number {
  return check(native.softFdLimit(), "getrlimit");
}

/** Sets that limit. Throws a SystemError (EINVAL above the hard limit). */
export function setSoftFdLimit(limit: number): void {
  check(native.setSoftFdLimit(limit), "setrlimit");
}
