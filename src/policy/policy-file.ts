// SPDX-License-Identifier: Apache-2.0
/** Reads policy files. */
import { UserError } from "../errors.ts";
import { nearest } from "../protocol/nearest.ts";
import { defaultPolicy, type PolicySubject } from "./defaults.ts";
import type { ReadContext } from "./kinds.ts";
import type { Policy } from "./policy.ts";
import { policyRows } from "./table.ts";
import { readToml, type TomlEntry, type TomlTable } from "./toml.ts";

/** The most mistakes that are reported at once; a file with more is another kind of file. */
const MAX_MISTAKES = 10;

/** The values that a file sets, by the fields of a policy. */
type Said = Partial<Policy>;

interface Mistake {
  readonly line: number;
  readonly text: string;
}

/**
 * Reads the policy for one VM or one local proxy from a file's text. The whole file is checked, whoever it is for.
 *
 * @param path the file's path, for complaints
 * @param name the name of the table that holds; undefined for `[defaults]` alone
 * @param interfaces all interfaces that there are
 * @throws UserError with each mistake and its line
 */
export function readPolicy(
  text: string,
  path: string,
  subject: PolicySubject,
  name: string | undefined,
  interfaces: readonly string[],
): Policy {
  const root = readToml(text, path);
  const mistakes: Mistake[] = [];
  const report = (line: number, what: string): void => void mistakes.push({ line, text: what });
  const context = { report, interfaces };
  const said: Said[] = [];
  for (const [key, entry] of root) {
    if (key === "defaults") said.unshift(readTable(key, entry, context));
    else if (key === "vm" || key === "client")
      said.push(...readNamed(key, entry, key === subject ? name : undefined, context));
    else report(entry.line, `there is no table "${key}"${did(key, ["defaults", "vm.NAME", "client.NAME"])}`);
  }
  if (mistakes.length === 0 && name !== undefined) requireTable(root, path, subject, name);
  if (mistakes.length > 0) throw new UserError(mistakesText(mistakes, path));
  return Object.assign(defaultPolicy(subject), ...said) as Policy;
}

/** Checks all tables `[vm.NAME]`; @returns what the wanted one says */
function readNamed(key: string, { value, line }: TomlEntry, wanted: string | undefined, context: ReadContext): Said[] {
  if (!(value instanceof Map)) {
    context.report(line, `${key} is no table: write [${key}.NAME]`);
    return [];
  }
  const all = [...(value as TomlTable)].map(
    ([name, entry]) => [name, readTable(`${key}.${name}`, entry, context)] as const,
  );
  return all.filter(([name]) => name === wanted).map(([, said]) => said);
}

function readTable(name: string, { value, line }: TomlEntry, context: ReadContext): Said {
  const said: Record<string, unknown> = {};
  if (!(value instanceof Map)) {
    context.report(line, `${name} is no table: write [${name}]`);
    return said;
  }
  for (const [key, entry] of flattened(value as TomlTable)) {
    const [field, row] = policyRows.find(([, one]) => one.key === key) ?? [];
    if (field === undefined || row === undefined) {
      context.report(
        entry.line,
        `[${name}] has no key "${key}"${did(
          key,
          policyRows.map(([, one]) => one.key),
        )}`,
      );
      continue;
    }
    if (row.isLocal && name.startsWith("vm.")) {
      context.report(
        entry.line,
        `[${name}] has the key "${key}", which is for local proxies: write it in [client.NAME]`,
      );
      continue;
    }
    const report: ReadContext["report"] = (at, text) => context.report(at, `${key} ${text}`);
    const read = row.kind.read(entry, { ...context, report });
    if (read !== undefined) said[field] = read;
  }
  return said;
}

/** Tables of keys, such as `limits`, become keys with dots. */
function* flattened(table: TomlTable): Iterable<readonly [string, TomlEntry]> {
  for (const [key, entry] of table) {
    const isGroup = policyRows.some(([, row]) => row.key.startsWith(`${key}.`));
    if (!isGroup || !(entry.value instanceof Map)) yield [key, entry];
    else for (const [inner, one] of entry.value as TomlTable) yield [`${key}.${inner}`, one];
  }
}

function requireTable(root: TomlTable, path: string, subject: PolicySubject, name: string): void {
  const tables = root.get(subject)?.value;
  const names = tables instanceof Map ? [...(tables as TomlTable).keys()] : [];
  if (names.includes(name)) return;
  throw new UserError(`${path} has no table [${subject}.${name}]${did(name, names)}`);
}

/** Hints at what the user may have meant. */
function did(mistyped: string, names: readonly string[]): string {
  const hint = nearest(mistyped, names);
  if (hint !== undefined) return `: did you mean ${hint}?`;
  return names.length === 0 || names.length > 5 ? "" : `: there is ${names.join(", ")}`;
}

function mistakesText(mistakes: readonly Mistake[], path: string): string {
  const sorted = [...mistakes].sort((one, other) => one.line - other.line);
  const shown = sorted.slice(0, MAX_MISTAKES).map(({ line, text }) => `${path}:${line}: ${text}`);
  if (sorted.length > MAX_MISTAKES) shown.push(`and ${sorted.length - MAX_MISTAKES} more`);
  return shown.join("; ");
}
