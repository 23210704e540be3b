// SPDX-License-Identifier: Apache-2.0
import type { InterfaceTable, ProtocolTable } from "../../src/protocol/table.ts";

/**
 * Compares the tables with those of an older release of the same protocols. What the older one has must be the same
 * here; what only the newer one has must be newer than the old interface's version.
 * @returns one line for each difference.
 */
export function differences(tables: readonly ProtocolTable[], older: readonly ProtocolTable[]): string[] {
  const ours = new Map(tables.flatMap((table) => table.interfaces.map((one) => [one.name, one] as const)));
  return older.flatMap((table) => table.interfaces).flatMap((old) => interfaceDifferences(ours.get(old.name), old));
}

function interfaceDifferences(ours: InterfaceTable | undefined, old: InterfaceTable): string[] {
  if (ours === undefined) return [`${old.name}: missing`];
  const found: string[] = [];
  if (ours.version < old.version) found.push(`${old.name}: version ${ours.version}, installed ${old.version}`);
  for (const side of ["requests", "events"] as const) {
    for (const [opcode, line] of ours[side].entries()) {
      const oldLine = old[side][opcode];
      if (oldLine === undefined ? sinceOf(line) <= old.version : oldLine !== line) {
        found.push(`${old.name} ${side} ${opcode}: "${line}", installed "${oldLine ?? ""}"`);
      }
    }
    for (const line of old[side].slice(ours[side].length)) found.push(`${old.name}: lacks "${line}"`);
  }
  return [...found, ...enumDifferences(ours, old)];
}

function enumDifferences(ours: InterfaceTable, old: InterfaceTable): string[] {
  const found: string[] = [];
  for (const oldLine of old.enums) {
    const [oldHead = "", ...oldEntries] = oldLine.split(" ");
    const line = ours.enums.find((text) => text.split(" ")[0] === oldHead);
    const entries = new Set(line?.split(" ").slice(1));
    if (line === undefined) found.push(`${old.name}: lacks the enum ${oldHead}`);
    for (const entry of oldEntries) if (!entries.delete(entry)) found.push(`${old.name} ${oldHead}: lacks ${entry}`);
    for (const entry of entries) {
      if (sinceOf(entry) <= old.version) found.push(`${old.name} ${oldHead}: ${entry} is not in the installed file`);
    }
  }
  return found;
}

/** The version behind the `@` in a line's first word. */
function sinceOf(line: string): number {
  return Number(/^\S*?@(\d+)/.exec(line)?.[1] ?? 1);
}
