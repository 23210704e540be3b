// SPDX-License-Identifier: Apache-2.0
/**
 * Writes tools/wayland-proxy.api.md, which has all that users of the library can name, so that a change of it shows in
 * review. With --check it compares instead. Needs `npm ci --prefix tools`; scripts/api.sh does that.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiReport } from "./generate/api-report.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const target = join(repository, "tools/wayland-proxy.api.md");
const folder = join(repository, "dist/api/report");
const extractor = join(repository, "tools/node_modules/@microsoft/api-extractor/bin/api-extractor");

/** The findings of API Extractor in the declarations of the build. */
function extract(): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = join(repository, "tools/api-extractor.json");
  execFileSync(process.execPath, [extractor, "run", "--local", "--config", config], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return readFileSync(join(folder, "wayland-proxy.api.md"), "utf8");
}

try {
  const report = apiReport(extract());
  if (!process.argv.includes("--check")) writeFileSync(target, report);
  else if (readFileSync(target, "utf8") !== report) {
    throw new Error(`${target} is stale: run \`npm run docs:api\`, and look at what has changed for users`);
  }
} catch (error) {
  const { message, stdout = "" } = error as Error & { stdout?: string };
  process.stderr.write(`api-report: ${message}\n${stdout}`);
  process.exitCode = 1;
}
