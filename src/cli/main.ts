#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy. */
import { parseArguments } from "./options.ts";
import { runProgram } from "./program.ts";

runProgram("wayland-proxy", async () => {
  const settings = parseArguments(process.argv.slice(2));
  if (typeof settings === "string") {
    process.stdout.write(settings);
    return 0;
  }
  if (settings.check) {
    const { printFindings } = await import("./check.ts");
    return printFindings(async () => (await import("./check-proxy.ts")).checkProxy(settings), settings.json);
  }
  // Only now: the help is to come at once, and also where the addon does not load.
  const { run } = await import("./run.ts");
  const { Diagnostics } = await import("./diagnostics.ts");
  return run(settings, new Diagnostics("wayland-proxy", settings));
});
