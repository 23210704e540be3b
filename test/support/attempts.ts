// SPDX-License-Identifier: Apache-2.0
/** A hook that tries what a jail is there to refuse. */

/** What it says last. */
export const ATTEMPTS_END = "hook: done";

/** The text of a hook that makes its attempts when its process gets a signal, and says what has become of each. */
export function attemptsOn(signal: NodeJS.Signals): string {
  return `
import { readFileSync, writeFileSync, mkdirSync, unlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";

// Threads of Node's are to be there before the jail is.
await Promise.all(Array.from({ length: 8 }, () => readFile("/etc/passwd")));

const folder = process.env.XDG_RUNTIME_DIR;
const attempts = {
  "open a file": () => readFileSync("/etc/passwd"),
  "open a file in another thread": () => readFile("/etc/passwd"),
  "make a file": () => writeFileSync(join(folder, "made"), ""),
  "make a folder": () => mkdirSync(join(folder, "folder")),
  "remove a file": () => unlinkSync(join(folder, "victim")),
  "start a program": () => {
    const { error } = spawnSync("/bin/true");
    if (error) throw error;
  },
  "connect to a socket": async () => {
    const socket = connect(join(folder, "wayland-0"));
    await once(socket, "connect");
    socket.destroy();
  },
  "reach the network": async () => {
    const socket = connect(9, "127.0.0.1");
    // Refused by the other side, it has been reached.
    await once(socket, "connect").catch((error) => {
      if (error.code !== "ECONNREFUSED") throw error;
    });
    socket.destroy();
  },
  "signal another process": () => process.kill(process.ppid, 0),
};

process.on("${signal}", async () => {
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      console.error("hook: can " + name);
    } catch (error) {
      console.error("hook: cannot " + name + ": " + error.code);
    }
  }
  console.error("${ATTEMPTS_END}");
});
export default { requests: { "wl_display.sync": () => {} } };
`;
}

/** What it has said of each attempt. */
export function attemptsIn(output: string): string[] {
  const lines = output.split("\n").filter((line) => line.startsWith("hook: can"));
  return lines.map((line) => line.slice("hook: ".length));
}

/** What it says in a jail. @param holdsSignals whether that keeps signals from others, too */
export function allFail(holdsSignals: boolean): string[] {
  return [
    "cannot open a file: EPERM",
    "cannot open a file in another thread: EPERM",
    "cannot make a file: EPERM",
    "cannot make a folder: EPERM",
    "cannot remove a file: EPERM",
    "cannot start a program: EPERM",
    "cannot connect to a socket: EPERM",
    "cannot reach the network: EPERM",
    holdsSignals ? "cannot signal another process: EPERM" : "can signal another process",
  ];
}
