// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-ctl. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseControlArguments } from "./options.ts";

runProgram("wayland-proxy-ctl", {}, async (environment) => {
  const settings = parseControlArguments(process.argv.slice(2));
  if (typeof settings === "string") {
    process.stdout.write(settings);
    return 0;
  }
  // Only now: the help is to come at once.
  const { control } = await import("./run.ts");
  return control(settings, environment);
});
