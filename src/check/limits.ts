// SPDX-License-Identifier: Apache-2.0
import { softFdLimit } from "../native/socket.ts";
import { maxSessions } from "../sessions.ts";
import { type Finding, missing, ok } from "./finding.ts";

/** The number of programs that a desktop may well have. */
const ENOUGH_CLIENTS = 64;

export function checkFdLimit(): Finding {
  const limit = softFdLimit();
  const clients = maxSessions(limit);
  const text = `${limit} open files are enough for ${clients} clients`;
  return clients >= ENOUGH_CLIENTS
    ? ok("limits", text)
    : missing("limits", `${text}: raise the limit (ulimit -n, LimitNOFILE=)`);
}
