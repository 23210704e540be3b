// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-host. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseHostArguments } from "./options.ts";
import { remedies } from "./remedies.ts";

runProgram({
  name: "wayland-proxy-host",
  remedies,
  parse: parseHostArguments,
  check: (settings, environment) =>
    settings.check && {
      asJson: settings.json ?? false,
      find: async () => (await import("./check.ts")).checkHost(settings, environment),
    },
  run: async (settings, environment) => {
    const { runHost } = await import("./run.ts");
    const { Diagnostics } = await import("../common/diagnostics.ts");
    return runHost(settings, environment, new Diagnostics("wayland-proxy-host", settings, environment));
  },
});
