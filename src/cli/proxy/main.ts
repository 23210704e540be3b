// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseArguments } from "./options.ts";
import { remedies } from "./remedies.ts";

runProgram("wayland-proxy", remedies, async (environment) => {
  const settings = parseArguments(process.argv.slice(2));
  if (typeof settings === "string") {
    process.stdout.write(settings);
    return 0;
  }
  if (settings.check) {
    const { printFindings } = await import("../common/check.ts");
    return printFindings(
      async () => (await import("./check.ts")).checkProxy(settings, environment),
      remedies,
      settings.json,
    );
  }
  // Only now: the help is to come at once, and also where the addon does not load.
  const { run } = await import("./run.ts");
  const { Diagnostics } = await import("../common/diagnostics.ts");
  return run(settings, environment, new Diagnostics("wayland-proxy", settings, environment));
});
