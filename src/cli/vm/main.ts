// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-vm. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseVmArguments } from "./options.ts";
import { remedies } from "./remedies.ts";

/** Its own exit code: any other may be that of the command. */
const FAILED = 125;

runProgram(
  "wayland-proxy-vm",
  remedies,
  async (environment) => {
    const settings = parseVmArguments(process.argv.slice(2));
    if (typeof settings === "string") {
      process.stdout.write(settings);
      return 0;
    }
    if (settings.check) {
      const { printFindings } = await import("../common/check.ts");
      return printFindings(
        async () => (await import("./check.ts")).checkVm(settings, environment),
        remedies,
        settings.json,
      );
    }
    const { listVms, stopVm } = await import("./names.ts");
    if (settings.list) {
      process.stdout.write(await listVms(environment.runtimeDir));
      return 0;
    }
    if (settings.stop !== undefined) {
      await stopVm(environment.runtimeDir, settings.stop);
      return 0;
    }
    const { runVm } = await import("./run.ts");
    return runVm(settings, environment);
  },
  FAILED,
);
