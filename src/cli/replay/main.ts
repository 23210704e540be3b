// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-replay. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { logRemedies } from "../common/remedies.ts";
import { parseReplayArguments } from "./options.ts";

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
