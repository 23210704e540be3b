// SPDX-License-Identifier: Apache-2.0
/** TOML as a tree in which everything knows its line. */
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";
import { UserError } from "../errors.ts";

/** The value at one place of a file. Dates are of no use to us, and are texts here. */
export type TomlValue = string | number | boolean | TomlTable | readonly TomlEntry[];
export type TomlTable = ReadonlyMap<string, TomlEntry>;

/** A value, and the line of its key, counted from 1. */
export interface TomlEntry {
  readonly value: TomlValue;
  readonly line: number;
}

/** Reads a text. @throws UserError with the line of what is no TOML; it begins with `name` */
export function readToml(text: string, name: string): TomlTable {
  let tree: AST.TOMLProgram;
  try {
    tree = parseTOML(text, { tomlVersion: "1.0.0" });
  } catch (error) {
    if (error instanceof ParseError) throw new UserError(`${name}:${error.lineNumber}: ${lowerFirst(error.message)}`);
    // Lists in lists in lists …, without end.
    if (error instanceof RangeError) throw new UserError(`${name}: values lie too deep in each other`);
    throw error;
  }
  const root = new Map<string, TomlEntry>();
  for (const node of tree.body[0].body) {
    if (node.type === "TOMLKeyValue") add(root, node.key, node.value);
    else addTable(root, node);
  }
  return root;
}

function addTable(root: Map<string, TomlEntry>, node: AST.TOMLTable): void {
  let table = root;
  for (const [index, key] of node.resolvedKey.entries()) {
    const { line } = node.loc.start;
    if (typeof key === "number") continue;
    const before = table.get(key);
    if (before?.value instanceof Map) {
      table = before.value as Map<string, TomlEntry>;
      continue;
    }
    const isList = typeof node.resolvedKey[index + 1] === "number";
    const next = new Map<string, TomlEntry>();
    const items = Array.isArray(before?.value) ? before.value : [];
    table.set(key, { value: isList ? [...items, { value: next, line }] : next, line });
    table = next;
  }
  for (const { key, value } of node.body) add(table, key, value);
}

/** Adds what a key, of one or several names with dots between them, stands for. */
function add(table: Map<string, TomlEntry>, { keys, loc }: AST.TOMLKey, content: AST.TOMLContentNode): void {
  const { line } = loc.start;
  let place = table;
  const names = keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));
  for (const name of names.slice(0, -1)) {
    const next = place.get(name)?.value;
    const inner = next instanceof Map ? (next as Map<string, TomlEntry>) : new Map<string, TomlEntry>();
    if (inner !== next) place.set(name, { value: inner, line });
    place = inner;
  }
  place.set(names.at(-1) ?? "", { value: readValue(content), line });
}

function readValue(node: AST.TOMLContentNode): TomlValue {
  if (node.type === "TOMLInlineTable") {
    const table = new Map<string, TomlEntry>();
    for (const { key, value } of node.body) add(table, key, value);
    return table;
  }
  if (node.type === "TOMLArray") {
    return node.elements.map((element) => ({ value: readValue(element), line: element.loc.start.line }));
  }
  const value = getStaticTOMLValue(node);
  return typeof value === "boolean" || typeof value === "number" ? value : String(value);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
