// SPDX-License-Identifier: Apache-2.0
/** A proxy from its start, as the command line asked for it, to its end. */
import { dirname } from "node:path";
import { findProgram } from "../../check/places.ts";
import { memoryHooks, prepareEnforcement } from "../../enforcement.ts";
import { SecuredHost } from "../../host/security-context.ts";
import { unixHost } from "../../host/unix.ts";
import { ProgramPages } from "../../native/program-pages.ts";
import type { SessionsOptions } from "../../sessions.ts";
import { warmUp } from "../../warm-up.ts";
import { CloseStack } from "../common/close-stack.ts";
import { Controlled } from "../common/controlled.ts";
import type { Diagnostics } from "../common/diagnostics.ts";
import type { Environment } from "../common/environment.ts";
import { IdleMemory } from "../common/idle-memory.ts";
import { instanceName, sandboxIdentity } from "../common/instance.ts";
import { PolicySource } from "../common/policy-options.ts";
import { prepareQuestions } from "../common/questions.ts";
import { Supervision } from "../common/supervision.ts";
import { titleBars } from "../common/title-bars.ts";
import { loadHooks } from "../common/user-hooks.ts";
import { chooseUpstream, type Upstream } from "../upstream/upstream.ts";
import { Listeners } from "./listeners.ts";
import type { Settings } from "./options.ts";
import { globalsOf, protocolsOf } from "./protocols.ts";

/** A client that is started with us has come by then, and a warm-up would only be in its way. */
const WARM_UP_AFTER_MS = 50;

/**
 * Starts a proxy, and serves until the command and all sessions are done, or without a command until a signal asks to
 * stop. Resolves to the exit code. Throws UserErrors. In any case nothing is left of it then.
 */
export async function run(settings: Settings, environment: Environment, diagnostics: Diagnostics): Promise<number> {
  const { log } = diagnostics;
  await using parts = new CloseStack();
  parts.use(diagnostics);
  for (const warning of settings.warnings) log.warn(warning);
  if (environment.waylandSocket !== undefined) {
    log.warn("WAYLAND_SOCKET is ignored: it is a single connection, and each program needs one of its own to the host");
  }
  const upstream = parts.use(await chooseUpstream(settings, environment, log));
  const protocols = await protocolsOf(settings);
  const { protocol, added } = protocols;
  const source = await PolicySource.open(settings, "client", protocol, log);
  const { guard } = source;
  const hooks = [...upstream.hooks, ...memoryHooks(guard), ...(await loadHooks(settings.hooks, protocol))];
  await diagnostics.begin(protocol, added);

  // Before there is anything that a signal would leave behind.
  const controlled = parts.use(new Controlled(source, diagnostics));
  const supervision = new Supervision(environment, log, source.hasFile ? () => void source.reloadOnSignal() : null);
  const listeners = parts.use(
    Listeners.open(settings, environment, upstream.path, log, (path) => diagnostics.openPipe(path)),
  );
  const { command } = settings;
  const { tag, appIdPrefix, securityContext } = source.policy;
  const { path: hostPath } = upstream;
  const policy = globalsOf(settings, protocols, source.policy, upstream.hide);
  const warm = (isNeeded: () => boolean): Promise<void> =>
    warmUp({ protocol, policy, folder: dirname(listeners.display.path) }, isNeeded).catch((error: Error) =>
      log.debug(error.message),
    );
  const memory = parts.use(
    new IdleMemory(
      () => listeners.connected.every(([, clients]) => clients.length === 0),
      ProgramPages.open(),
      () => warm(() => false),
    ),
  );
  const name = instanceName(settings.name, listeners.display.path);
  const options: SessionsOptions = {
    connectHost:
      securityContext && hostPath !== undefined
        ? parts.use(new SecuredHost(hostPath, sandboxIdentity(name), log)).connect
        : upstream.connect,
    probeHost: upstream.probe,
    hooks: [controlled.hooks, ...hooks],
    ...controlled.sessionEvents(""),
    protocol,
    policy,
    // Who has no file has nothing to be refused, and pays for nothing.
    ...(source.hasFile ? { guard } : {}),
    tag,
    appIdPrefix,
    log,
    recorder: diagnostics.recorder,
    failed: diagnostics.failed,
    ended: diagnostics.ended,
    counted: () => {
      supervision.counted();
      memory.counted();
    },
  };
  await prepareEnforcement(source.policy, log);
  const bars = titleBars(source.policy, {
    globals: policy,
    environment: environment.inheritable,
    log,
    imagesFor: upstream.imagesFor,
  });
  await listeners.serve(options, bars, {
    binary: settings.xwaylandBinary,
    environment: environment.inheritable,
    imagesFor: upstream.imagesFor,
    titleBars: source.policy.titleBars,
    unscale: settings.xUnscale ?? source.policy.xUnscale,
    primary: settings.xPrimary ?? source.policy.xPrimary,
    resources: new Map([...Object.entries(source.policy.xResources), ...settings.xrdb]),
    explain: diagnostics.xwayland,
    ...controlled.sessionEvents("x"),
  });
  await prepareQuestions(guard, name, environment, log);
  diagnostics.listen(listeners.display.path, () => listeners.statistics);
  controlled.listen("wayland-proxy", name, environment.runtimeDir, {
    statistics: () => listeners.statistics,
    clients: () => listeners.connected,
    connectCompositor: hostPath === undefined ? null : unixHost(hostPath),
    protocol,
  });
  parts.use(supervision).ready(() => listeners.clients);
  const warmUpTimer = setTimeout(() => {
    // Nobody waits for it, and if it fails the first client is served all the same.
    if (listeners.clients === 0) void warm(() => listeners.clients === 0).then(() => memory.counted());
  }, WARM_UP_AFTER_MS).unref();
  parts.defer(() => clearTimeout(warmUpTimer));
  sayWhereToConnect(listeners, upstream, settings, environment, diagnostics);
  upstream.warnIfAbsent();
  if (command.length === 0) {
    await supervision.untilStopped();
    return 0;
  }
  // Awaited here: all parts are closed on return.
  return await supervision.runCommand(command, listeners.environmentFor(environment), () => listeners.idle());
}

function sayWhereToConnect(
  { display, xDisplay }: Listeners,
  upstream: Upstream,
  { xwaylandBinary }: Settings,
  { searchPath }: Environment,
  { log }: Diagnostics,
): void {
  log.info(
    `listening on ${display.name}: what is started with WAYLAND_DISPLAY=${display.name} goes to ${upstream.name}`,
  );
  if (xDisplay === null) return;
  if (findProgram(xwaylandBinary, searchPath) === null) {
    log.warn(
      `X11 programs cannot be served: there is no program ${xwaylandBinary}; install it (Debian: xwayland), or see --xwayland-binary`,
    );
  }
  log.info(`X11 programs: what is started with DISPLAY=${xDisplay.name} goes there, too`);
}
