// SPDX-License-Identifier: Apache-2.0
// Whoever watches descriptors shares Node's event loop with everything else in the process.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scaled } from "../../support/patience.ts";

const SCENE = fileURLToPath(new URL("./event-loop-scene.js", import.meta.url));

/** Code that makes a process take itself for Electron, which waits for the event loop itself. */
const ELECTRON = 'data:text/javascript,Object.defineProperty(process.versions, "electron", { value: "0" })';

const ways = [
  { name: "we wait, with libuv's descriptor among ours", options: [] },
  { name: "libuv waits, with our descriptor among its own", options: ["--import", ELECTRON] },
];

interface Played {
  readonly lines: string[];
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Plays a scene to its end. One that does not end is killed, and shows that by its signal. */
async function play(
  options: readonly string[],
  words: readonly string[],
  onLine: (child: ChildProcess, line: string) => void = () => {},
): Promise<Played> {
  const child = spawn(process.execPath, [...options, SCENE, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), scaled(20_000));
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.trimEnd().split("\n")) {
      lines.push(line);
      onLine(child, line);
    }
  });
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { lines, status, signal };
}

for (const { name, options } of ways) {
  const all = ["timer", "immediate", "file", "signal", "child", "worker", "connection"];

  test(`a socket that is always ready keeps nothing else waiting (${name})`, async () => {
    const { lines, status } = await play(options, ["busy"]);
    assert.deepEqual(lines.sort(), [...all, "other socket"].sort());
    assert.equal(status, 0);
  });

  test(`while no socket is ready, all that Node waits for goes on (${name})`, async () => {
    assert.deepEqual(await play(options, ["waiting"]), { lines: all, status: 0, signal: null });
  });

  test(`what a callback begins with Node goes on, though nothing else happens (${name})`, async () => {
    assert.deepEqual((await play(options, ["callback"])).lines, ["connection"]);
  });

  test(`what a callback of Node's begins goes on, though nothing else happens (${name})`, async () => {
    assert.deepEqual((await play(options, ["foreign"])).lines, ["file"]);
  });

  test(`what an immediate without a reference begins goes on, too (${name})`, async () => {
    assert.deepEqual((await play(options, ["immediate"])).lines, ["file"]);
  });

  test(`ticks and promises come before the next callback (${name})`, async () => {
    const { lines, status } = await play(options, ["order"]);
    assert.deepEqual(lines, ["first", "tick", "promise", "second"]);
    assert.equal(status, 0);
  });

  test(`a callback that throws keeps the next one from nothing (${name})`, async () => {
    const { lines, status } = await play(options, ["order", "throwing"]);
    assert.deepEqual(lines, ["first", "thrown", "second", "tick", "promise"]);
    assert.equal(status, 0);
  });

  test(`a watch that another callback closes is not called, nor the next one with its number (${name})`, async () => {
    assert.deepEqual((await play(options, ["closing"])).lines, ["number true"]);
  });

  for (const way of ["close", "pause"]) {
    test(`a process ends when no watch waits any more: ${way} (${name})`, async () => {
      assert.deepEqual(await play(options, ["end", way]), { lines: ["event"], status: 0, signal: null });
    });
  }

  test(`a callback can end the process (${name})`, async () => {
    assert.equal((await play(options, ["exit"])).status, 3);
  });

  test(`a signal is handled while we wait, and ends a process that does not handle it (${name})`, async () => {
    const kill = (child: ChildProcess): void => void child.kill("SIGTERM");
    const handled = await play(options, ["signal", "handled"], (child, line) => line === "waiting" && kill(child));
    assert.deepEqual(handled, { lines: ["waiting", "SIGTERM"], status: 0, signal: null });
    const { status, signal } = await play(options, ["signal"], kill);
    assert.deepEqual([status, signal], [null, "SIGTERM"]);
  });

  test(`timers of all lengths come beside a socket that is always ready (${name})`, async () => {
    assert.deepEqual((await play(options, ["timers"])).lines, ["timers"]);
  });

  test(`a worker thread that waits can be ended (${name})`, async () => {
    assert.deepEqual((await play(options, ["worker"])).lines, ["ended 1"]);
  });
}
