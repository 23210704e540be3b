#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy: reads the command line, and ends with the right exit code and the right last words. */
import { setFlagsFromString } from "node:v8";
import { UserError } from "../errors.ts";
import { createLogger } from "../log/logger.ts";
import { AddonError } from "../native/errors.ts";
import { parseArguments } from "./options.ts";

// Otherwise V8 lets the memory for new objects grow with a flood of messages or clients, and keeps it: 60 MiB instead of
// 85 on Node 20, 73 instead of 120 on Node 24. Only here: given on the command line V8 overwrites it when it starts.
setFlagsFromString("--semi-space-growth-factor=1");

function write(line: string): void {
  process.stderr.write(line);
}

async function main(): Promise<number> {
  const settings = parseArguments(process.argv.slice(2));
  if (typeof settings === "string") {
    process.stdout.write(settings);
    return 0;
  }
  // Only now: the help is to come at once, and also where the addon does not load.
  const { run } = await import("./run.ts");
  return run(settings, createLogger(write, settings.verbose ?? false));
}

/** The end for both kinds of errors: one line for what the user can put right, the stack for what only we can. */
function fail(error: unknown): never {
  const log = createLogger(write, false);
  if (error instanceof UserError || error instanceof AddonError) {
    log.error(error.message);
  } else {
    const details = error instanceof Error ? error.stack : String(error);
    log.error(`internal error, a defect of wayland-proxy; please report it with these lines:\n${details}`);
  }
  process.exit(1);
}

// That nobody reads our log any more (a pipe to head(1), say) is no reason to end the sessions.
process.stderr.on("error", () => {});
process.on("uncaughtException", fail);
main().then((exitCode) => process.exit(exitCode), fail);
