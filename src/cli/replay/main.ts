// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-replay. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { logRemedies } from "../common/remedies.ts";
import { parseReplayArguments } from "./options.ts";

runProgram({
  name: "wayland-proxy-replay",
  remedies: logRemedies,
  parse: parseReplayArguments,
  run: async (settings, environment) => (await import("./run.ts")).replay(settings, environment),
});
