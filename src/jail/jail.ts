// SPDX-License-Identifier: Apache-2.0
/**
 * Takes from this process, for good, all that it does not need any more: opening files, starting programs, connecting to
 * anything. docs/decisions/0013-jail-with-a-broker.md says why in this way.
 */
import { spawn } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { native } from "../native/binding.ts";
import { check, SystemError } from "../native/errors.ts";
import { Fd } from "../native/fd.ts";
import { Broker, type Errand, foreseen, useBroker } from "../native/outside.ts";
import { pipe, readFd } from "../native/pipe.ts";
import { READABLE, Watch } from "../native/watch.ts";
import { callNumbers } from "../seccomp/call-numbers.ts";
import { Words } from "../vm/words.ts";
import { brokerFilter, jailFilter, ringFilter } from "./call-filters.ts";
import { type Landlock, landlock } from "./landlock.ts";

/** What a jail is to be like. */
export interface JailOptions {
  /** The path of the launcher, which becomes the broker. */
  readonly launcher: string;
  /** Whether we have children from before, to which signals must get. */
  readonly hasChildren: boolean;
  /** Called once for each system call that is refused. */
  readonly refused: (name: string) => void;
  /** Called when the broker has ended, without which no connection can be made any more. */
  readonly lost: () => void;
}

/** What has become of it. */
export interface Jail {
  /** What holds us; empty when there is no jail. */
  readonly walls: readonly string[];
  /** What is missing, with the reason. */
  readonly missing: readonly string[];
}

/**
 * Makes a jail, and goes into it. What was foreseen by then (native/outside.ts) is left, and what is open. Never throws: where
 * no jail can be made, everything stays as it was.
 */
export function enterJail(options: JailOptions): Jail {
  const hasRing = hasIoUring();
  const filter = jailFilter(process.arch, hasRing);
  const forBroker = brokerFilter(process.arch);
  if (filter === null || forBroker === null) return noJail(`the system calls of ${process.arch} are not known`);
  const walls: string[] = [];
  const missing: string[] = [];
  // Without a jail it ends, and nobody misses it.
  const lost = (): void => {
    if (walls.length > 0) options.lost();
  };
  let broker: Broker;
  try {
    broker = startBroker({ ...options, lost }, forBroker);
  } catch (error) {
    return noJail(`the process that is to stay outside does not start: ${(error as Error).message}`);
  }
  // Landlock first, since the filter refuses its calls. From now on paths lead nowhere, whatever else fails.
  const rules = landlock(native.landlockVersion(), options.hasChildren);
  const fence = restrict(rules);
  if (fence === null) walls.push(`Landlock ${rules?.version}`);
  else missing.push(fence);
  try {
    // Whatever happens: calls that are refused would wait for a listener that nobody reads.
    using listener = new Fd(check(native.filterCalls(filter), "seccomp"));
    broker.giveListener(listener.raw);
    walls.push(hasRing ? "seccomp (but for the event loop's io_uring)" : "seccomp");
  } catch (error) {
    missing.push(seccompProblem(error));
  }
  if (walls.length > 0) useBroker(broker);
  else broker.close();
  return { walls, missing };
}

/** Whether the event loop has an io_uring, as that of Node 22 and newer has where the kernel allows it. */
function hasIoUring(): boolean {
  try {
    const folder = "/proc/self/fd";
    return readdirSync(folder).some((fd) => isRing(join(folder, fd)));
  } catch {
    // No /proc: better a hole than an event loop that ends the process.
    return true;
  }
}

function isRing(path: string): boolean {
  try {
    return readlinkSync(path) === "anon_inode:[io_uring]";
  } catch {
    // That of the folder itself, which is closed by now.
    return false;
  }
}

/**
 * Begins this process anew, if its event loop has an io_uring, in such a way that it gets none. The environment has to be as it
 * was. Returns if that is not needed, or cannot be done. Programs that are started from then on get no privileges that their
 * user has not, as from a set-user-ID program.
 *
 * @param kept how many of the first descriptors were there when this process began
 */
export function beginWithoutIoUring(launcher: string, kept: number): void {
  const filter = ringFilter(process.arch);
  if (filter === null || !hasIoUring()) return;
  const { execPath, execArgv, argv } = process;
  const words = new Words()
    .noNewPrivileges()
    .tryFilter(filter)
    .exec([execPath, ...execArgv, ...argv.slice(1)]);
  native.execute([launcher, ...words.list], kept);
}

const noJail = (reason: string): Jail => ({ walls: [], missing: [reason] });

/** Null when it holds, else why not. */
function restrict(rules: Landlock | null): string | null {
  const status = native.restrictSelf(rules?.files ?? 0, rules?.network ?? 0, rules?.scopes ?? 0);
  if (rules === null) return "the kernel has no Landlock, or it is switched off (lsm=)";
  return status < 0 ? `Landlock: ${new SystemError("landlock_restrict_self", -status).message}` : null;
}

function seccompProblem(error: unknown): string {
  const { code, message } = error as SystemError;
  if (code === "EBUSY") return "another filter of system calls has a listener already, as in some containers";
  if (code === "EINVAL" || code === "ENOSYS") return "filters of system calls need Linux 5.7 or newer, with seccomp";
  return message;
}

function startBroker({ launcher, refused, lost }: JailOptions, filter: Buffer): Broker {
  const ends = new Int32Array(2);
  check(native.packetPair(ends), "socketpair");
  using theirs = new Fd(ends[1] as number);
  const ours = new Fd(ends[0] as number);
  const [reports, reporting] = pipe();
  using writing = reporting;
  try {
    const errands = foreseen();
    const words = new Words().noNewPrivileges().filter(filter).serve(errands.map(errandWords));
    const child = spawn(launcher, words.list, {
      stdio: [theirs.raw, writing.raw, "ignore"],
      env: {},
      // Ctrl-C on our terminal is for us, who need it to the end.
      detached: true,
    });
    // What fails without throwing shows in its silence.
    child.on("error", () => {});
    child.unref();
    theirs.close();
    writing.close();
    const broker = new Broker(ours, errands);
    broker.greet();
    hearReports(reports, refused, lost);
    return broker;
  } catch (error) {
    ours.close();
    reports.close();
    throw error;
  }
}

function errandWords(errand: Errand): readonly [string, string, string, number, number] {
  const to = errand.kind === "rename" ? errand.to : "";
  return errand.kind === "open"
    ? [errand.kind, errand.path, to, errand.flags, errand.mode]
    : [errand.kind, errand.path, to, 0, 0];
}

/** A refused call is a number of four bytes, and comes whole. */
function hearReports(reports: Fd, refused: (name: string) => void, lost: () => void): void {
  const numbers = callNumbers(process.arch);
  const bytes = Buffer.alloc(256);
  const watch = new Watch(reports.raw, () => {
    const count = readFd(reports.raw, bytes, 0, bytes.length);
    if (count === -constants.errno.EAGAIN) return;
    if (count <= 0) {
      watch.close();
      reports.close();
      lost();
      return;
    }
    for (let at = 0; at + 4 <= count; at += 4) refused(numbers?.nameOf(bytes.readInt32LE(at)) ?? "");
  });
  watch.set(READABLE);
}
