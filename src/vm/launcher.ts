// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";

/** The path of the launcher in a package. Throws a UserError when it is not there. */
export function launcherPath(folder: string): string {
  const path = join(folder, `prebuilds/linux-${process.arch}/launcher`);
  if (existsSync(path)) return path;
  throw new UserError(`${path}, which VMs need, does not exist`, {
    remedy: `build it with: sh ${join(folder, "scripts/build-native.sh")}`,
  });
}
