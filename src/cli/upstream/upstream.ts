// SPDX-License-Identifier: Apache-2.0
/** The compositor that the command line and the environment ask for, and the way there. */
import type { SharedImages } from "../../hooks/shm/host-buffers.ts";
import type { HostConnector } from "../../host/connector.ts";
import { unixHost } from "../../host/unix.ts";
import type { Logger } from "../../log/logger.ts";
import type { Client } from "../../relay/client.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { HostProbe } from "../../relay/host-watch.ts";
import type { Environment } from "../common/environment.ts";
import { hostSocketPath } from "./host-address.ts";
import { warnWithoutHost } from "./warn-without-host.ts";

/** A compositor, and what the way there asks for. */
export interface Upstream extends AsyncDisposable {
  /** The name in log lines. */
  readonly name: string;
  /** The path of the host's socket, if it is reached by one. */
  readonly path?: string;
  readonly connect: HostConnector;
  /** Finds out whether it is there, if it may end connections without a word. */
  readonly probe?: HostProbe;
  /** The hooks for what must change in messages on the way there. */
  readonly hooks: readonly Hooks[];
  /** Interfaces that cannot be used over it. */
  readonly hide: readonly string[];
  /** Memory that it can map, if that is not this machine's. */
  readonly imagesFor?: (client: Client) => SharedImages;
  /** Tells the user when no compositor is there, which is no reason not to start. */
  warnIfAbsent(): void;
  /** Resolves when nothing is underway any more, after all connections were closed. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Throws a UserError when there can be no such compositor.
 *
 * @param virtioGpu the node of the device that leads to it, empty for whichever does; undefined for a socket
 */
export async function chooseUpstream(
  { virtioGpu }: { readonly virtioGpu?: string },
  { inheritable }: Environment,
  log: Logger,
): Promise<Upstream> {
  if (virtioGpu !== undefined) {
    // It is loaded only now, since programs on the host itself do not need it.
    const { vmUpstream } = await import("./vm-upstream.ts");
    return vmUpstream(virtioGpu, log);
  }
  const path = hostSocketPath(inheritable);
  const warnIfAbsent = (): void => warnWithoutHost(path, log);
  const connect = unixHost(path);
  return { name: path, path, connect, hooks: [], hide: [], warnIfAbsent, [Symbol.asyncDispose]: async () => {} };
}
