// SPDX-License-Identifier: Apache-2.0
/** Sockets that were made before us, by systemd or whoever speaks its protocol: see sd_listen_fds(3). */
import { UserError } from "../errors.ts";
import { counted } from "../log/counted.ts";
import { Fd } from "../native/fd.ts";
import { listenerAddress } from "../native/socket.ts";

/** SD_LISTEN_FDS_START: the first descriptor behind standard error. */
const FIRST = 3;

const COUNT = /^\d{1,5}$/;

/** The complaints about a descriptor, by the error that asking for its address gives. */
const complaints: Readonly<Record<string, string>> = {
  EBADF: "is not open",
  ENOTSOCK: "is no socket",
  EAFNOSUPPORT: "is no Unix socket",
  EPROTOTYPE: "is no stream socket",
  EINVAL: "does not listen",
};

/** A listening Unix socket that we did not make, and whose file is not ours to remove. */
export interface InheritedSocket {
  readonly fd: Fd;
  /** The path of the socket, or an abstract name with an `@` in front. */
  readonly address: string;
}

/** How many sockets this process was started with: 0 where `takeInheritedSockets` refuses what describes them. */
export function countInheritedSockets(
  { LISTEN_PID: owner, LISTEN_FDS: count = "" }: NodeJS.ProcessEnv,
  pid: number,
): number {
  return Number(owner) === pid && COUNT.test(count) ? Number(count) : 0;
}

/**
 * Takes over the sockets that this process was started with, by their names. The variables that describe them are
 * removed, so that they mean nothing to our children. Sockets for a process other than `pid` are none of ours.
 *
 * @param known the names that sockets may have, each once
 * @throws UserError that names what was not to be expected
 */
export function takeInheritedSockets(
  environment: NodeJS.ProcessEnv,
  pid: number,
  known: readonly string[],
): Map<string, InheritedSocket> {
  const { LISTEN_PID: owner, LISTEN_FDS: count = "0", LISTEN_FDNAMES: list } = environment;
  for (const name of ["PID", "PIDFDID", "FDS", "FDNAMES"]) delete environment[`LISTEN_${name}`];
  if (owner === undefined) return new Map();
  if (!/^\d+$/.test(owner)) throw new UserError(`LISTEN_PID is "${owner}", which is no process id`);
  if (Number(owner) !== pid) return new Map();
  if (!COUNT.test(count)) throw new UserError(`LISTEN_FDS is "${count}", which is no number of sockets`);
  const names = list === undefined ? [] : list.split(":");
  checkNames(names, Number(count), known);
  return new Map(names.map((name, index) => [name, adopt(name, FIRST + index)]));
}

function checkNames(names: readonly string[], count: number, known: readonly string[]): void {
  const remedy = `FileDescriptorName= in the socket unit must be one of: ${known.join(", ")}`;
  if (names.length !== count) {
    const sockets = counted(count, "socket was", "sockets were");
    throw new UserError(`${sockets} passed to us, but LISTEN_FDNAMES has ${counted(names.length, "name")}: ${remedy}`);
  }
  for (const [index, name] of names.entries()) {
    const subject = `the socket named "${name}" (descriptor ${FIRST + index})`;
    if (!known.includes(name)) throw new UserError(`${subject} is of no use to us: ${remedy}`);
    if (names.indexOf(name) !== index) throw new UserError(`${subject} is the second of that name: pass one`);
  }
}

function adopt(name: string, raw: number): InheritedSocket {
  try {
    const address = listenerAddress(raw);
    return { fd: Fd.adopt(raw), address };
  } catch (error) {
    const complaint = complaints[(error as { code?: string }).code ?? ""];
    if (complaint === undefined) throw error;
    throw new UserError(`the socket named "${name}" (descriptor ${raw}) ${complaint}: it must be a ListenStream= path`);
  }
}
