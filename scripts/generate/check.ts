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

/**
 * Errors and pixel formats were added without a new version of the interface. wl_shm.error got a `since` that is
 * later than its first release. Neither changes what is on the wire.
 */
function enumDifferences(ours: InterfaceTable, old: InterfaceTable): string[] {
  const found: string[] = [];
  const current = new Map(ours.enums.map(enumOf));
  for (const [name, oldEntries] of old.enums.map(enumOf)) {
    const entries = current.get(name) ?? new Map<string, string>();
    for (const [entry, value] of oldEntries) {
      const now = entries.get(entry)?.split("@")[0];
      if (now !== value.split("@")[0]) found.push(`${old.name}.${name}.${entry}: ${now}, installed ${value}`);
    }
    if (name === "error" || `${old.name}.${name}` === "wl_shm.format") continue;
    for (const [entry, value] of entries) {
      if (!oldEntries.has(entry) && sinceOf(value) <= old.version)
        found.push(`${old.name}.${name}: ${entry} is not installed`);
    }
  }
  return found;
}

/** An enum's name (with its mark for a bit field) and its entries: name to `VALUE[@SINCE]`. */
function enumOf(line: string): [string, Map<string, string>] {
  const [head = "", ...entries] = line.split(" ");
  return [head.replace(/@.*$/, ""), new Map(entries.map((text) => text.split("=") as [string, string]))];
}

/** The version behind the `@` in a line's first word. */
function sinceOf(line: string): number {
  return Number(/^\S*?@(\d+)/.exec(line)?.[1] ?? 1);
}
