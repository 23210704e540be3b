// SPDX-License-Identifier: Apache-2.0
/** Whether wayland-proxy-host would work. */
import { resolve } from "node:path";
import { checkCompositor } from "../../check/compositor.ts";
import { attempt, type Finding, missing, ok } from "../../check/finding.ts";
import { checkFdLimit } from "../../check/limits.ts";
import { offeredGlobals } from "../../enforcement.ts";
import { unixHost } from "../../host/unix.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import { silent } from "../../log/logger.ts";
import { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { vmPolicy } from "../../protocol/vm-policy.ts";
import { checkLogs } from "../common/check-logs.ts";
import type { Environment } from "../common/environment.ts";
import { checkConfinement } from "../common/jail.ts";
import { checkPolicy, PolicySource } from "../common/policy-options.ts";
import { checkGroup } from "../common/socket-group.ts";
import { checkHooks } from "../common/user-hooks.ts";
import { hostSocketPath } from "../upstream/host-address.ts";
import type { HostSettings } from "./options.ts";

/** Looks at everything that these settings ask for, and changes nothing. */
export async function checkHost(settings: HostSettings, environment: Environment): Promise<Finding[]> {
  const { socket, socketGroup, waylandDisplay } = settings;
  const protocol = new ProtocolRegistry();
  const policyFindings = await checkPolicy(settings, "vm", protocol);
  let hostPath: string | undefined;
  const findings = [
    await attempt("compositor", async () => {
      hostPath = hostSocketPath(environment.inheritable, waylandDisplay);
      // What is wrong with the file is a finding of its own.
      const hasPolicy = policyFindings.every(({ verdict }) => verdict === "ok");
      const { policy, ...withoutPolicy } = settings;
      return checkInterfaces(hasPolicy ? settings : withoutPolicy, hostPath);
    }),
    await attempt("socket", () => checkSocket(socket, hostPath)),
    policyFindings,
    socketGroup === undefined ? [] : await attempt("group", () => checkGroup(socketGroup)),
    await checkLogs(settings, protocol),
    await checkHooks(settings.hooks, protocol),
    checkConfinement(settings),
    checkFdLimit(),
  ];
  return findings.flat();
}

function checkSocket(socket: string | undefined, hostPath: string | undefined): Finding {
  if (socket === undefined) return missing("socket", "none for QEMU was named: --socket PATH, or a socket unit");
  return ok("socket", `${DisplaySocket.findFree(undefined, resolve(socket), hostPath)} is free`);
}

async function checkInterfaces(settings: HostSettings, hostPath: string): Promise<Finding[]> {
  const protocol = new ProtocolRegistry();
  const source = await PolicySource.open(settings, "vm", protocol, silent);
  const policy = vmPolicy(offeredGlobals(source.policy, settings));
  policy.check(protocol);
  const remedy = "start it, or name another with --wayland-display";
  return checkCompositor({ name: hostPath, connect: unixHost(hostPath), remedy }, policy, protocol);
}
