// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { globalsPage } from "./generate/globals-page.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../..");
const page = join(repository, "docs/globals.md");

const help = `Usage: node dist/scripts/generate-globals.js [--check]

Writes docs/globals.md from src/protocol/global-policy-table.ts, its comments included.

  --check   write nothing. Say whether the page is what would be written
  --help    this text
`;

const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
});
if (values.help) {
  process.stdout.write(help);
} else {
  const text = globalsPage(readFileSync(join(repository, "src/protocol/global-policy-table.ts"), "utf8"));
  if (!values.check) {
    writeFileSync(page, text);
  } else if (readFileSync(page, "utf8") !== text) {
    process.stderr.write("docs/globals.md: not what the table says; run `npm run generate`\n");
    process.exitCode = 1;
  }
}
