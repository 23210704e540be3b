// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseArguments } from "./options.ts";
import { remedies } from "./remedies.ts";

runProgram({
  name: "wayland-proxy",
  remedies,
  parse: parseArguments,
  check: (settings, environment) =>
    settings.check && {
      asJson: settings.json ?? false,
      find: async () => (await import("./check.ts")).checkProxy(settings, environment),
    },
  run: async (settings, environment) => {
    const { run } = await import("./run.ts");
    const { Diagnostics } = await import("../common/diagnostics.ts");
    return run(settings, environment, new Diagnostics("wayland-proxy", settings, environment));
  },
});
