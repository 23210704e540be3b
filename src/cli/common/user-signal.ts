// SPDX-License-Identifier: Apache-2.0
/**
 * Listens for SIGUSR1, and is imported before everything else. While nobody listens for that signal, Node answers it by
 * starting its debugger. That lets every user of this machine that can connect to a TCP port do what we can do. A
 * signal that comes while Node itself starts does so all the same. Then the program ends, as SIGUSR1 ends programs that
 * do not know it.
 */
import { writeSync } from "node:fs";
import { url } from "node:inspector";
import { nodeOptions } from "./environment.ts";

/** Milliseconds after which the debugger has started, if it was to. */
const DEBUGGER_DELAYS_MS = [0, 20, 100, 500];

let onSignal: (() => void) | null = null;
let hasCome = false;

process.on("SIGUSR1", () => {
  if (onSignal === null) hasCome = true;
  else onSignal();
});

/** Calls back at each SIGUSR1 from now on, and at once if one has come already. */
export function onUserSignal(callback: () => void): void {
  onSignal = callback;
  if (hasCome) callback();
  hasCome = false;
}

function endIfDebugged(): void {
  if (url() === undefined) return;
  writeSync(2, "wayland-proxy: ended by SIGUSR1, which came while Node started and made it open its debugger\n");
  // process.exit would wait for whoever has connected to the debugger.
  process.kill(process.pid, "SIGKILL");
}

const isWanted = [...process.execArgv, ...nodeOptions()].some((option) => /^--inspect(-brk|-wait)?(=|$)/.test(option));
if (!isWanted) {
  endIfDebugged();
  for (const delay of DEBUGGER_DELAYS_MS) setTimeout(endIfDebugged, delay).unref();
}
