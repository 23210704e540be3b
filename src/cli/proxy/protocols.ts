// SPDX-License-Identifier: Apache-2.0
import { offeredGlobals } from "../../enforcement.ts";
import type { Policy } from "../../policy/policy.ts";
import { GlobalPolicy } from "../../protocol/global-policy.ts";
import { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import type { ProtocolTable } from "../../protocol/table.ts";
import type { Settings } from "./options.ts";

/** The protocols that are relayed. */
export interface Protocols {
  readonly protocol: ProtocolRegistry;
  /** The protocols that the user has added. */
  readonly added: readonly ProtocolTable[];
}

/** Loads the protocols that the settings ask for. Throws UserErrors. */
export async function protocolsOf(settings: Settings): Promise<Protocols> {
  const added = await readProtocols(settings.protocol);
  return { protocol: new ProtocolRegistry(...added), added };
}

/**
 * Decides which globals programs see. Throws UserErrors.
 *
 * @param unusable interfaces that are hidden beside those that the user does not want
 */
export function globalsOf(
  settings: Settings,
  { added }: Protocols,
  policy: Policy,
  unusable: readonly string[],
): GlobalPolicy {
  const { hide = [], ...offered } = offeredGlobals(policy, settings);
  const names = added.flatMap((table) => table.interfaces.map(({ name }) => name));
  return new GlobalPolicy({ ...offered, hide: [...hide, ...unusable], added: names });
}

/** The tables of the files that the user added. */
async function readProtocols(files: readonly string[]): Promise<ProtocolTable[]> {
  if (files.length === 0) return [];
  // Only now: the XML reader would double the time to start.
  const { readProtocolFile } = await import("../../protocol/xml.ts");
  return files.map(readProtocolFile);
}
