// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { controlPage, controlSchema } from "./generate/control-page.ts";
import { policyPage } from "./generate/policy-page.ts";
import { policySchema } from "./generate/policy-schema.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../..");

const help = `Usage: node dist/scripts/generate-policy.js [--check]

Writes docs/policy.md and docs/policy.schema.json from src/policy/table.ts, docs/control.md and docs/control.schema.json
from src/control/protocol.ts.

  --check   write nothing. Say whether the files are what would be written
  --help    this text
`;

const files: ReadonlyMap<string, string> = new Map([
  ["docs/policy.md", policyPage()],
  ["docs/policy.schema.json", policySchema()],
  ["docs/control.md", controlPage()],
  ["docs/control.schema.json", controlSchema()],
]);

const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
});
if (values.help) process.stdout.write(help);
else {
  for (const [name, text] of files) {
    const path = join(repository, name);
    if (!values.check) writeFileSync(path, text);
    else if (readFileSync(path, "utf8") !== text) {
      process.stderr.write(`${name}: not what the table says; run \`npm run generate\`\n`);
      process.exitCode = 1;
    }
  }
}
