// SPDX-License-Identifier: Apache-2.0
// The three kinds of measurement: speed, memory, start.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { driverPath, type Reading, runDriver } from "./driver.ts";
import type { MeasurementName, Metric, Part, Results } from "./results.ts";
import { direct, type Running, Stage, type Subject, type Workspace } from "./subjects.ts";

/** How much is measured. */
export interface Extent {
  /** Of each measurement and subject, in turns, so that what disturbs the machine for a while disturbs all alike. */
  readonly rounds: number;
  readonly secondsPerRound: number;
  /** Fresh processes whose memory is read. */
  readonly memoryRuns: number;
  readonly starts: number;
}

/** What the measurements share. */
export interface Run {
  readonly workspace: Workspace;
  readonly extent: Extent;
  readonly results: Results;
  readonly progress: (text: string) => void;
  /** Told of a failure of a subject that is optional. */
  readonly warn: (text: string) => void;
}

const idleClients = 100;
const floodSeconds = 0.2;
/** For a process to become as large as its work needs; what a leak adds comes again with each further flood. */
const firstFloodSeconds = 4;
/** For a proxy to notice that clients have left; what it frees later still counts as kept. */
const settleMs = 300;

/** Measures all names through all subjects, everything pinned to those CPUs. */
export async function measureSpeed(
  run: Run,
  part: Part,
  cpus: string,
  subjects: readonly Subject[],
  names: readonly MeasurementName[],
): Promise<void> {
  const stage = await Stage.open(run.workspace, cpus);
  const running = new Set<Running>();
  for (const subject of subjects) {
    await attempt(run, subject, async () => running.add(await stage.start(subject)));
  }
  for (const name of names) {
    const failed = new Set<Running>();
    // Round 0 warms up the proxies (compilers, caches) and does not count.
    for (let round = 0; round <= run.extent.rounds; round++) {
      run.progress(`${part}: ${name}, round ${round} of ${run.extent.rounds}`);
      for (const target of running) {
        if (failed.has(target)) continue;
        const worked = await attempt(run, target.subject, async () => {
          const reading = await readSpeed(stage, cpus, target, name, run.extent.secondsPerRound);
          if (round > 0) addReading(run.results, part, target.subject.name, name, reading);
        });
        if (!worked) failed.add(target);
      }
    }
  }
  await Promise.all([...running].map((target) => target.child?.end()));
  await stage.close();
}

async function readSpeed(stage: Stage, cpus: string, target: Running, name: string, seconds: number): Promise<Reading> {
  try {
    const pid = target.child === undefined ? [] : [String(target.child.pid)];
    return await runDriver<Reading>(cpus, ["measure", target.socketPath, name, String(seconds), ...pid]);
  } catch (error) {
    throw stage.explain(`${name}: ${(error as Error).message}`, target);
  }
}

function addReading(results: Results, part: Part, subject: string, name: MeasurementName, reading: Reading): void {
  const microseconds = (nanoseconds: number | undefined) => nanoseconds && nanoseconds / 1000;
  const { operations, nanoseconds, cpuNanoseconds, p50, p99 } = reading;
  results.add(part, subject, `${name}.p50`, microseconds(p50));
  results.add(part, subject, `${name}.p99`, microseconds(p99));
  results.add(part, subject, `${name}.rate`, (operations / nanoseconds) * 1e9);
  results.add(part, subject, `${name}.cpu`, microseconds(cpuNanoseconds && cpuNanoseconds / operations));
}

/** Measures the memory of fresh processes: with no client, with idle ones, after floods. */
export async function measureMemory(run: Run, cpus: string, subjects: readonly Subject[]): Promise<void> {
  const stage = await Stage.open(run.workspace, cpus);
  for (let i = 1; i <= run.extent.memoryRuns; i++) {
    for (const subject of subjects) {
      if (subject === direct) continue;
      run.progress(`memory: ${subject.name}, process ${i} of ${run.extent.memoryRuns}`);
      await attempt(run, subject, async () => {
        const target = await stage.start(subject);
        try {
          await readMemory(run, cpus, target);
        } catch (error) {
          throw stage.explain(`memory: ${(error as Error).message}`, target);
        } finally {
          await target.child?.end();
        }
      });
    }
  }
  await stage.close();
}

async function readMemory(run: Run, cpus: string, { subject, socketPath, child }: Running): Promise<void> {
  const add = (metric: Metric, value: number) => run.results.add("memory", subject.name, metric, value);
  const residentKib = async () => {
    await sleep(settleMs);
    return (await runDriver<{ rssKib: number }>(cpus, ["usage", String(child?.pid)])).rssKib;
  };
  add("memory.idle", (await residentKib()) / 1024);

  {
    await using _first = await holdClients(socketPath, 1);
    const withOne = await residentKib();
    await using _further = await holdClients(socketPath, idleClients);
    add("memory.client", ((await residentKib()) - withOne) / idleClients);
  }

  const flood = (seconds: number) => runDriver(cpus, ["measure", socketPath, "flood", String(seconds)]);
  // The lowest of several, because garbage that is about to be collected is not kept.
  const lowestAfterFloods = async (count: number) => {
    let lowest = Infinity;
    for (let i = 0; i < count; i++) {
      await flood(floodSeconds);
      lowest = Math.min(lowest, await residentKib());
    }
    return lowest;
  };
  await flood(firstFloodSeconds);
  const before = await lowestAfterFloods(3);
  const after = await lowestAfterFloods(3);
  add("memory.flooded", after / 1024);
  add("memory.kept", (after - before) / 3);
}

/** Connects clients that then do nothing until they are disposed of. */
async function holdClients(socketPath: string, count: number): Promise<AsyncDisposable> {
  const holder = spawn(driverPath, ["idle", socketPath, String(count)], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  holder.stderr.on("data", (bytes) => (complaint += bytes));
  const ended = once(holder, "close");
  await Promise.race([once(holder.stdout, "data"), ended]);
  if (holder.exitCode !== null) throw new Error(`${count} idle clients: ${complaint.trim()}`);
  return {
    [Symbol.asyncDispose]: async () => {
      holder.stdin.end();
      await ended;
    },
  };
}

/** Measures the time from spawning a proxy until its socket accepts. */
export async function measureStart(run: Run, cpus: string, subjects: readonly Subject[]): Promise<void> {
  const stage = await Stage.open(run.workspace, cpus);
  for (let i = 1; i <= run.extent.starts; i++) {
    for (const subject of subjects) {
      if (subject.command === undefined) continue;
      run.progress(`start: ${subject.name}, ${i} of ${run.extent.starts}`);
      const socketPath = run.workspace.newSocket();
      const command = subject.command(socketPath);
      await attempt(run, subject, async () => {
        const { environment } = run.workspace;
        const { nanoseconds } = await runDriver<Reading>(cpus, ["start", socketPath, ...command], environment);
        run.results.add("start", subject.name, "start", nanoseconds / 1e6);
      });
    }
  }
  await stage.close();
}

/** Whether the work was done. A failure of an optional subject is told and left at that. */
async function attempt(run: Run, subject: Subject, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!subject.optional) throw error;
    run.warn((error as Error).message);
    return false;
  }
}
