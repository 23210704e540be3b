// SPDX-License-Identifier: Apache-2.0
/**
 * Reads which file imports what, and finds what breaks the order of the architecture. It looks at import and export
 * statements with patterns instead of parsing TypeScript. Our formatter keeps these statements in one shape, and a
 * mistake would show as a false alarm.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The order of the architecture. All paths are relative to the root of the repository, with slashes. */
export interface Rules {
  /** The folders or files of each layer, from the ground up. A file imports from its own module and from lower layers. */
  readonly layers: readonly (readonly string[])[];
  /** Folders with sources. Those below `tests` may use everything, but what only they use counts as unused. */
  readonly sources: readonly string[];
  readonly tests: string;
  /** The folder whose options, in rows with `flags`, are named in no other module. */
  readonly options: string;
  /** The files of modules that may read the environment of the process; others get it as a value. */
  readonly readEnvironment: readonly string[];
  /** Files and folders whose exports are for others than us. */
  readonly published: readonly string[];
  /** Files that may import types, and nothing else, from layers above them, each with the reason. */
  readonly typesFromAbove: Readonly<Record<string, string>>;
  /** Folders whose files may name each other's types in a circle. Values never may. */
  readonly circlesOfTypes: readonly string[];
  /** The file with the array of that name in which features stand: no file with one imports from that of another one. Null for no such rule. */
  readonly features: { readonly file: string; readonly list: string } | null;
  /** Exports that only tests use, as `file#name`, each with the reason. */
  readonly forTests: Readonly<Record<string, string>>;
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  /** What is imported; "*" is everything. */
  readonly names: readonly string[];
  /** `import type`: nothing is left of it at run time. */
  readonly typeOnly: boolean;
}

interface Export {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** A type whose own file uses it too: callers may want a name for what its functions take and return. */
  readonly isPartOfSignature: boolean;
}

/** What is wrong below `root`: one line each, `file:line: what`. */
export function findViolations(root: string, rules: Rules): string[] {
  const files = rules.sources.flatMap((folder) => listSources(root, folder));
  const texts = new Map(files.map((file) => [file, blankComments(readFileSync(join(root, file), "utf8"))]));
  const imports: Import[] = [];
  const exports: Export[] = [];
  for (const [file, text] of texts) {
    imports.push(...readImports(file, text));
    exports.push(...readExports(file, text));
  }
  return [
    ...withoutModule(files, rules),
    ...wrongDirections(imports, rules),
    ...betweenFeatures(texts, imports, rules),
    ...cycles(imports, rules),
    ...unusedExports(exports, imports, rules),
    ...environmentReaders(texts, rules),
    ...foreignOptions(texts, rules),
  ];
}

function listSources(root: string, folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** Replaces comments by blanks, so that positions stay what they are. */
function blankComments(text: string): string {
  const stringOrComment = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(stringOrComment, (found) => (found.startsWith("/") ? found.replace(/[^\n]/g, " ") : found));
}

function* readImports(file: string, text: string): Iterable<Import> {
  const forms = [
    /^(?:import|export) (?<type>type )?(?<clause>[\w*\s{},]+?)\s*from "(?<path>[^"]+)"/gm,
    /^import "(?<path>[^"]+)"/gm,
    // `const { a } = await import(…)` names what it takes; any other call may use everything.
    /(?:(?<clause>\{[\w\s,:]*\}) = await )?\bimport\(\s*"(?<path>[^"]+)"/g,
  ];
  for (const form of forms) {
    for (const { index, groups: { path = "", clause, type } = {} } of text.matchAll(form)) {
      if (!path.startsWith(".")) continue;
      yield {
        from: file,
        to: join(dirname(file), path),
        line: lineOf(text, index),
        names: clause === undefined ? ["*"] : namesIn(clause),
        typeOnly: type !== undefined,
      };
    }
  }
}

function* readExports(file: string, text: string): Iterable<Export> {
  const declaration = /^export (?:abstract |async )*(?<kind>const|let|function\*?|class|interface|type) (?<name>\w+)/gm;
  for (const { index, groups: { kind = "", name = "" } = {} } of text.matchAll(declaration)) {
    const isType = kind === "interface" || kind === "type";
    const mentions = [...text.matchAll(new RegExp(`\\b${name}\\b`, "g"))].length;
    yield { file, line: lineOf(text, index), name, isPartOfSignature: isType && mentions > 1 };
  }
  for (const { index, groups: { clause = "" } = {} } of text.matchAll(/^export (?:type )?\{(?<clause>[^}]*)\}/gm)) {
    for (const item of clause.split(",")) {
      const name = item.trim().split(" ").at(-1) ?? "";
      if (name !== "") yield { file, line: lineOf(text, index), name, isPartOfSignature: false };
    }
  }
}

/** The names, as the exporting file knows them, of `{ a, type b, c as d }` or `* as e`. */
function namesIn(clause: string): string[] {
  if (clause.includes("*")) return ["*"];
  return [...clause.matchAll(/(?:^|[{,])\s*(?:type )?(?<name>\w+)/g)].map(({ groups: { name = "" } = {} }) => name);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function isWithin(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

/** The module of a file and how high it is; undefined for tests, scripts and the like, which stand outside the architecture. */
function moduleOf(file: string, rules: Rules): { name: string; height: number } | undefined {
  for (const [height, modules] of rules.layers.entries()) {
    const name = modules.find((module) => isWithin(file, module));
    if (name !== undefined) return { name, height };
  }
  return undefined;
}

/** Files beside the modules, for which no order would hold. */
function withoutModule(files: readonly string[], rules: Rules): string[] {
  const roots = new Set(rules.layers.flat().map((module) => module.split("/")[0] ?? module));
  return files
    .filter((file) => [...roots].some((root) => isWithin(file, root)) && moduleOf(file, rules) === undefined)
    .map((file) => `${file}:1: belongs to no module; the modules are ${rules.layers.flat().join(", ")}`);
}

function wrongDirections(imports: readonly Import[], rules: Rules): string[] {
  const found: string[] = [];
  for (const { from, to, line, typeOnly } of imports) {
    const module = moduleOf(from, rules);
    if (module === undefined || (typeOnly && from in rules.typesFromAbove)) continue;
    const target = moduleOf(to, rules);
    if (target === undefined) {
      found.push(`${from}:${line}: imports ${to}, which stands outside the architecture`);
    } else if (target.name !== module.name && target.height >= module.height) {
      found.push(`${from}:${line}: ${module.name} must not import from ${target.name} (${to}), which is not below it`);
    }
  }
  return found;
}

/** Features that know each other: what two of them need is a service, or told by events. */
function betweenFeatures(texts: ReadonlyMap<string, string>, imports: readonly Import[], rules: Rules): string[] {
  if (rules.features === null) return [];
  const { file, list } = rules.features;
  const text = texts.get(file) ?? "";
  const [, items] = new RegExp(`^const ${list}\\b[^=]*= \\[([^\\]]*)\\]`, "m").exec(text) ?? [];
  if (items === undefined) return [`${file}:1: has no array ${list} of the features`];
  const names = new Set(items.split(",").map((item) => item.trim()));
  const isOfFeature = (one: Import): boolean => one.from === file && one.names.some((name) => names.has(name));
  const homes = new Set(imports.filter(isOfFeature).map(({ to }) => to));
  return imports
    .filter(({ from, to }) => homes.has(from) && homes.has(to))
    .map(({ from, to, line }) => `${from}:${line}: is a feature, which must not import from another one (${to})`);
}

/** Circles of imports at run time; types may refer to each other. */
function cycles(imports: readonly Import[], rules: Rules): string[] {
  const mayName = (file: string): boolean =>
    [rules.tests, ...rules.circlesOfTypes].some((place) => isWithin(file, place));
  const edges = imports.filter(({ typeOnly, from }) => !typeOnly || !mayName(from));
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    for (const { to, line } of edges.filter((edge) => edge.from === file)) {
      const start = trail.indexOf(to);
      if (start >= 0) found.push(`${file}:${line}: imports in a circle: ${[...trail.slice(start), to].join(" -> ")}`);
      else if (!done.has(to)) visit(to, [...trail, to]);
    }
    done.add(file);
  };
  for (const { from } of edges) if (!done.has(from)) visit(from, [from]);
  return found;
}

function unusedExports(exports: readonly Export[], imports: readonly Import[], rules: Rules): string[] {
  const used = new Set<string>();
  for (const { from, to, names } of imports) {
    // A test needs no reason to use what another test exports.
    if (isWithin(from, rules.tests) && !isWithin(to, rules.tests)) continue;
    for (const name of names) used.add(`${to}#${name}`);
  }
  const found: string[] = [];
  for (const { file, line, name, isPartOfSignature } of exports) {
    const key = `${file}#${name}`;
    const isUsed = used.has(key) || used.has(`${file}#*`) || rules.published.some((place) => isWithin(file, place));
    const isExcused = key in rules.forTests;
    if (!isUsed && !isExcused && !isPartOfSignature)
      found.push(`${file}:${line}: nobody but its own file or tests uses the export ${name}`);
    if (isUsed && isExcused) found.push(`${file}:${line}: ${name} is in use: it needs no excuse in the list any more`);
  }
  const all = new Set(exports.map(({ file, name }) => `${file}#${name}`));
  for (const key of Object.keys(rules.forTests)) {
    if (!all.has(key)) found.push(`${key.replace("#", ":1: ")} is in the list of excused exports, but does not exist`);
  }
  return found;
}

/** Who reads the environment anywhere can be told nothing else by a test, nor by who uses us as a library. */
function environmentReaders(texts: ReadonlyMap<string, string>, rules: Rules): string[] {
  const found: string[] = [];
  for (const [file, text] of texts) {
    if (rules.readEnvironment.includes(file) || moduleOf(file, rules) === undefined) continue;
    for (const { index } of text.matchAll(/\bprocess\.env\b|\benv\b[^;]*\} from "node:process"/g)) {
      found.push(`${file}:${lineOf(text, index)}: reads process.env, which is for ${rules.readEnvironment.join(", ")}`);
    }
  }
  return found;
}

/**
 * Names of options where the command line is not known: another program may have them under another name, or not at all.
 * An error carries a code instead.
 */
function foreignOptions(texts: ReadonlyMap<string, string>, rules: Rules): string[] {
  const names = new Set<string>();
  for (const [file, text] of texts) {
    if (!isWithin(file, rules.options)) continue;
    for (const [flags] of text.matchAll(/flags: "[^"]*"/g))
      for (const [name] of flags.matchAll(/--[a-z-]+/g)) names.add(name);
  }
  const found: string[] = [];
  for (const [file, text] of texts) {
    if (isWithin(file, rules.options) || moduleOf(file, rules) === undefined) continue;
    for (const { index, 0: name } of text.matchAll(/(?<![\w-])--[a-z-]+/g)) {
      if (names.has(name))
        found.push(`${file}:${lineOf(text, index)}: names the option ${name}, which ${rules.options} alone knows`);
    }
  }
  return found;
}
