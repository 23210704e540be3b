// SPDX-License-Identifier: Apache-2.0
/** The findings of a check whether all would work. */
import { type ProblemDetails, UserError } from "../errors.ts";

/** `missing` is something that works without, or that nobody asked for: programs that want it will notice. */
export type Verdict = "ok" | "missing" | "failed";

/** The result of looking at one thing. */
export interface Finding {
  readonly subject: string;
  readonly verdict: Verdict;
  /** The text of the finding; unless that is good, with the reason. */
  readonly text: string;
  /** The problem, with what can be done against it. */
  readonly problem?: ProblemDetails;
}

export const ok = (subject: string, text: string): Finding => ({ subject, verdict: "ok", text });
export const missing = (subject: string, text: string, problem: ProblemDetails = {}): Finding => ({
  subject,
  verdict: "missing",
  text,
  problem,
});
export const failed = (subject: string, text: string, problem: ProblemDetails = {}): Finding => ({
  subject,
  verdict: "failed",
  text,
  problem,
});

/** Returns what a check finds, or the UserError that it throws as a finding. */
export async function attempt(
  subject: string,
  look: () => Finding | Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [failed(subject, error.fact, error.details)];
  }
}

const marks: Readonly<Record<Verdict, string>> = { ok: "✓", missing: "-", failed: "✗" };

/** A line for each finding. */
export function findingsText(findings: readonly Finding[]): string {
  return findings.map(({ subject, verdict, text }) => `${marks[verdict]} ${subject}: ${text}\n`).join("");
}
