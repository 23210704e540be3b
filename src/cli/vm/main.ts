// SPDX-License-Identifier: Apache-2.0
/** The program wayland-proxy-vm. */
import "../common/node-version.ts";
import "../common/user-signal.ts";
import { runProgram } from "../common/program.ts";
import { parseVmArguments } from "./options.ts";
import { remedies } from "./remedies.ts";

runProgram({
  name: "wayland-proxy-vm",
  remedies,
  // Any other may be that of the command.
  failureCode: 125,
  parse: parseVmArguments,
  check: (settings, environment) =>
    settings.check && {
      asJson: settings.json ?? false,
      find: async () => (await import("./check.ts")).checkVm(settings, environment),
    },
  run: async (settings, environment) => {
    const { listVms, stopVm } = await import("./names.ts");
    const { listKept, removeKept } = await import("./kept.ts");
    if (settings.list) {
      process.stdout.write(listVms(environment.runtimeDir) + listKept(environment));
      return 0;
    }
    if (settings.remove !== undefined) {
      removeKept(environment, settings.remove);
      return 0;
    }
    if (settings.stop !== undefined) {
      await stopVm(environment.runtimeDir, settings.stop);
      return 0;
    }
    if (settings.printGuestSetup) {
      const { guestSetup } = await import("./guest-setup.ts");
      const { caller } = await import("./user.ts");
      process.stdout.write(guestSetup(caller(environment.inheritable)));
      return 0;
    }
    if (settings.installDesktopEntry) {
      const { installDesktopEntry } = await import("./desktop-entry.ts");
      const { command, root, image, keep, share } = settings;
      const given = process.argv.slice(2, process.argv.length - command.length);
      const options = given.filter((argument) => argument !== "--install-desktop-entry" && argument !== "--");
      const hasOthers = [root, image, keep].some((option) => option !== undefined) || share.length > 0;
      process.stdout.write(`${installDesktopEntry(environment.inheritable, options, command, hasOthers)}\n`);
      return 0;
    }
    const { runVm } = await import("./run.ts");
    return runVm(settings, environment);
  },
});
