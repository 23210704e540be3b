// SPDX-License-Identifier: Apache-2.0
import { attempt, type Finding, ok } from "../../check/finding.ts";
import { checkPrivateFile } from "../../log/private-file.ts";
import type { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import { MessageFilter } from "../../trace/message-filter.ts";
import type { LogSettings } from "./log-options.ts";

/**
 * Whether all could be logged and recorded that was asked for.
 *
 * @param protocol what a filter can name; null if that could not be found out
 */
export async function checkLogs(settings: LogSettings, protocol: ProtocolRegistry | null): Promise<Finding[]> {
  const { logFilter, logSuppress, logRingPath, record } = settings;
  const findings = [
    await attempt("log", async () => {
      // It throws for what it does not know.
      if (protocol !== null) new MessageFilter(protocol, logFilter, logSuppress);
      return [];
    }),
    await checkFile("log file", logRingPath),
    await checkFile("recording", record),
  ];
  return findings.flat();
}

async function checkFile(subject: string, path: string | undefined): Promise<readonly Finding[]> {
  if (path === undefined) return [];
  return attempt(subject, () => {
    checkPrivateFile(path);
    return ok(subject, `${path} can be written`);
  });
}
