// SPDX-License-Identifier: Apache-2.0
/** The jail that a program goes into once it listens. */
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type Finding, missing } from "../../check/finding.ts";
import { checkJail } from "../../check/jail.ts";
import { UserError } from "../../errors.ts";
import { beginWithoutIoUring, enterJail } from "../../jail/jail.ts";
import { countInheritedSockets } from "../../listen/inherited-sockets.ts";
import type { Logger } from "../../log/logger.ts";
import { packageRoot } from "../../native/package-root.ts";
import { socketPair } from "../../native/socket.ts";
import { launcherPath } from "../../vm/launcher.ts";
import { keepCodeNow } from "../launcher/kept-code.ts";
import { type Environment, giveBackEnvironment, takeEnvironment } from "./environment.ts";
import type { JailSettings } from "./jail-options.ts";

/**
 * Goes into a jail, unless the settings say otherwise. Where none can be made, a line says so, and that is all.
 *
 * @param hasChildren whether this process has started programs, to which signals must get
 */
export function confine({ noJail }: JailSettings, log: Logger, hasChildren: boolean): void {
  if (noJail) return;
  // From here on nothing can be kept.
  keepCodeNow();
  openReserve();
  // The time zone is read from a file, once.
  new Date().getTimezoneOffset();
  const { walls, missing } = enterJail({
    launcher: launcher(),
    hasChildren,
    refused: (call) =>
      log.warn(`the jail has refused the system call ${call}; if anything fails for want of it, try --no-jail`),
    lost: () =>
      log.error("the process that connects to the compositor for us has ended: no client can connect any more"),
  });
  if (walls.length === 0) log.warn(`this process is in no jail: ${missing.join("; ")}`);
  else if (missing.length > 0)
    log.warn(`the jail of this process is ${walls.join(" and ")} alone: ${missing.join("; ")}`);
  else log.debug(`in a jail now: ${walls.join(", ")}`);
}

/** Has libuv open the descriptor that it keeps in reserve: it does so with its first stream, such as that of wayland-proxy-ctl. */
function openReserve(): void {
  const [end, other] = socketPair();
  new Socket({ fd: end.take() }).destroy();
  other.close();
}

/** Begins the program anew, if that makes a better jail possible; before it has done anything. */
export function prepareJail({ noJail }: JailSettings, environment: Environment): void {
  const path = launcher();
  if (noJail || environment.isBegunAnew || path === "" || process.argv.some(namesOpenFile)) return;
  giveBackEnvironment(environment);
  // Standard ones, and the sockets of a service manager.
  beginWithoutIoUring(path, 3 + countInheritedSockets(environment.service, process.pid));
  // It was not needed, or not possible.
  takeEnvironment();
}

/** Whether a word names a file that a shell has opened for us, which would be closed: /dev/fd/63 for <(command), say. */
function namesOpenFile(word: string): boolean {
  return /\/fd\/\d+$/.test(word);
}

/** Says what the kernel can do for that. */
export function checkConfinement({ noJail }: JailSettings): Finding {
  return noJail ? missing("jail", "not wanted (--no-jail)") : checkJail(launcher());
}

/** Its absence shows where it is started. */
function launcher(): string {
  const folder = fileURLToPath(packageRoot);
  try {
    return launcherPath(folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return "";
  }
}
