// SPDX-License-Identifier: Apache-2.0
/** A host device from its start, as the command line asked for it, to its end. */
import { resolve } from "node:path";
import { createDeviceHost } from "../../device-host.ts";
import { offeredGlobals, prepareEnforcement } from "../../enforcement.ts";
import { UserError } from "../../errors.ts";
import { SecuredHost } from "../../host/security-context.ts";
import { unixHost } from "../../host/unix.ts";
import type { DisplaySocket } from "../../listen/display-socket.ts";
import { takeInheritedSockets } from "../../listen/inherited-sockets.ts";
import { LineQueue } from "../../log/line-queue.ts";
import { forbidDumps } from "../../native/memory.ts";
import { ProgramPages } from "../../native/program-pages.ts";
import { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { vmPolicy } from "../../protocol/vm-policy.ts";
import { CloseStack } from "../common/close-stack.ts";
import { Controlled } from "../common/controlled.ts";
import type { Diagnostics } from "../common/diagnostics.ts";
import { openDisplaySocket } from "../common/display-socket.ts";
import type { Environment } from "../common/environment.ts";
import { IdleMemory } from "../common/idle-memory.ts";
import { instanceName, sandboxIdentity } from "../common/instance.ts";
import { confine, prepareJail } from "../common/jail.ts";
import { PolicySource } from "../common/policy-options.ts";
import { prepareQuestions } from "../common/questions.ts";
import { Supervision } from "../common/supervision.ts";
import { preparedTitleBars } from "../common/title-bars.ts";
import { loadHooks } from "../common/user-hooks.ts";
import { hostSocketPath } from "../upstream/host-address.ts";
import { warnWithoutHost } from "../upstream/warn-without-host.ts";
import type { HostSettings } from "./options.ts";
import { qemuCommand, qemuInstructions } from "./qemu-command.ts";

/** Serves VMs until a signal asks to stop. Resolves to the exit code. Throws UserErrors. Nothing is left of it then. */
export async function runHost(
  settings: HostSettings,
  environment: Environment,
  diagnostics: Diagnostics,
): Promise<number> {
  // QEMU gets what it can get without us, such as its helper for networks.
  if (settings.command.length === 0) prepareJail(settings, environment);
  const pages = ProgramPages.open();
  // Before there is anything of a guest in our memory.
  forbidDumps();
  const { log } = diagnostics;
  await using parts = new CloseStack();
  parts.use(diagnostics);
  const { command, device, shmemFeature } = settings;
  const hostPath = hostSocketPath(environment.inheritable, settings.waylandDisplay);
  const protocol = new ProtocolRegistry();
  const source = await PolicySource.open(settings, "vm", protocol, log);
  const { tag, appIdPrefix, maxMemory, securityContext } = source.policy;
  const hooks = await loadHooks(settings.hooks, protocol);
  await diagnostics.begin(protocol);

  // Before there is anything that a signal would leave behind.
  const controlled = parts.use(new Controlled(source, diagnostics));
  const supervision = new Supervision(environment, log, source.hasFile ? () => void source.reloadOnSignal() : null);
  const socket = openSocket(settings, environment, hostPath, (path) => diagnostics.openPipe(path));
  parts.defer(() => socket.close());
  const name = instanceName(settings.name, socket.path);
  // The terminal that it goes to may have stopped.
  const output = new LineQueue(1, () => "");
  parts.defer(() => output.finish());
  await prepareEnforcement(source.policy, log);
  const globals = vmPolicy(offeredGlobals(source.policy, settings));
  const surroundings = { globals, environment: environment.inheritable, log };
  const bars = await preparedTitleBars(source.policy, surroundings, unixHost(hostPath));
  const memory = parts.use(new IdleMemory(() => host.clients.length === 0, pages));
  const host = createDeviceHost({
    socket,
    memory: settings.memory ?? maxMemory,
    scanouts: settings.scanout ? 1 : 0,
    ...(shmemFeature === undefined ? {} : { shmemFeature }),
    connectHost: securityContext
      ? parts.use(new SecuredHost(hostPath, sandboxIdentity(name), log)).connect
      : unixHost(hostPath),
    policy: globals,
    guard: source.guard,
    protocol,
    hooks: [controlled.hooks, ...bars, ...hooks],
    ...controlled.sessionEvents(""),
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
  });
  parts.defer(() => host.close());
  await prepareQuestions(source.guard, name, environment, log);
  diagnostics.listen(socket.path, () => host.statistics);
  controlled.listen("wayland-proxy-host", name, environment.runtimeDir, {
    statistics: () => host.statistics,
    clients: () => [["", host.clients]],
    connectCompositor: unixHost(hostPath),
    protocol,
  });
  if (command.length === 0) output.write(qemuInstructions(socket.path, device));
  log.info(`listening on ${socket.path}: a VM's windows go to ${hostPath}`);
  warnWithoutHost(hostPath, log);
  parts.use(supervision);
  const ready = (): void => {
    confine(settings, log, command.length > 0);
    supervision.ready(() => host.statistics.clients.length);
  };
  if (command.length === 0) {
    ready();
    await supervision.untilStopped();
    return 0;
  }
  // With QEMU all windows of the VM are gone. Awaited here: all parts are closed on return.
  const qemu = qemuCommand(command, socket.path, device);
  return await supervision.runCommand(qemu, environment.inheritable, async () => {}, ready);
}

function openSocket(
  { socket: path, socketGroup }: HostSettings,
  environment: Environment,
  hostPath: string,
  beforeListening: (path: string) => void,
): DisplaySocket {
  const inherited = takeInheritedSockets(environment.service, process.pid, ["qemu"]).get("qemu");
  if (inherited === undefined && path === undefined) {
    throw new UserError("no socket for QEMU: say --socket PATH; see wayland-proxy-host --help");
  }
  return openDisplaySocket({
    option: "--socket",
    name: path === undefined ? undefined : resolve(path),
    group: socketGroup,
    inherited,
    runtimeDir: undefined,
    hostPath,
    beforeListening,
  });
}
