// SPDX-License-Identifier: Apache-2.0
/**
 * Writes tools/*.api.md, which have all that users of the library can name, so that a change of it shows in review. With --check it compares instead. Needs `npm ci --prefix tools`; scripts/api.sh does that.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiReport } from "./generate/api-report.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** The reports: their names, the configurations that name what is published, the modules, and what is left out. */
const reports = [
  ["wayland-proxy.api.md", "api-extractor.json", "wayland-proxy", ["Requests", "Events"]],
  ["wayland-proxy-vm.api.md", "api-extractor-vm.json", "wayland-proxy/vm", []],
] as const;
const folder = join(repository, "dist/api/report");
const extractor = join(repository, "tools/node_modules/@microsoft/api-extractor/bin/api-extractor");

/** The findings of API Extractor in the declarations of the build. */
function extract(name: string, configuration: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = join(repository, "tools", configuration);
  execFileSync(process.execPath, [extractor, "run", "--local", "--config", config], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return readFileSync(join(folder, name), "utf8");
}

try {
  for (const [name, configuration, module, generated] of reports) {
    const target = join(repository, "tools", name);
    const report = apiReport(extract(name, configuration), module, generated);
    if (!process.argv.includes("--check")) writeFileSync(target, report);
    else if (readFileSync(target, "utf8") !== report) {
      throw new Error(`${target} is stale: run \`npm run docs:api\`, and look at what has changed for users`);
    }
  }
} catch (error) {
  const { message, stdout = "" } = error as Error & { stdout?: string };
  process.stderr.write(`api-report: ${message}\n${stdout}`);
  process.exitCode = 1;
}
