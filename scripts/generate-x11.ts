// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isIntact, seal } from "./generate/seal.ts";
import { SUITE } from "./generate/sources.ts";
import { readXcb } from "./generate/xcb.ts";
import { xcbFiles } from "./generate/xcb-write.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../..");
const cache = join(repository, ".cache", SUITE);
const generated = join(repository, "src/x11/generated");
const PACKAGE = "xcb-proto";

const help = `Usage: node dist/scripts/generate-x11.js [--check]

Writes src/x11/generated/ from the package ${PACKAGE} of Debian ${SUITE}, which scripts/suite-packages.sh fetches into
.cache. What of it is taken, scripts/generate/xcb-selection.ts says.

  --check   write nothing. Check that nobody has changed the committed files by hand (they carry a checksum), and, when
            .cache holds the very version that they were made from, compare with what it gives, byte by byte
  --help    this text
`;

function packageVersion(): string | undefined {
  const stamp = join(cache, "unpacked", PACKAGE);
  return existsSync(stamp) ? readFileSync(stamp, "utf8").trim() : undefined;
}

function header(): string {
  return [
    "// SPDX-License-Identifier: Apache-2.0",
    "// Made by `node dist/scripts/generate-x11.js`; do not edit. Names, types and numbers of the X11 protocol from",
    `//   ${PACKAGE} ${packageVersion()}`,
  ].join("\n");
}

/** What the committed files should be: file name and content. */
function render(): Map<string, string> {
  const files = xcbFiles(readXcb(join(cache, "root/usr/share/xcb")), header());
  return new Map([...files].map(([name, content]) => [name, seal(content)]));
}

function check(): string[] {
  const committed = (name: string): string => readFileSync(join(generated, name), "utf8");
  const found = readdirSync(generated)
    .filter((name) => !isIntact(committed(name)))
    .map((name) => `${name}: changed by hand`);
  if (!committed("tables.ts").includes(header())) return found;
  for (const [name, content] of render()) {
    if (committed(name) !== content) found.push(`${name}: not what the generator writes`);
  }
  return found;
}

function main(): void {
  const { values } = parseArgs({
    options: { check: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
  } else if (values.check) {
    const found = check();
    if (found.length > 0) throw new Error(found.join("\n"));
  } else {
    const script = join(repository, "scripts/suite-packages.sh");
    execFileSync("sh", [script, SUITE, PACKAGE], { stdio: ["ignore", "ignore", "inherit"] });
    mkdirSync(generated, { recursive: true });
    for (const [name, content] of render()) writeFileSync(join(generated, name), content);
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
