// SPDX-License-Identifier: Apache-2.0
import type { Policy } from "./policy.ts";
import { policyRows } from "./table.ts";

/** Whom a policy is for: a VM, or the clients of a local proxy. */
export type PolicySubject = "vm" | "client";

/** The policy that holds where nothing is said. */
export function defaultPolicy(subject: PolicySubject): Policy {
  const values = policyRows.map(([field, row]) => [
    field,
    subject === "vm" && "vmDefault" in row ? row.vmDefault : row.default,
  ]);
  return Object.fromEntries(values) as Policy;
}
