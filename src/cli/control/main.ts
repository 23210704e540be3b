// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-ctl. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseControlArguments } from "./options.ts";

runProgram({
  name: "wayland-proxy-ctl",
  remedies: {},
  parse: parseControlArguments,
  run: async (settings, environment) => (await import("./run.ts")).control(settings, environment),
});
