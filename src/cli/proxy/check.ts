// SPDX-License-Identifier: Apache-2.0
/** Whether wayland-proxy would work. */
import { checkCompositor } from "../../check/compositor.ts";
import { attempt, type Finding, missing, ok } from "../../check/finding.ts";
import { checkGpuNodes } from "../../check/gpu-nodes.ts";
import { checkFdLimit } from "../../check/limits.ts";
import { checkCommand, checkRuntimeDirectory } from "../../check/places.ts";
import { checkXwayland } from "../../check/xwayland.ts";
import { UserError } from "../../errors.ts";
import { DisplaySocket } from "../../listen/display-socket.ts";
import { XDisplay } from "../../listen/x-display.ts";
import { silent } from "../../log/logger.ts";
import type { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { drmDriver } from "../../virtio/drm-driver.ts";
import { checkLogs } from "../common/check-logs.ts";
import type { Environment } from "../common/environment.ts";
import { checkPolicy, PolicySource } from "../common/policy-options.ts";
import { checkGroup } from "../common/socket-group.ts";
import { checkHooks } from "../common/user-hooks.ts";
import { chooseUpstream, type Upstream } from "../upstream/upstream.ts";
import type { Settings } from "./options.ts";
import { globalsOf, protocolsOf } from "./protocols.ts";

/** Looks at everything that these settings ask for, and leaves everything as it was. */
export async function checkProxy(settings: Settings, environment: Environment): Promise<Finding[]> {
  const { virtioGpu, waylandDisplay, socketGroup, xDisplay, xwaylandBinary, command } = settings;
  const { runtimeDir, searchPath } = environment;
  const protocol = await knownProtocol(settings);
  const policyFindings = await checkPolicy(settings, "client", protocol);
  // What is wrong with the file is a finding of its own.
  const hasPolicy = policyFindings.every(({ verdict }) => verdict === "ok");
  const { policy, ...withoutPolicy } = settings;
  let hostPath: string | undefined;
  const findings = [
    await attempt("runtime directory", () => checkRuntimeDirectory(runtimeDir)),
    virtioGpu === undefined ? [] : checkGpuNodes(drmDriver, virtioGpu || undefined),
    await attempt("compositor", async () => {
      const upstream = await chooseUpstream(settings, environment, silent);
      hostPath = upstream.path;
      return checkUpstream(upstream, hasPolicy ? settings : withoutPolicy);
    }),
    await attempt("socket", () =>
      ok("socket", `${DisplaySocket.findFree(runtimeDir, waylandDisplay, hostPath)} is free`),
    ),
    policyFindings,
    socketGroup === undefined ? [] : await attempt("group", () => checkGroup(socketGroup)),
    xDisplay === undefined ? [] : [...(await checkXDisplay(xDisplay)), ...checkXwayland(xwaylandBinary)],
    await checkLogs(settings, protocol),
    protocol === null ? [] : await checkHooks(settings.hooks, protocol),
    checkFdLimit(),
    command[0] === undefined ? [] : checkCommand(command[0], searchPath),
  ];
  return findings.flat();
}

function checkXDisplay(number: number): Promise<readonly Finding[]> {
  return attempt("X display", () => {
    let problem: string | null = null;
    // As at a start: only the attempt shows what a start would say.
    XDisplay.open(number, undefined, (text) => {
      problem = text;
    }).close();
    return problem === null ? ok("X display", `:${number} is free`) : missing("X display", problem);
  });
}

async function checkUpstream({ name, connect, hide }: Upstream, settings: Settings): Promise<Finding[]> {
  const remedy =
    settings.virtioGpu === undefined
      ? "start it, or set WAYLAND_DISPLAY to its name; in a VM, see --virtio-gpu"
      : "is one running on the VM's host, at the socket that the host's side was given?";
  const protocols = await protocolsOf(settings);
  const { protocol } = protocols;
  const source = await PolicySource.open(settings, "client", protocol, silent);
  const policy = globalsOf(settings, protocols, source.policy, hide);
  policy.check(protocol);
  return checkCompositor({ name, connect, remedy }, policy, protocol);
}

/** The protocols that are relayed; null if a file of the user's is at fault, which the compositor's finding says. */
async function knownProtocol(settings: Settings): Promise<ProtocolRegistry | null> {
  try {
    return (await protocolsOf(settings)).protocol;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
