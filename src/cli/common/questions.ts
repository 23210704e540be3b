// SPDX-License-Identifier: Apache-2.0
/** The user, who is asked where a policy says so. */
import { transferFields } from "../../clipboard/border.ts";
import { Clipboards } from "../../clipboard/clipboard.ts";
import { Consent } from "../../clipboard/consent.ts";
import { askByNotification } from "../../clipboard/notification.ts";
import { loadDbus } from "../../dbus/load-dbus.ts";
import { UserError } from "../../errors.ts";
import type { Logger } from "../../log/logger.ts";
import type { PolicyGuard } from "../../policy/guard.ts";
import type { Environment } from "./environment.ts";

/** Milliseconds for an answer. */
const ANSWER_TIMEOUT = 30_000;

/**
 * Gets ready to ask the user, if the policy says so anywhere. Where nobody can be asked, a line says why, and the answer is no.
 *
 * @param name the name of those for whom the policy is
 */
export async function prepareQuestions(
  guard: PolicyGuard,
  name: string,
  { inheritable, runtimeDir }: Environment,
  log: Logger,
): Promise<void> {
  const realm = Clipboards.for(guard);
  realm.name = name;
  if (!transferFields.some((field) => guard.policy[field].in === "ask" || guard.policy[field].out === "ask")) return;
  const address = inheritable["DBUS_SESSION_BUS_ADDRESS"] ?? `unix:path=${runtimeDir}/bus`;
  try {
    const library = await loadDbus();
    const options = { address, title: `Clipboard of ${name}`, timeout: ANSWER_TIMEOUT, library };
    realm.consent = new Consent(askByNotification(options));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn(`nobody can be asked: ${error.message}`);
  }
}
