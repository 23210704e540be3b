// SPDX-License-Identifier: Apache-2.0
import { GlobalPolicy } from "../../protocol/global-policy.ts";
import { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import type { ProtocolTable } from "../../protocol/table.ts";
import type { Settings } from "./options.ts";

/** What is relayed, and what of it programs see. */
export interface Protocols {
  readonly protocol: ProtocolRegistry;
  readonly policy: GlobalPolicy;
  /** What the user has added. */
  readonly added: readonly ProtocolTable[];
}

/**
 * What the settings ask for. Throws UserErrors.
 *
 * @param hide interfaces that cannot be used, beside those that the user does not want
 */
export async function protocolsOf(settings: Settings, hide: readonly string[]): Promise<Protocols> {
  const tables = await readProtocols(settings.protocol);
  const protocol = new ProtocolRegistry(...tables);
  const added = tables.flatMap((table) => table.interfaces.map(({ name }) => name));
  const policy = new GlobalPolicy({ hide: [...settings.hide, ...hide], expose: settings.expose, added });
  return { protocol, policy, added: tables };
}

/** The tables of the files that the user added. */
async function readProtocols(files: readonly string[]): Promise<ProtocolTable[]> {
  if (files.length === 0) return [];
  // Only now: the XML reader would double the time to start.
  const { readProtocolFile } = await import("../../protocol/xml.ts");
  return files.map(readProtocolFile);
}
