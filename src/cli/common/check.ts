// SPDX-License-Identifier: Apache-2.0
/** The option --check. */
import { type Finding, failed, findingsText, ok } from "../../check/finding.ts";
import { AddonError } from "../../native/errors.ts";
import { findingWithRemedies, type Remedies } from "./remedies.ts";

/**
 * Prints what is found, and resolves to the exit code.
 *
 * @param look imports what looks: without the addon, of which nothing has been loaded so far, that fails
 */
export async function printFindings(
  look: () => Promise<readonly Finding[]>,
  remedies: Remedies,
  asJson = false,
): Promise<number> {
  let findings: readonly Finding[];
  try {
    const found = (await look()).map((finding) => findingWithRemedies(finding, remedies));
    findings = [ok("addon", `loads in Node ${process.versions.node} on ${process.arch}`), ...found];
  } catch (error) {
    if (!(error instanceof AddonError)) throw error;
    findings = [failed("addon", error.message)];
  }
  const works = findings.every(({ verdict }) => verdict !== "failed");
  const verdict = works ? "It would work." : "It would not work: mend what is marked ✗.";
  const text = (): string => `${findingsText(findings)}${verdict}\n`;
  process.stdout.write(asJson ? `${JSON.stringify({ ok: works, findings }, null, 2)}\n` : text());
  return works ? 0 : 1;
}
