// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { apiReport } from "../../../scripts/generate/api-report.ts";

const messages = (name: string): string =>
  `// @public\nexport interface ${name} {\n    wl_one: {\n        go: {};\n    };\n    wl_two: {};\n}\n`;

const extracted = [
  "## Report\n",
  "```ts",
  messages("Events"),
  "// @public\nexport class Fd {\n}\n",
  messages("Requests"),
  "```\n",
].join("\n");

test("the report of the API has everything but the messages of protocols", () => {
  const report = apiReport(extracted, "module", ["Requests", "Events"]);
  assert.ok(!report.includes("wl_one") && !report.includes("wl_two"), report);
  assert.match(report, /export interface Requests \{\n {4}\/\/ One member for each interface\.\n\}/);
  assert.match(report, /export class Fd \{\n\}\n/);
});

test("what users meet and cannot name is an error that names it", () => {
  const warning =
    '// Warning: (ae-forgotten-export) The symbol "Hidden" needs to be exported by the entry point index.d.ts';
  assert.throws(
    () => apiReport(extracted.replace("export class", `${warning}\nexport class`), "module", []),
    /module does not export Hidden/,
  );
});
