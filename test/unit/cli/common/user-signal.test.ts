// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Place, type Run } from "../support.ts";

/** Milliseconds after its start at which a program gets the signal: while Node starts, or we do; null for when it is ready. */
const DELAYS_MS = [0, 15, 30, 45, 60, 80, 100, 130, 160, 200, null];

/** Whether a process listens on a TCP port, as a debugger does. */
function listens(pid: number): boolean {
  const rows = readFileSync(`/proc/${pid}/net/tcp`, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const listening = new Set(rows.filter((row) => row[3] === "0A").map((row) => `socket:[${row[9]}]`));
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return listening.has(readlinkSync(join(`/proc/${pid}/fd`, fd)));
    } catch {
      return false;
    }
  });
}

test("whenever SIGUSR1 comes, no program of ours goes on with Node's debugger on a port", async (context) => {
  const place = new Place(context);
  await place.host();
  const runs = DELAYS_MS.map(async (delay): Promise<string> => {
    // Each with a port of its own, so that none fails only since another has it.
    const run = place.proxy(["--wayland-display", `after-${delay}`], { NODE_OPTIONS: "--inspect-port=0" });
    if (delay === null) await listening(run);
    else await sleep(delay);
    run.child.kill("SIGUSR1");
    const ended = await Promise.race([run.ended, listening(run)]);
    if (ended !== "listens") return String(ended === 1 ? run.stderr : ended);
    // It has been ready for as long as the debugger would need to start.
    await Promise.race([run.ended, sleep(1000)]);
    if (run.child.exitCode !== null || run.child.signalCode !== null) return String(await run.ended);
    assert.equal(listens(run.child.pid as number), false, `after ${delay} ms`);
    return "goes on";
  });
  const outcomes = await Promise.all(runs);
  assert.equal(outcomes.at(-1), "goes on");
  for (const outcome of outcomes) assert.match(outcome, /^(goes on|SIGKILL|SIGUSR1)$/);
});

/** Resolves when a program is ready for clients; never if it does not become so. */
async function listening(run: Run): Promise<"listens"> {
  await run.says("listening on").catch(() => new Promise(() => {}));
  return "listens";
}
