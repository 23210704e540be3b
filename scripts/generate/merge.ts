// SPDX-License-Identifier: Apache-2.0
import type { ProtocolTable } from "../../src/protocol/table.ts";
import { readProtocolFile } from "../../src/protocol/xml.ts";

/** Reads protocol files; of an interface that several describe, the highest version stays, else the first. */
export function merge(files: readonly string[]): ProtocolTable[] {
  const tables = files.map(readProtocolFile);
  const best = new Map<string, { version: number; from: ProtocolTable }>();
  for (const table of tables) {
    for (const { name, version } of table.interfaces) {
      if (version > (best.get(name)?.version ?? 0)) best.set(name, { version, from: table });
    }
  }
  return tables
    .map((table) => ({
      protocol: table.protocol,
      interfaces: table.interfaces.filter(({ name }) => best.get(name)?.from === table),
    }))
    .filter((table) => table.interfaces.length > 0);
}
