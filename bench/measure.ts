// SPDX-License-Identifier: Apache-2.0
// How each kind of measurement is made.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { driverPath, type Reading, runDriver } from "./driver.ts";
import type { Metric, PacedName, Part, Results, SpeedName } from "./results.ts";
import { direct, type Host, mouse, type Running, Stage, type Subject, type Workspace, weston } from "./subjects.ts";

/** How much is measured. */
export interface Extent {
  /** Of each measurement and subject, in turns, so that what disturbs the machine for a while disturbs all alike. */
  readonly rounds: number;
  readonly secondsPerRound: number;
  /** Fresh processes whose memory is read. */
  readonly memoryRuns: number;
  readonly starts: number;
  /** Fresh processes whose first round trips are measured. */
  readonly coldRuns: number;
  /** Fresh processes that are watched at a pace at which people use programs, and for how long each. */
  readonly pacedRuns: number;
  readonly pacedSeconds: number;
  /** Whether as many are watched whose start is over. */
  readonly started: boolean;
  /** Whether one more process is watched after it has worked for long. */
  readonly later: boolean;
}

/** The settings that all measurements share. */
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
/** By then a process is as large as its work needs. A leak adds the same again with each further flood. */
const firstFloodSeconds = 4;
/** For a process to come to rest, and for a proxy to notice that clients have left; what it frees later still counts as kept. */
const settleMs = 1000;
/** By then a proxy without clients has given back what it ever gives back. */
const restMs = 7000;

/** Measures all names through all subjects, everything pinned to those CPUs. */
export async function measureSpeed(
  run: Run,
  part: Part,
  cpus: string,
  subjects: readonly Subject[],
  names: readonly SpeedName[],
): Promise<void> {
  const stage = await Stage.open(run.workspace, cpus);
  const start = async (all: readonly Subject[]): Promise<Set<Running>> => {
    const started = new Set<Running>();
    for (const subject of all) await attempt(run, subject, async () => started.add(await stage.start(subject)));
    return started;
  };
  const usual = await start(subjects);
  const framed = names.includes("commitsFramed") ? await start(subjects.map(withFrames)) : new Set<Running>();
  for (const name of names) {
    const running = name === "commitsFramed" ? framed : usual;
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
  await Promise.all([...usual, ...framed].map((target) => target.child?.end()));
  await stage.close();
}

/** A subject that draws frames, if it can. */
function withFrames({ framed, ...subject }: Subject): Subject {
  return framed === undefined ? subject : { ...subject, command: framed };
}

async function readSpeed(stage: Stage, cpus: string, target: Running, name: string, seconds: number): Promise<Reading> {
  try {
    const pid = target.child === undefined ? [] : [String(target.child.pid)];
    return await runDriver<Reading>(cpus, ["measure", target.socketPath, name, String(seconds), ...pid]);
  } catch (error) {
    throw stage.explain(`${name}: ${(error as Error).message}`, target);
  }
}

function addReading(results: Results, part: Part, subject: string, name: SpeedName, reading: Reading): void {
  const microseconds = (nanoseconds: number | undefined) => nanoseconds && nanoseconds / 1000;
  const { operations, nanoseconds, cpuNanoseconds, p50, p99 } = reading;
  results.add(part, subject, `${name}.p50`, microseconds(p50));
  results.add(part, subject, `${name}.p99`, microseconds(p99));
  results.add(part, subject, `${name}.rate`, (operations / nanoseconds) * 1e9);
  results.add(part, subject, `${name}.cpu`, microseconds(cpuNanoseconds && cpuNanoseconds / operations));
}

/** Measures the first round trips through fresh processes. */
export function measureCold(run: Run, cpus: string, subjects: readonly Subject[]): Promise<void> {
  return inFreshProcesses(
    run,
    cpus,
    subjects,
    { what: "cold", host: weston, runs: run.extent.coldRuns },
    async (target) => {
      const trips = await runDriver<Record<"first" | "to10" | "to100" | "to1000", number>>(cpus, [
        "cold",
        target.socketPath,
      ]);
      for (const which of ["first", "to10", "to100", "to1000"] as const) {
        run.results.add("cold", target.subject.name, `cold.${which}`, trips[which] / 1000);
      }
    },
  );
}

interface Pace {
  readonly windows: number;
  readonly hertz: number;
}

const frames: Pace = { windows: 1, hertz: 144 };
const windows50: Pace = { windows: 50, hertz: 60 };
/** After which a process counts as having worked for long, and for how long it is then watched. */
const longSeconds = 45;
const laterSeconds = 15;
/** After which a process has done what belongs to its start. A window that opens at once is charged for that, too. */
const startMs = 1500;

/** Measures what fresh processes need for what comes at the pace at which people use programs. */
export async function measurePaced(
  run: Run,
  cpus: string,
  subjects: readonly Subject[],
  name: PacedName,
): Promise<void> {
  const { pacedRuns: runs, pacedSeconds: seconds } = run.extent;
  const plan = { what: name, host: weston, runs };
  const add = (target: Running, metric: Metric, { operations, cpuNanoseconds }: Reading) => {
    run.results.add("paced", target.subject.name, metric, cpuNanoseconds && cpuNanoseconds / operations / 1000);
  };
  const draw = ({ socketPath, child }: Running, { windows, hertz }: Pace, skip: number, length: number) =>
    runDriver<Reading>(cpus, [
      "paced",
      socketPath,
      ...[windows, hertz, skip, length, child?.pid ?? process.pid].map(String),
    ]);
  const proxies = subjects.filter((subject) => subject !== direct);
  if (name === "frames" || name === "windows50") {
    const pace = name === "frames" ? frames : windows50;
    await inFreshProcesses(run, cpus, proxies, plan, async (target) =>
      add(target, `${name}.cpu`, await draw(target, pace, 0, seconds)),
    );
    if (name === "windows50") return;
    if (run.extent.started) {
      await inFreshProcesses(run, cpus, proxies, { ...plan, what: "frames after the start" }, async (target) => {
        await sleep(startMs);
        add(target, "frames.started", await draw(target, pace, 0, seconds));
      });
    }
    if (!run.extent.later) return;
    await inFreshProcesses(run, cpus, proxies, { ...plan, what: "frames later", runs: 1 }, async (target) =>
      add(target, "frames.later", await draw(target, pace, longSeconds, laterSeconds)),
    );
    return;
  }
  const host = mouse(name === "pointer1k" ? 1000 : 8000);
  await inFreshProcesses(run, cpus, subjects, { ...plan, host }, async (target) => {
    const { socketPath, child, subject } = target;
    const pid = child === undefined ? [] : [String(child.pid)];
    const reading = await runDriver<Reading>(cpus, ["pointer", socketPath, String(seconds), ...pid]);
    add(target, `${name}.cpu`, reading);
    run.results.add("paced", subject.name, `${name}.p50`, reading.p50 && reading.p50 / 1000);
    run.results.add("paced", subject.name, `${name}.p99`, reading.p99 && reading.p99 / 1000);
  });
}

interface Plan {
  readonly what: string;
  readonly host: Host;
  readonly runs: number;
}

/** Starts each subject so many times, in turns, and ends it when it has been measured. */
async function inFreshProcesses(
  run: Run,
  cpus: string,
  subjects: readonly Subject[],
  { what, host, runs }: Plan,
  measure: (target: Running) => Promise<void>,
): Promise<void> {
  const stage = await Stage.open(run.workspace, cpus, host);
  for (let i = 1; i <= runs; i++) {
    for (const subject of subjects) {
      run.progress(`${what}: ${subject.name}, process ${i} of ${runs}`);
      await attempt(run, subject, async () => {
        const target = await stage.start(subject);
        try {
          await measure(target);
        } catch (error) {
          throw stage.explain(`${what}: ${(error as Error).message}`, target);
        } finally {
          await target.child?.end();
        }
      });
    }
  }
  await stage.close();
}

/** Measures the memory of fresh processes: with no client, with idle ones, after floods. */
export function measureMemory(run: Run, cpus: string, subjects: readonly Subject[]): Promise<void> {
  const proxies = subjects.filter((subject) => subject !== direct);
  const plan = { what: "memory", host: weston, runs: run.extent.memoryRuns };
  return inFreshProcesses(run, cpus, proxies, plan, (target) => readMemory(run, cpus, target));
}

async function readMemory(run: Run, cpus: string, { subject, socketPath, child }: Running): Promise<void> {
  const add = (metric: Metric, value: number) => run.results.add("memory", subject.name, metric, value);
  const usage = async (afterMs = settleMs) => {
    await sleep(afterMs);
    return runDriver<{ rssKib: number; privateKib: number }>(cpus, ["usage", String(child?.pid)]);
  };
  const residentKib = async () => (await usage()).rssKib;
  const idle = await usage();
  add("memory.idle", idle.rssKib / 1024);
  add("memory.private", idle.privateKib / 1024);
  add("memory.shared", (idle.rssKib - idle.privateKib) / 1024);

  {
    await using _first = await holdClients(socketPath, 1);
    const withOne = await residentKib();
    await using _further = await holdClients(socketPath, idleClients);
    const withAll = await usage();
    add("memory.client", (withAll.rssKib - withOne) / idleClients);
    add("memory.clients", withAll.privateKib / 1024);
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
  add("memory.flooded", (await usage(restMs)).rssKib / 1024);
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
