// SPDX-License-Identifier: Apache-2.0
/** What was found when somebody asked whether all would work. */
import { UserError } from "../errors.ts";

/** `missing` is something that works without, or that nobody asked for: programs that want it will notice. */
export type Verdict = "ok" | "missing" | "failed";

/** One thing that was looked at. */
export interface Finding {
  readonly subject: string;
  readonly verdict: Verdict;
  /** What was found; unless that is good, with the reason and the remedy. */
  readonly text: string;
}

export const ok = (subject: string, text: string): Finding => ({ subject, verdict: "ok", text });
export const missing = (subject: string, text: string): Finding => ({ subject, verdict: "missing", text });
export const failed = (subject: string, text: string): Finding => ({ subject, verdict: "failed", text });

/** What was found, or the UserError that looking for it has thrown. */
export async function attempt(
  subject: string,
  look: () => Finding | Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [failed(subject, error.message)];
  }
}

const marks: Readonly<Record<Verdict, string>> = { ok: "✓", missing: "-", failed: "✗" };

/** A line for each finding. */
export function findingsText(findings: readonly Finding[]): string {
  return findings.map(({ subject, verdict, text }) => `${marks[verdict]} ${subject}: ${text}\n`).join("");
}
