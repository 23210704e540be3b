// SPDX-License-Identifier: Apache-2.0
import type { InterfaceTable, ProtocolTable } from "../../src/protocol/table.ts";

/** The file src/protocol/generated/tables.ts. */
export function tablesFile(tables: readonly ProtocolTable[], header: string): string {
  const lines = [header, 'import type { ProtocolTable } from "../table.ts";', ""];
  lines.push("export const tables: readonly ProtocolTable[] = [");
  for (const table of tables) {
    lines.push("  {", `    protocol: "${table.protocol}",`, "    interfaces: [");
    for (const one of table.interfaces) {
      lines.push("      {", `        name: "${one.name}",`, `        version: ${one.version},`);
      lines.push(...list("requests", one.requests), ...list("events", one.events), ...list("enums", one.enums));
      lines.push("      },");
    }
    lines.push("    ],", "  },");
  }
  lines.push("];", "");
  return lines.join("\n");
}

function list(name: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`        ${name}: [],`];
  return [`        ${name}: [`, ...lines.map((line) => `          ${JSON.stringify(line)},`), "        ],"];
}

/** The file src/protocol/generated/types.ts. */
export function typesFile(tables: readonly ProtocolTable[], header: string): string {
  const interfaces = tables.flatMap((table) => table.interfaces);
  const lines = [header, 'import type { Fd } from "../../native/fd.ts";'];
  lines.push('import type { WlObject } from "../../wire/wl-object.ts";', "");
  lines.push("/** The arguments of every request: `Requests[interface][request]`. */");
  lines.push(...messageTypes("Requests", interfaces, "requests"));
  lines.push("/** The arguments of every event: `Events[interface][event]`. */");
  lines.push(...messageTypes("Events", interfaces, "events"));
  return lines.join("\n");
}

function messageTypes(title: string, interfaces: readonly InterfaceTable[], side: "requests" | "events"): string[] {
  const lines = [`export interface ${title} {`];
  for (const one of interfaces) {
    lines.push(`  ${one.name}: {`, ...one[side].map((line) => `    ${messageType(line)};`), "  };");
  }
  return [...lines, "}", ""];
}

function messageType(line: string): string {
  const [head = "", ...args] = line.split(" ");
  const name = head.replace(/[!@].*$/, "");
  return `${name}: ${args.length === 0 ? "Record<never, never>" : `{ ${args.map(argumentType).join("; ")} }`}`;
}

const tsTypes: Readonly<Record<string, string>> = {
  int: "number",
  uint: "number",
  fixed: "number",
  string: "string",
  array: "Uint8Array",
  fd: "Fd",
};

function argumentType(text: string): string {
  const [name = "", marked = "", what] = text.split(":");
  const kind = marked.replace("?", "");
  const isObject = kind === "object" || kind === "new_id";
  const type = isObject ? `WlObject${what === undefined ? "" : `<"${what}">`}` : tsTypes[kind];
  if (type === undefined) throw new Error(`no TypeScript type for ${text}`);
  return `${name}: ${type}${marked.endsWith("?") ? " | null" : ""}`;
}

/** The file src/protocol/generated/enums.ts. */
export function enumsFile(tables: readonly ProtocolTable[], header: string): string {
  const values = new Map<string, string>();
  for (const one of tables.flatMap((table) => table.interfaces)) {
    for (const text of one.enums) {
      const [head = "", ...entries] = text.split(" ");
      const name = pascalCase(`${one.name}_${head.replace(/[|@].*$/, "")}`);
      if (values.has(name)) throw new Error(`two enums would be called ${name}`);
      values.set(name, `export const ${name} = { ${entries.map(entryValue).join(", ")} } as const;`);
    }
  }
  const comment = "/**\n * The values of the enums of all protocols.\n *\n * @module wayland-proxy/enums\n */";
  return [header, comment, "", ...values.values(), ""].join("\n");
}

/** `WlDataDeviceManagerDndAction` of `wl_data_device_manager_dnd_action`. */
function pascalCase(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9]?)/g, (_, first: string) => first.toUpperCase());
}

function entryValue(text: string): string {
  const [name = "", value = ""] = text.split("=");
  // wl_output.transform has names such as 90.
  return `${/^\d/.test(name) ? `"${name}"` : name}: ${value.replace(/@.*$/, "")}`;
}
