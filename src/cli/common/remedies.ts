// SPDX-License-Identifier: Apache-2.0
import type { Finding } from "../../check/finding.ts";
import type { ProblemCode, ProblemDetails } from "../../errors.ts";

/** The options that a program has against problems: what to do, where a problem is about a name with that name. */
export type Remedies = Readonly<Partial<Record<ProblemCode, (about: string) => string>>>;

/** The remedies of all programs that show messages. */
export const logRemedies: Remedies = {
  "log-class": () => "see --log-suppress",
  "log-filter": () => "see --log-filter",
};

/** A line that says what is wrong, and what can be done in this program. */
export function withRemedies(fact: string, { code, about = "", remedy }: ProblemDetails, remedies: Remedies): string {
  const option = code === undefined ? undefined : remedies[code]?.(about);
  const all = [remedy, option].filter((text) => text !== undefined);
  if (all.length === 0) return fact;
  return `${fact}${/[:;] /.test(fact) ? ";" : ":"} ${all.join(", or ")}`;
}

/** Returns a finding, with what can be done about it in this program. */
export function findingWithRemedies({ subject, verdict, text, problem }: Finding, remedies: Remedies): Finding {
  return { subject, verdict, text: problem === undefined ? text : withRemedies(text, problem, remedies) };
}
