// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run bench:check`: fails when the proxy is slower than it was when bench/recorded.json was written, by more than a
 * machine's other work explains. All figures are multiples of the floor's in the same run, and what is missed is tried
 * again. `--record` writes those of this machine's processor into that file.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { endChildren } from "./child.ts";
import { allowedCpus } from "./cpus.ts";
import { buildDriver } from "./driver.ts";
import { type Extent, measureCold, measurePaced, measureSpeed, type Run } from "./measure.ts";
import { type Metric, type Part, Results, type SpeedName } from "./results.ts";
import { floor, proxied, type Subject, Workspace } from "./subjects.ts";

const TRIES = 3;
/** By how much a ratio may be worse than the recorded one. */
const TOLERANCE = 1.25;

const extent: Extent = {
  rounds: 5,
  secondsPerRound: 0.1,
  memoryRuns: 0,
  starts: 0,
  coldRuns: 5,
  pacedRuns: 1,
  pacedSeconds: 8,
  started: false,
  later: false,
};

/**
 * The ratios that other work on the machine disturbs little. Rates it does disturb, and what a proxy of that age has not
 * optimized yet: connections and commits are left to `npm run bench`.
 */
const groups: readonly Group[] = [
  speedGroup("roundTrip", "roundTrip.p50", "roundTrip.cpu"),
  speedGroup("pipelined", "pipelined.cpu"),
  { part: "cold", metrics: ["cold.first", "cold.to10", "cold.to1000"], measure: measureCold },
  {
    part: "paced",
    metrics: ["frames.cpu"],
    measure: (run, cpus, subjects) => measurePaced(run, cpus, subjects, "frames"),
  },
];

/** What is measured together. */
interface Group {
  readonly part: Part;
  readonly metrics: readonly Metric[];
  readonly measure: (run: Run, cpus: string, subjects: readonly Subject[]) => Promise<void>;
}

function speedGroup(name: SpeedName, ...metrics: Metric[]): Group {
  return {
    part: "one core",
    metrics,
    measure: (run, cpus, subjects) => measureSpeed(run, "one core", cpus, subjects, [name]),
  };
}

const recordedPath = fileURLToPath(new URL("../../bench/recorded.json", import.meta.url));

/** What was recorded, by the maker of the processor: the less a system call costs there, the larger are our multiples. */
type Recorded = Record<string, Record<string, number>>;

/** The maker of this machine's processor, as it names itself: "AMD", "Intel". */
const maker = /^\w*/.exec(cpus()[0]?.model ?? "")?.[0] ?? "";

/** Returns what the ratios are compared with. On a processor of another maker, that is the largest of those recorded. */
function recordedHere(): Record<string, number> {
  const recorded = JSON.parse(readFileSync(recordedPath, "utf8")) as Recorded;
  const here = recorded[maker];
  if (here !== undefined) return here;
  const largest: Record<string, number> = {};
  for (const ratios of Object.values(recorded)) {
    for (const [metric, ratio] of Object.entries(ratios)) largest[metric] = Math.max(largest[metric] ?? 0, ratio);
  }
  return largest;
}

async function main(): Promise<void> {
  buildDriver();
  const workspace = new Workspace();
  try {
    if (process.argv.includes("--record")) await record(workspace);
    else if (!(await check(workspace))) process.exitCode = 1;
  } finally {
    await endChildren();
    workspace.remove();
  }
}

async function record(workspace: Workspace): Promise<void> {
  const ratios: Record<string, number> = {};
  for (const group of groups) {
    for (const [metric, ratio] of await measure(workspace, group)) ratios[metric] = Number(ratio.toFixed(2));
  }
  const recorded = JSON.parse(readFileSync(recordedPath, "utf8")) as Recorded;
  writeFileSync(recordedPath, `${JSON.stringify({ ...recorded, [maker]: ratios }, null, 2)}\n`);
}

/** Whether each ratio was within its limit in one of the tries. */
async function check(workspace: Workspace): Promise<boolean> {
  const recorded = recordedHere();
  let missed = groups;
  for (let attempt = 1; attempt <= TRIES && missed.length > 0; attempt++) {
    const again: Group[] = [];
    for (const group of missed) {
      const late = (await measure(workspace, group)).filter(([metric, ratio]) => {
        const limit = (recorded[metric] ?? 0) * TOLERANCE;
        const isMet = ratio <= limit;
        const verdict = isMet ? "" : `: SLOWER${attempt < TRIES ? ", tried again" : ""}`;
        console.log(`${metric.padEnd(18)} ${ratio.toFixed(2)} × floor, at most ${limit.toFixed(2)}${verdict}`);
        return !isMet;
      });
      if (late.length > 0) again.push({ ...group, metrics: late.map(([metric]) => metric) });
    }
    missed = again;
  }
  return missed.length === 0;
}

/** The proxy's figures as multiples of the floor's. */
async function measure(workspace: Workspace, { part, metrics, measure }: Group): Promise<[Metric, number][]> {
  const results = new Results();
  const run: Run = { workspace, results, extent, progress: () => {}, warn: console.error };
  const [cpu = "0"] = allowedCpus();
  const ours = proxied(process.execPath);
  await measure(run, cpu, [floor, ours]);
  return metrics.map((metric) => [metric, results.ratio(part, ours.name, metric, floor.name) ?? Number.NaN]);
}

await main();
