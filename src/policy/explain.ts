// SPDX-License-Identifier: Apache-2.0
import type { PolicyGuard } from "./guard.ts";
import type { Policy } from "./policy.ts";
import { policyRows } from "./table.ts";

/** Explains a policy, in a sentence for each key that has something to say. */
export function explainPolicy(policy: Policy): string[] {
  return policyRows.flatMap(([field, row]) => row.says(policy[field]) ?? []);
}

/** Keys whose values differ. */
function changedKeys(before: Policy, after: Policy): string[] {
  return policyRows
    .filter(([field]) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map(([, row]) => row.key);
}

/** The effect of a changed policy. */
export interface Reloaded {
  /** Keys whose new values count from now on. */
  readonly changed: readonly string[];
  /** Keys whose new values count only after the next start. */
  readonly later: readonly string[];
}

/** Lets a changed policy count, as far as that is possible while programs run. */
export function reloadPolicy(guard: PolicyGuard, next: Policy): Reloaded {
  const keys = changedKeys(guard.policy, next);
  const isLater = (key: string): boolean => policyRows.some(([, row]) => row.key === key && row.changes === "restart");
  const kept = policyRows.filter(([, row]) => row.changes === "restart").map(([field]) => [field, guard.policy[field]]);
  guard.replace({ ...next, ...Object.fromEntries(kept) });
  return { changed: keys.filter((key) => !isLater(key)), later: keys.filter(isLater) };
}
