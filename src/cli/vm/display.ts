// SPDX-License-Identifier: Apache-2.0
/** The device of a VM by which its windows come to this desktop, and the proxy in the guest. */
import { createDeviceHost, type DeviceHost } from "../../device-host.ts";
import { offeredGlobals, prepareEnforcement } from "../../enforcement.ts";
import { SecuredHost } from "../../host/security-context.ts";
import { unixHost } from "../../host/unix.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { vmPolicy } from "../../protocol/vm-policy.ts";
import type { Service } from "../../vm/channel/messages.ts";
import { inSandbox } from "../../vm/host/sandbox.ts";
import type { CloseStack } from "../common/close-stack.ts";
import { Controlled } from "../common/controlled.ts";
import type { Diagnostics } from "../common/diagnostics.ts";
import type { Environment } from "../common/environment.ts";
import { sandboxIdentity } from "../common/instance.ts";
import { PolicySource } from "../common/policy-options.ts";
import { prepareQuestions } from "../common/questions.ts";
import { preparedTitleBars } from "../common/title-bars.ts";
import { loadHooks } from "../common/user-hooks.ts";
import { hostSocketPath } from "../upstream/host-address.ts";
import { GUEST_DISPLAY } from "./guest-environment.ts";
import type { VmSettings } from "./options.ts";

/** The name of the device's socket in the folder of sockets. */
const GPU = "gpu";

/** Starts the device, which `parts` ends. Throws UserErrors. */
export async function openDisplay(
  settings: VmSettings,
  environment: Environment,
  sockets: string,
  name: string,
  release: string | null,
  diagnostics: Diagnostics,
  parts: CloseStack,
): Promise<DeviceHost> {
  const { log } = diagnostics;
  const protocol = new ProtocolRegistry();
  // A name that we have made up has no table in the policy.
  const source = await PolicySource.open({ ...settings, defaultTag: tagOf(name) }, "vm", protocol, log);
  const { policy, guard } = source;
  const hooks = await loadHooks(settings.hooks, protocol);
  await diagnostics.begin(protocol);
  const controlled = parts.use(new Controlled(source, diagnostics));
  await prepareQuestions(guard, name, environment, log);
  await prepareEnforcement(policy, log);
  const hostPath = hostSocketPath(environment.inheritable, settings.waylandDisplay);
  const connectHost = policy.securityContext
    ? parts.use(new SecuredHost(hostPath, sandboxIdentity(name), log)).connect
    : unixHost(hostPath);
  const globals = vmPolicy(offeredGlobals(policy, settings));
  const surroundings = { globals, environment: environment.inheritable, log };
  const bars = await preparedTitleBars(policy, surroundings, unixHost(hostPath));
  const display = createDeviceHost({
    socket: DisplaySocket.open(undefined, `${sockets}/${GPU}`),
    memory: settings.windowMemory ?? policy.maxMemory,
    scanouts: wantsScanout(release) ? 1 : 0,
    connectHost,
    policy: globals,
    guard,
    protocol,
    hooks: [controlled.hooks, ...bars, ...hooks],
    ...controlled.sessionEvents(""),
    tag: policy.tag,
    appIdPrefix: policy.appIdPrefix,
    // A VM that connects and ends is no news here.
    log: { ...log, info: log.debug },
    recorder: diagnostics.recorder,
    failed: diagnostics.failed,
    ended: diagnostics.ended,
  });
  parts.defer(() => display.close());
  // Nobody knows a VM that has no name, and its file would stay if we are killed.
  if (settings.name !== undefined)
    controlled.listen("wayland-proxy-vm", name, environment.runtimeDir, {
      statistics: () => display.statistics,
      clients: () => [["", display.clients]],
      connectCompositor: unixHost(hostPath),
      protocol,
    });
  return display;
}

/** The tag of the windows of a VM that has no other. */
export function tagOf(name: string): string {
  return `[${name}] `;
}

/** Whether the driver in a kernel of this release may refuse a device without a display; null: of any release. */
function wantsScanout(release: string | null): boolean {
  if (release === null) return true;
  const [, major = 0, minor = 0] = /^(\d+)\.(\d+)/.exec(release)?.map(Number) ?? [];
  return major < 6 || (major === 6 && minor < 2);
}

/** The arguments for QEMU that describe the device. */
export function displayArguments(device: string): string[] {
  return [
    ...["-chardev", `socket,id=gpu,path=${inSandbox.sockets}/${GPU}`],
    ...["-device", `${device},virtio-id=16,num_vqs=2,vq_size=256,config_size=16,chardev=gpu`],
  ];
}

/** The proxy in the guest, which is started by the first program that looks for a display. */
export function guestProxy(environment: Readonly<Record<string, string>>, x11: boolean): Service {
  const wayland = { name: "wayland", path: GUEST_DISPLAY };
  const x = { name: "x11", path: "/tmp/.X11-unix/X0" };
  const { WAYLAND_DISPLAY: _, DISPLAY: __, ...rest } = environment;
  return {
    program: "wayland-proxy",
    args: ["--virtio-gpu", ...(x11 ? ["--x-display", "0"] : [])],
    environment: rest,
    sockets: x11 ? [wayland, x] : [wayland],
  };
}
