// SPDX-License-Identifier: Apache-2.0
/** The host that the command line and the environment ask for. */
import type { SharedImages } from "../../hooks/shm/host-buffers.ts";
import type { HostConnector } from "../../host/connector.ts";
import { unixHost } from "../../host/unix.ts";
import type { Logger } from "../../log/logger.ts";
import type { Hooks } from "../../relay/hooks.ts";
import type { HostProbe } from "../../relay/host-watch.ts";
import type { Session } from "../../relay/session.ts";
import type { Settings } from "../proxy/options.ts";
import { hostSocketPath } from "./host-address.ts";
import { warnWithoutHost } from "./warn-without-host.ts";

/** A host, and what there is to say of it. */
export interface ChosenHost {
  /** For log lines. */
  readonly name: string;
  /** Its socket, if that is how it is reached. */
  readonly path?: string;
  readonly connect: HostConnector;
  /** Finds out whether it is there, if it may end connections without a word. */
  readonly probe?: HostProbe;
  /** What must change in messages on the way there. */
  readonly hooks: readonly Hooks[];
  /** Interfaces that cannot be used over it. */
  readonly hide: readonly string[];
  /** Memory that it can map, if that is not this machine's. */
  readonly imagesFor?: (session: Session) => SharedImages;
  /** Tells the user when no compositor is there, which is no reason not to start. */
  warnIfAbsent(signal: AbortSignal): void;
  /** Resolves when nothing is underway any more, after all connections were closed. */
  settled(): Promise<void>;
}

/** Throws a UserError when there can be no such host. */
export async function chooseHost({ virtioGpu }: Settings, log: Logger): Promise<ChosenHost> {
  if (virtioGpu !== undefined) {
    // Only now: programs on the host itself need none of it.
    const { hostOfVm } = await import("./vm-host.ts");
    return hostOfVm(virtioGpu, log);
  }
  const path = hostSocketPath(process.env);
  const warnIfAbsent = (): void => warnWithoutHost(path, log);
  const settled = (): Promise<void> => Promise.resolve();
  return { name: path, path, connect: unixHost(path), hooks: [], hide: [], warnIfAbsent, settled };
}
