// SPDX-License-Identifier: Apache-2.0
/** Finds the sound server of this machine, and QEMU's driver for it. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { requireRuntimeDir } from "../../listen/socket-path.ts";
import type { Sound } from "../../vm/host/sound.ts";
import type { Environment } from "../common/environment.ts";
import { answerOf } from "./answer.ts";

/** A server that may be there. */
interface Server {
  readonly driver: "pipewire" | "pa";
  readonly name: string;
  readonly socket: string;
}

/** The sound that a VM gets. Throws a UserError that says what is missing. */
export async function findSound(qemu: string, environment: Environment, records: boolean): Promise<Sound> {
  const servers = serversOf(environment).filter(({ socket }) => isSocket(socket));
  if (servers.length === 0) {
    const places = serversOf(environment).map(({ socket }) => socket);
    throw new UserError(`there is no sound server at ${places.join(" or ")}: start PipeWire or PulseAudio`);
  }
  const drivers = await driversOf(qemu);
  const found = servers.find(({ driver }) => drivers.has(driver));
  if (found !== undefined) return { driver: found.driver, socket: found.socket, records };
  const wanted = servers.map(({ name, driver }) => `${name} (${driver})`).join(" or ");
  throw new UserError(
    `${qemu} has no driver for ${wanted}: install QEMU's modules for sound (Debian: qemu-system-gui)`,
  );
}

/** The servers, and where they would be: the better one first. */
function serversOf({ runtimeDir, inheritable }: Environment): readonly Server[] {
  const { PIPEWIRE_REMOTE: remote = "pipewire-0", PULSE_SERVER: server = "" } = inheritable;
  const folder = requireRuntimeDir(runtimeDir);
  const pulse = /^(?:unix:)?(\/.*)$/.exec(server)?.[1] ?? join(folder, "pulse/native");
  return [
    { driver: "pipewire", name: "PipeWire", socket: remote.startsWith("/") ? remote : join(folder, remote) },
    { driver: "pa", name: "PulseAudio", socket: pulse },
  ];
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

async function driversOf(qemu: string): Promise<ReadonlySet<string>> {
  const drivers = await answerOf(qemu, ["-audiodev", "help"]);
  return new Set(drivers.split("\n").map((line) => line.trim()));
}
