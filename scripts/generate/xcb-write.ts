// SPDX-License-Identifier: Apache-2.0
import { type Field, type Kind, readLayout } from "../../src/x11/codec/layout.ts";
import type { XcbProtocol } from "./xcb.ts";

/** The files of src/x11/generated: name and content. */
export function xcbFiles(protocol: XcbProtocol, header: string): Map<string, string> {
  return new Map([
    ["tables.ts", tablesFile(protocol, header)],
    ["types.ts", typesFile(protocol, header)],
    ["enums.ts", enumsFile(protocol, header)],
    ["meanings.ts", meaningsFile(protocol, header)],
  ]);
}

function tablesFile({ tables, structs }: XcbProtocol, header: string): string {
  const lines = [header, 'import type { ExtensionTable } from "../codec/table.ts";', ""];
  lines.push("export const tables: readonly ExtensionTable[] = [");
  for (const table of tables) {
    lines.push("  {", `    name: "${table.name}",`, `    xname: "${table.xname}",`);
    lines.push(...list("requests", table.requests), ...list("events", table.events), ...list("errors", table.errors));
    lines.push("  },");
  }
  lines.push("];", "", "export const structs: Readonly<Record<string, string>> = {");
  for (const [name, fields] of Object.entries(structs)) lines.push(`  ${name}: ${JSON.stringify(fields)},`);
  return [...lines, "};", ""].join("\n");
}

function list(name: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`    ${name}: [],`];
  return [`    ${name}: [`, ...lines.map((line) => `      ${JSON.stringify(line)},`), "    ],"];
}

function typesFile({ tables, structs }: XcbProtocol, header: string): string {
  const requests: string[] = [];
  const replies: string[] = [];
  const events: string[] = [];
  const entry = (name: string, words: readonly string[]) => `  ${name}: ${objectType(readLayout(words, structs))};`;
  for (const table of tables) {
    const key = (name: string) => (table.name === "" ? name : `"${table.name}.${name}"`);
    for (const line of table.requests) {
      const [request = "", reply] = line.split(" -> ");
      const [name = "", , ...words] = request.split(" ");
      requests.push(entry(key(name), words));
      // A reply always has a first byte, so that there are words.
      if (reply !== undefined) replies.push(entry(key(name), reply.split(" ")));
    }
    for (const line of table.events) {
      const [name = "", , ...words] = line.split(" ");
      events.push(entry(key(name), words));
    }
  }
  return [
    header,
    "/** The arguments of every request. */",
    ...block("Requests", requests),
    "/** What every request with a reply is answered with. */",
    ...block("Replies", replies),
    "/** The fields of every event. */",
    ...block("Events", events),
  ].join("\n");
}

function block(name: string, lines: readonly string[]): string[] {
  return [`export interface ${name} {`, ...lines, "}", ""];
}

function objectType(fields: readonly Field[]): string {
  const members = fields.flatMap((field) => memberType(field));
  return members.length === 0 ? "Record<never, never>" : `{ ${members.join("; ")} }`;
}

function memberType(field: Field): string[] {
  switch (field.what) {
    case "value":
      return [`${field.name}: ${tsType(field.kind)}`];
    case "optional":
      return [`${field.name}?: ${tsType(field.kind)}`];
    case "list":
      return [`${field.name}: ${listType(field.kind)}`];
    case "struct":
      return [`${field.name}: ${objectType(field.fields)}`];
    case "structs":
      return [`${field.name}: readonly ${objectType(field.fields)}[]`];
    default:
      return [];
  }
}

function tsType(kind: Kind): string {
  if (kind === "bool" || kind === "bool32") return "boolean";
  return kind === "i64" ? "bigint" : "number";
}

function listType(kind: Kind): string {
  if (kind === "char") return "string";
  return kind === "byte" ? "Uint8Array" : `readonly ${tsType(kind)}[]`;
}

function enumsFile({ enums }: XcbProtocol, header: string): string {
  const lines = [header];
  for (const { name, entries } of enums) {
    const values = entries.map(([entry, value]) => `  ${/^\d/.test(entry) ? `"${entry}"` : entry}: ${value},`);
    lines.push("", `export const ${name} = {`, ...values, "} as const;");
  }
  return [...lines, ""].join("\n");
}

function meaningsFile({ meanings }: XcbProtocol, header: string): string {
  return [
    header,
    "/**",
    " * What numbers in messages stand for, for those who show them: for each message words of FIELD=MEANING. That is an id, an",
    " * atom, a value of an ENUM or bits of an |ENUM, of enums.ts, or several of these with commas between them.",
    " */",
    "export const meanings: Readonly<Record<string, string>> = {",
    ...Object.entries(meanings).map(([name, words]) => `  ${name.includes(".") ? `"${name}"` : name}: "${words}",`),
    "};",
    "",
  ].join("\n");
}
