// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const RACERS = 3;

/**
 * Has several processes open and close the same display as fast as they can. Each fails if another one has it, too, and
 * has it at least once.
 *
 * @param path the module, below src/, of the class that `open` names
 * @param open an expression that opens the display in `directory`
 * @param taken the name of the error that says that another process has it
 */
export async function race(directory: string, path: string, open: string, taken: string): Promise<void> {
  const racer = `
    import { mkdirSync, rmdirSync } from "node:fs";
    const { DisplaySocket, XDisplay } = await import(process.argv[1]);
    const directory = process.argv[2];
    let owned = 0;
    for (const end = Date.now() + 400; owned === 0 || Date.now() < end; ) {
      let display;
      try {
        display = ${open};
      } catch (error) {
        if (error.constructor.name !== "${taken}") throw error;
        continue;
      }
      // Fails if another process is between these lines, too.
      mkdirSync(directory + "/owner");
      owned++;
      rmdirSync(directory + "/owner");
      display.close();
    }
    console.log(owned);
  `;
  const module = new URL(`../../../src/${path}`, import.meta.url).href;
  const racers = Array.from({ length: RACERS }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", racer, module, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const counts = await Promise.all(racers.map(countOf));
  for (const count of counts) assert.ok(count > 0, `each had its turn: ${counts}`);
}

/** The number that a process prints before it ends. */
async function countOf(child: ChildProcess): Promise<number> {
  assert.ok(child.stdout);
  const [[line], [code]] = await Promise.all([once(createInterface(child.stdout), "line"), once(child, "exit")]);
  assert.equal(code, 0);
  return Number(line);
}
