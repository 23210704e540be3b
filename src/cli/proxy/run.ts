// SPDX-License-Identifier: Apache-2.0
/** A proxy from its start, as the command line asked for it, to its end. */
import { setImmediate } from "node:timers/promises";
import { findProgram } from "../../check/places.ts";
import { UserError } from "../../errors.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import { type InheritedSocket, takeInheritedSockets } from "../../listen/inherited-sockets.ts";
import { XDisplay } from "../../listen/x-display.ts";
import type { Logger } from "../../log/logger.ts";
import { createProxy } from "../../proxy.ts";
import { type SessionsOptions, sumOf } from "../../sessions.ts";
import type { Diagnostics } from "../common/diagnostics.ts";
import { RunningCommand } from "../common/run-command.ts";
import { ServiceManager } from "../common/service-manager.ts";
import { GROUP_OF_UNIT, letGroupConnect } from "../common/socket-group.ts";
import { stopSignal } from "../common/stop-signal.ts";
import { loadHooks } from "../common/user-hooks.ts";
import { chooseHost } from "../upstream/chosen-host.ts";
import type { Settings } from "./options.ts";
import { protocolsOf } from "./protocols.ts";

/** For how many milliseconds sessions may outlive the command before the user is told why we do not end. */
const LINGER_UNEXPLAINED = 1000;

/**
 * Starts a proxy, and serves until the command and all sessions are done, or without a command until a signal asks to
 * stop. Resolves to the exit code. Throws UserErrors.
 */
export async function run(settings: Settings, diagnostics: Diagnostics): Promise<number> {
  const { log } = diagnostics;
  for (const warning of settings.warnings) log.warn(warning);
  const { XDG_RUNTIME_DIR: runtimeDir, WAYLAND_SOCKET: inheritedConnection, PATH: searchPath = "" } = process.env;
  if (inheritedConnection !== undefined) {
    log.warn("WAYLAND_SOCKET is ignored: it is a single connection, and each program needs one of its own to the host");
  }
  // First of all, since programs that we start are not to inherit what tells of them.
  const manager = new ServiceManager(process.env, process.pid, log);
  const inherited = takeInheritedSockets(process.env, process.pid, ["wayland", "x11"]);
  if (inherited.has("x11") && settings.xDisplay === undefined) {
    throw new UserError("a socket for X11 programs was passed to us: say which display it is for with --x-display N");
  }
  const host = await chooseHost(settings, log);
  const { protocol, policy, added } = await protocolsOf(settings, host.hide);
  const userHooks = await loadHooks(settings.hooks, protocol);
  await diagnostics.begin(protocol, added);

  let running: RunningCommand | undefined;
  let terminated = false;
  // Before there is anything that would be left behind.
  const stopped = stopSignal((signal) => {
    if (!running?.running) return false;
    running.passOn(signal);
    // Unlike the others, it does not come from a terminal, where it may be meant for a part of what the command runs.
    terminated ||= signal === "SIGTERM";
    return true;
  });
  const display = openDisplay(settings, inherited.get("wayland"), runtimeDir, host.path, (path) =>
    diagnostics.openPipe(path),
  );
  // Also when a defect of ours ends the process.
  process.once("exit", () => display.removeFiles());
  const { tag, appIdPrefix, command, xDisplay: xNumber, xwaylandBinary } = settings;
  const xDisplay = xNumber === undefined ? undefined : openXDisplay(xNumber, inherited.get("x11"), display, log);
  process.once("exit", () => xDisplay?.close());
  const ended = new AbortController();
  const served: SessionsOptions = {
    connectHost: host.connect,
    probeHost: host.probe,
    hooks: [...host.hooks, ...userHooks],
    protocol,
    policy,
    tag,
    appIdPrefix,
    log,
    recorder: diagnostics.recorder,
    failed: diagnostics.failed,
    ended: diagnostics.ended,
    counted: () => manager.counted(),
  };
  // Only if it is needed: who has no X11 programs is not to wait for it.
  const xwayland = xDisplay && (await import("../../xwayland/x-server.ts"));
  const proxy = createProxy({ ...served, display });
  const xServer =
    xDisplay &&
    xwayland &&
    new xwayland.XServer({
      ...served,
      display: xDisplay,
      binary: xwaylandBinary,
      imagesFor: host.imagesFor,
      unscale: settings.xUnscale,
      primary: settings.xPrimary,
      resources: settings.xrdb,
      explain: diagnostics.xwayland,
    });
  const idle = async (): Promise<void> => void (await Promise.all([proxy.idle(), xServer?.idle()]));
  try {
    diagnostics.listen(display.path, () => sumOf([proxy.statistics, ...(xServer ? [xServer.statistics] : [])]));
    manager.ready(() => proxy.sessions);
    log.info(`listening on ${display.name}: what is started with WAYLAND_DISPLAY=${display.name} goes to ${host.name}`);
    if (xDisplay !== undefined && findProgram(xwaylandBinary, searchPath) === null) {
      log.warn(
        `X11 programs cannot be served: there is no program ${xwaylandBinary}; install it (Debian: xwayland), or see --xwayland-binary`,
      );
    }
    if (xDisplay !== undefined) log.info(`X11 programs: what is started with DISPLAY=${xDisplay.name} goes there, too`);
    host.warnIfAbsent(ended.signal);
    if (command.length === 0) {
      await stopped;
      return 0;
    }
    running = new RunningCommand(command, clientEnvironment(display, xDisplay), log);
    const exitCode = await running.exitCode;
    if (terminated) return exitCode;
    await lastSession(idle, stopped, () => {
      log.info(
        `${command[0]} has ended, but windows are still open, or what it copied is kept; SIGTERM or SIGINT ends that`,
      );
    });
    return exitCode;
  } finally {
    ended.abort();
    manager.stopping();
    await Promise.all([proxy.close(), xServer?.close()]);
    xDisplay?.close();
    await host.settled();
    await diagnostics.close();
  }
}

function openDisplay(
  { waylandDisplay, socketGroup }: Settings,
  inherited: InheritedSocket | undefined,
  runtimeDir: string | undefined,
  hostPath: string | undefined,
  beforeListening: (path: string) => void,
): DisplaySocket {
  if (inherited === undefined) {
    const display = DisplaySocket.open(runtimeDir, waylandDisplay, hostPath, beforeListening);
    if (socketGroup !== undefined) letGroupConnect(display, socketGroup);
    return display;
  }
  if (socketGroup !== undefined) throw new UserError(GROUP_OF_UNIT);
  if (waylandDisplay === undefined) {
    const display = DisplaySocket.inherit(inherited, runtimeDir, hostPath);
    beforeListening(display.path);
    return display;
  }
  throw new UserError(
    `--wayland-display cannot be used, since the socket was made for us at ${inherited.address}: ` +
      "leave it out, or change ListenStream= in the socket unit",
  );
}

/** @param display is closed when that fails */
function openXDisplay(
  number: number,
  inherited: InheritedSocket | undefined,
  display: DisplaySocket,
  log: Logger,
): XDisplay {
  const warn = (text: string): void => log.warn(text);
  try {
    return inherited === undefined
      ? XDisplay.open(number, undefined, warn)
      : XDisplay.inherit(number, inherited, undefined, warn);
  } catch (error) {
    display.close();
    throw error;
  }
}

function clientEnvironment(display: DisplaySocket, xDisplay: XDisplay | undefined): NodeJS.ProcessEnv {
  const { WAYLAND_SOCKET: _, ...environment } = process.env;
  const forWayland = { ...environment, WAYLAND_DISPLAY: display.name };
  // Java believes in windows around its own otherwise, unless it knows our window manager by its name.
  return xDisplay ? { _JAVA_AWT_WM_NONREPARENTING: "1", ...forWayland, DISPLAY: xDisplay.name } : forWayland;
}

/** Waits until all that the command has started is done, or a signal says that it is enough. */
async function lastSession(idle: () => Promise<void>, stopped: Promise<void>, explain: () => void): Promise<void> {
  // What the command started may have connected just before it ended, and is to be accepted first.
  await setImmediate();
  const explanation = setTimeout(explain, LINGER_UNEXPLAINED);
  await Promise.race([idle(), stopped]);
  clearTimeout(explanation);
}
