// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-host. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseHostArguments } from "./options.ts";
import { remedies } from "./remedies.ts";

runProgram("wayland-proxy-host", remedies, async (environment) => {
  const settings = parseHostArguments(process.argv.slice(2));
  if (typeof settings === "string") {
    process.stdout.write(settings);
    return 0;
  }
  if (settings.check) {
    const { printFindings } = await import("../common/check.ts");
    return printFindings(
      async () => (await import("./check.ts")).checkHost(settings, environment),
      remedies,
      settings.json,
    );
  }
  // Only now: the help is to come at once, and also where the addon does not load.
  const { runHost } = await import("./run.ts");
  const { Diagnostics } = await import("../common/diagnostics.ts");
  return runHost(settings, environment, new Diagnostics("wayland-proxy-host", settings, environment));
});
