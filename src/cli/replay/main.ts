#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-replay. */
import "../common/user-signal.ts";
import "../common/node-version.ts";

// Only now, when SIGUSR1 is listened for.
const { runProgram } = await import("../common/program.ts");
const { parseReplayArguments } = await import("./options.ts");
const { logRemedies } = await import("../common/remedies.ts");

runProgram("wayland-proxy-replay", logRemedies, async (environment) => {
  const settings = parseReplayArguments(process.argv.slice(2));
  if (typeof settings === "string") {
    process.stdout.write(settings);
    return 0;
  }
  // Only now: the help is to come at once, and also where the addon does not load.
  const { replay } = await import("./run.ts");
  return replay(settings, environment);
});
