// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a script with the code that V8 made of it at an earlier start. The code is kept beside the script: whoever can write
 * there could change the script itself. Where nobody may, V8 compiles it at each start.
 */
import { readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { Script } from "node:vm";
import { setEngineFlags } from "./engine-flags.ts";

/** Milliseconds after which a program has run what it needs at its start, and is not one that only prints something. */
const KEEP_AFTER_MS = 3000;

/** A script as a function of how it gets modules, and of the address that it takes for its own. */
type Run = (require: (name: string) => unknown, fileUrl: string) => void;

/** What is to be kept later; null when nothing is. */
let pending: (() => void) | null = null;

/** Keeps the code that was to be kept later: a program says that it cannot wait. */
export function keepCodeNow(): void {
  const keepIt = pending;
  pending = null;
  keepIt?.();
}

/** Compiles the script in a file, which is a function. V8 keeps its text, and would keep a second one that we put together. */
export function runScript(path: string): Run {
  // esbuild writes ASCII alone, which takes half the memory and is read at once.
  const source = readFileSync(path, "latin1");
  const keptPath = `${path}.${process.version}-${process.arch}.code`;
  const cachedData = readKept(keptPath, path);
  const script = new Script(source, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cachedData === undefined || script.cachedDataRejected) {
    pending = () => {
      // V8 takes the code under the same flags only, and the program may have changed them.
      setEngineFlags(basename(path, ".js"));
      keep(script, keptPath);
    };
    setTimeout(keepCodeNow, KEEP_AFTER_MS).unref();
  }
  return script.runInThisContext() as Run;
}

/**
 * Reads the code that was kept after the script was made. V8 itself compares its own version, its flags and the
 * script's length.
 */
function readKept(path: string, scriptPath: string): Buffer | undefined {
  try {
    return statSync(path).mtimeMs > statSync(scriptPath).mtimeMs ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function keep(script: Script, path: string): void {
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, "", { flag: "wx" });
    // Only where it can be kept: making it takes some 20 ms.
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, path);
  } catch {
    try {
      unlinkSync(unfinished);
    } catch {
      // It was not made: most programs lie where they may not write.
    }
  }
}
