// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ProtocolTable } from "../src/protocol/table.ts";
import { differences } from "./generate/check.ts";
import { merge } from "./generate/merge.ts";
import { isIntact, seal } from "./generate/seal.ts";
import { cachedVersions, protocolFiles, SUITE, sources } from "./generate/sources.ts";
import { enumsFile, tablesFile, typesFile } from "./generate/write.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../..");
const cache = join(repository, ".cache", SUITE);
const generated = join(repository, "src/protocol/generated");
const ownFiles = join(repository, "protocols");
const installedCore = "/usr/share/wayland/wayland.xml";

const help = `Usage: node dist/scripts/generate.js [--check] [PATH...]

Writes src/protocol/generated/{enums,tables,types}.ts from Wayland protocol files. PATH is a file or a folder; without
one, the files of these packages of Debian ${SUITE} are taken, which scripts/suite-packages.sh fetches into .cache:

${sources.map((source) => `  ${source.package.padEnd(37)}${source.what}`).join("\n")}
  ${"protocols/".padEnd(37)}what no package ships, in this repository: names and types only

Of an interface that several files describe, the highest version is taken, else the first.

  --check   write nothing. Check that nobody has changed the committed files by hand (they carry a checksum), and compare
            them with protocols/, with the core protocol that is installed here (libwayland-dev, which may be older),
            and, when .cache holds the very versions that they were made from, byte by byte
  --help    this text
`;

/** What the committed files should be: file name and content. */
function render(tables: readonly ProtocolTable[], origin: readonly string[]): Map<string, string> {
  const header = [
    "// SPDX-License-Identifier: Apache-2.0",
    "// Made by `node dist/scripts/generate.js`; do not edit. Names, types and numbers of these protocols:",
    ...origin.map((line) => `//   ${line}`),
  ].join("\n");
  return new Map([
    ["enums.ts", seal(enumsFile(tables, header))],
    ["tables.ts", seal(tablesFile(tables, header))],
    ["types.ts", seal(typesFile(tables, header))],
  ]);
}

function renderFromCache(): Map<string, string> {
  const versions = cachedVersions(cache);
  const paths = [...sources.map((source) => join(cache, "root", source.path)), ownFiles];
  const origin = sources.map((source) => `${source.package} ${versions.get(source.package) ?? "?"}`);
  return render(merge(paths.flatMap(protocolFiles)), [...origin, "protocols/ in this repository"]);
}

/** The versions that the committed tables were made from are those in the cache. */
function cacheIsThatOfTables(committed: string): boolean {
  const versions = cachedVersions(cache);
  return sources.every((source) => committed.includes(`//   ${source.package} ${versions.get(source.package)}\n`));
}

async function check(): Promise<string[]> {
  const { tables } = await import("../src/protocol/generated/tables.ts");
  const found = differences(tables, merge(protocolFiles(ownFiles)));
  for (const name of ["enums.ts", "tables.ts", "types.ts"]) {
    if (!isIntact(readFileSync(join(generated, name), "utf8"))) found.push(`${name}: changed by hand`);
  }
  const exact = cacheIsThatOfTables(readFileSync(join(generated, "tables.ts"), "utf8"));
  if (exact) {
    for (const [name, content] of renderFromCache()) {
      if (readFileSync(join(generated, name), "utf8") !== content) found.push(`${name}: not what the generator writes`);
    }
  }
  if (existsSync(installedCore)) found.push(...differences(tables, merge([installedCore])));
  else if (!exact) found.push("nothing to compare the core protocol with: install libwayland-dev");
  return found;
}

function generate(paths: readonly string[]): void {
  if (paths.length === 0) {
    const packages = sources.map((source) => source.package);
    const script = join(repository, "scripts/suite-packages.sh");
    execFileSync("sh", [script, SUITE, ...packages], { stdio: ["ignore", "ignore", "inherit"] });
  }
  const files = paths.length === 0 ? renderFromCache() : render(merge(paths.flatMap(protocolFiles)), paths);
  mkdirSync(generated, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(generated, name), content);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
  } else if (values.check) {
    const found = await check();
    if (found.length > 0) throw new Error(found.join("\n"));
  } else {
    generate(positionals);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
