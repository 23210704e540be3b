// SPDX-License-Identifier: Apache-2.0
/** The server of the VM's root that the command line asks for. */
import { findProgram } from "../../check/places.ts";
import { UserError } from "../../errors.ts";
import type { Kernel } from "../../vm/boot/kernel.ts";
import { type Hindrance, openFilesHindrance, virtiofsdHindrance, virtiofsdPlaces } from "../../vm/host/virtiofsd.ts";
import type { Environment } from "../common/environment.ts";
import { answerOf } from "./answer.ts";
import type { VmSettings } from "./options.ts";

/** The path of virtiofsd, or why QEMU serves the root by 9p. */
export type RootServer = { readonly virtiofsd: string } | { readonly virtiofsd: null; readonly why: Hindrance };

/**
 * What serves the root. Whoever insists on virtiofs gets it even if the VM can know few files then. Throws a UserError when
 * it is not possible.
 */
export async function rootServerFor(
  { rootServer }: VmSettings,
  { searchPath }: Environment,
  { modules }: Kernel,
): Promise<RootServer> {
  if (rootServer === "9p") {
    return { virtiofsd: null, why: { reason: "--root-server 9p asks for that", remedy: "leave it out" } };
  }
  const found = await findVirtiofsd(searchPath, modules);
  if (rootServer === "virtiofs") {
    if (found.virtiofsd !== null) return found;
    throw new UserError(`virtiofs cannot serve the VM's system: ${found.why.reason}; ${found.why.remedy}`);
  }
  const why = openFilesHindrance();
  return found.virtiofsd === null || why === null ? found : { virtiofsd: null, why };
}

async function findVirtiofsd(searchPath: string, modules: string): Promise<RootServer> {
  const candidates = ["virtiofsd", ...virtiofsdPlaces].map((name) => findProgram(name, searchPath));
  const virtiofsd = candidates.find((path) => path !== null) ?? null;
  if (virtiofsd === null) {
    return { virtiofsd, why: { reason: "there is no virtiofsd", remedy: "install it (package virtiofsd)" } };
  }
  const why = virtiofsdHindrance(await answerOf(virtiofsd, ["--help"]), modules);
  return why === null ? { virtiofsd } : { virtiofsd: null, why };
}
