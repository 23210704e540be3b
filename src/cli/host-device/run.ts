// SPDX-License-Identifier: Apache-2.0
/** A host device from its start, as the command line asked for it, to its end. */
import { resolve } from "node:path";
import { createDeviceHost } from "../../device-host.ts";
import { UserError } from "../../errors.ts";
import { unixHost } from "../../host/unix.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import { type InheritedSocket, takeInheritedSockets } from "../../listen/inherited-sockets.ts";
import { LineQueue } from "../../log/line-queue.ts";
import { forbidDumps } from "../../native/memory.ts";
import { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { vmPolicy } from "../../protocol/vm-policy.ts";
import type { Diagnostics } from "../common/diagnostics.ts";
import { ServiceManager } from "../common/service-manager.ts";
import { GROUP_OF_UNIT, letGroupConnect } from "../common/socket-group.ts";
import { stopSignal } from "../common/stop-signal.ts";
import { loadHooks } from "../common/user-hooks.ts";
import { hostSocketPath } from "../upstream/host-address.ts";
import { warnWithoutHost } from "../upstream/warn-without-host.ts";
import type { HostSettings } from "./options.ts";

/** Serves VMs until a signal asks to stop. Resolves to the exit code. Throws UserErrors. */
export async function runHost(settings: HostSettings, diagnostics: Diagnostics): Promise<number> {
  // Before there is anything of a guest in our memory.
  forbidDumps();
  const { log } = diagnostics;
  const { waylandDisplay = process.env["WAYLAND_DISPLAY"], memory, tag, appIdPrefix, device, shmemFeature } = settings;
  const manager = new ServiceManager(process.env, process.pid, log);
  const inherited = takeInheritedSockets(process.env, process.pid, ["qemu"]);
  const hostPath = hostSocketPath({ ...process.env, WAYLAND_DISPLAY: waylandDisplay });
  const policy = vmPolicy(settings);
  const protocol = new ProtocolRegistry();
  const hooks = await loadHooks(settings.hooks, protocol);
  await diagnostics.begin(protocol);
  const stopped = stopSignal(() => false);
  const socket = openSocket(settings, inherited.get("qemu"), hostPath, (path) => diagnostics.openPipe(path));
  const host = createDeviceHost({
    socket,
    memory,
    scanouts: settings.scanout ? 1 : 0,
    ...(shmemFeature === undefined ? {} : { shmemFeature }),
    connectHost: unixHost(hostPath),
    policy,
    protocol,
    hooks,
    tag,
    appIdPrefix,
    log,
    recorder: diagnostics.recorder,
    failed: diagnostics.failed,
    ended: diagnostics.ended,
    counted: () => manager.counted(),
  });
  // The terminal that it goes to may have stopped.
  const output = new LineQueue(1, () => "");
  try {
    diagnostics.listen(socket.path, () => host.statistics);
    manager.ready(() => host.statistics.clients.length);
    output.write(qemuArguments(socket.path, device));
    log.info(`listening on ${socket.path}: a VM's windows go to ${hostPath}`);
    warnWithoutHost(hostPath, log);
    await stopped;
    return 0;
  } finally {
    manager.stopping();
    await host.close();
    output.finish();
    await diagnostics.close();
  }
}

function openSocket(
  { socket: path, socketGroup }: HostSettings,
  inherited: InheritedSocket | undefined,
  hostPath: string,
  beforeListening: (path: string) => void,
): DisplaySocket {
  if (inherited === undefined) {
    if (path === undefined) throw new UserError("no socket for QEMU: say --socket PATH; see wayland-proxy-host --help");
    const socket = DisplaySocket.open(undefined, resolve(path), hostPath, beforeListening);
    if (socketGroup !== undefined) letGroupConnect(socket, socketGroup);
    return socket;
  }
  if (socketGroup !== undefined) throw new UserError(GROUP_OF_UNIT);
  if (path === undefined) {
    const socket = DisplaySocket.inherit(inherited, undefined, hostPath);
    beforeListening(socket.path);
    return socket;
  }
  throw new UserError(
    `--socket cannot be used, since the socket was made for us at ${inherited.address}: ` +
      "leave it out, or change ListenStream= in the socket unit",
  );
}

/** What QEMU has to be started with, beside the machine itself. */
function qemuArguments(path: string, device: string): string {
  return [
    "Start QEMU (11.1 or newer) with these arguments; SIZE is the machine's memory, the same in both places:",
    "",
    "  -m SIZE -object memory-backend-memfd,id=wpmem,size=SIZE,share=on -machine q35,memory-backend=wpmem \\",
    `  -chardev socket,id=wpgpu,path=${path} \\`,
    `  -device ${device},virtio-id=16,num_vqs=2,vq_size=256,config_size=16,chardev=wpgpu`,
    "",
    "",
  ].join("\n");
}
