// SPDX-License-Identifier: Apache-2.0
// `npm run bench`: how fast and how small the proxy is, beside a direct connection and beside other proxies.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release } from "node:os";
import { dirname } from "node:path";
import { Command, Option } from "commander";
import { endChildren } from "./child.ts";
import { allowedCpus } from "./cpus.ts";
import { buildDriver } from "./driver.ts";
import {
  type Extent,
  measureCold,
  measureMemory,
  measurePaced,
  measureSpeed,
  measureStart,
  type Run,
} from "./measure.ts";
import { judge, report } from "./report.ts";
import { type MeasurementName, measurementNames, pacedNames, Results, speedNames } from "./results.ts";
import { direct, floor, other, proxied, type Subject, Workspace } from "./subjects.ts";

const usual: Extent = {
  rounds: 10,
  secondsPerRound: 0.3,
  memoryRuns: 3,
  starts: 10,
  coldRuns: 20,
  pacedRuns: 3,
  pacedSeconds: 8,
  started: true,
  later: true,
};
const quick: Extent = {
  rounds: 5,
  secondsPerRound: 0.15,
  memoryRuns: 1,
  starts: 5,
  coldRuns: 5,
  pacedRuns: 1,
  pacedSeconds: 4,
  started: true,
  later: false,
};

interface Options {
  quick?: true;
  json: string;
  with: string[];
  node: string[];
  only: MeasurementName[];
}

const command = new Command("bench")
  .description("Measures the proxy beside a direct connection to a headless compositor of its own.")
  .option("--quick", "fewer and shorter rounds: figures that show the order of magnitude")
  .option("--json <file>", "where the figures are written", "test-results/bench.json")
  .option("--with <proxy...>", "also measure waypipe, or NAME='COMMAND with {socket}'", [])
  .option("--node <path...>", "also measure the start on that Node", [])
  .addOption(new Option("--only <name...>", "measure these alone").choices(measurementNames).default([], "all"));

/** The programs that are needed, each with its Debian package. */
const tools: Readonly<Record<string, string>> = { cc: "gcc", weston: "weston", taskset: "util-linux" };

let interrupted = false;

async function main(): Promise<void> {
  const options = command.parse().opts<Options>();
  const subjects = [direct, floor, proxied(process.execPath), ...options.with.map(other)];
  checkTools();
  buildDriver();
  warnOfLoad();
  const workspace = new Workspace();
  const results = new Results();
  const run: Run = { workspace, results, extent: options.quick ? quick : usual, progress, warn };
  const leave = async (signal: NodeJS.Signals) => {
    interrupted = true;
    await endChildren();
    workspace.remove();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("SIGINT", leave).once("SIGTERM", leave);
  try {
    await measureAll(run, subjects, options);
  } finally {
    progress("");
    await endChildren();
    workspace.remove();
  }
  const verdicts = judge(results);
  const machine = describeMachine();
  console.log(`${Object.values(machine).join(" · ")}\n\n${report(results, verdicts)}`);
  mkdirSync(dirname(options.json), { recursive: true });
  const figures = results.all();
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine, extent: run.extent, figures, budgets: verdicts }, null, 1)}\n`,
  );
  console.log(`\nAll readings: ${options.json}`);
}

function checkTools(): void {
  const missing = Object.keys(tools).filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tools[tool]).join(" ");
  throw new Error(`${missing.join(", ")} not found; on Debian: apt-get install --no-install-recommends ${packages}`);
}

/** Says when the machine has other work: it takes turns with ours, and the figures become a matter of luck. */
function warnOfLoad(): void {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load > cores / 2)
    warn(`this machine is busy (load ${load.toFixed(1)} on ${cores} cores): do not trust the figures`);
}

async function measureAll(run: Run, subjects: readonly Subject[], options: Options): Promise<void> {
  const [first = "0", second] = allowedCpus();
  const all = second === undefined ? first : `${first},${second}`;
  const isAsked = (name: MeasurementName) => options.only.length === 0 || options.only.includes(name);
  const speeds = speedNames.filter(isAsked);
  if (speeds.length > 0) await measureSpeed(run, "one core", first, subjects, speeds);
  if (isAsked("cold")) await measureCold(run, first, subjects);
  for (const name of pacedNames.filter(isAsked)) await measurePaced(run, first, subjects, name);
  if (second === undefined) warn("this machine has one core: the part on two is left out");
  else if (speeds.length > 0) await measureSpeed(run, "two cores", all, subjects, speeds);
  if (isAsked("memory")) await measureMemory(run, all, subjects);
  if (!isAsked("start")) return;
  const nodes = [process.execPath, ...options.node];
  const starts = nodes.map((node) => proxied(node, `Node ${majorVersion(node)}`));
  const others = subjects.filter((subject) => subject === floor || subject.optional);
  await measureStart(run, all, [...starts, ...others]);
}

function majorVersion(node: string): string {
  return execFileSync(node, ["-p", "process.versions.node.split('.')[0]"], { encoding: "utf8" }).trim();
}

function describeMachine(): Record<string, string> {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? "unknown CPU",
    kernel: `Linux ${release()}`,
    node: `Node ${process.versions.node}`,
    compositor: execFileSync("weston", ["--version"], { encoding: "utf8" }).trim(),
  };
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function warn(text: string): void {
  progress("");
  console.error(text);
}

main().catch((error: Error) => {
  // What fails because its programs were ended is no news; the signal's handler sets the exit code.
  if (interrupted) return;
  console.error(`bench: ${error.message}`);
  process.exit(1);
});
