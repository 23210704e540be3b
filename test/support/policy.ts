// SPDX-License-Identifier: Apache-2.0
import { silent } from "../../src/log/logger.ts";
import { defaultPolicy } from "../../src/policy/defaults.ts";
import { PolicyGuard } from "../../src/policy/guard.ts";
import type { Policy } from "../../src/policy/policy.ts";

/** A guard with a policy that differs from the usual one, whose log is a list of lines. */
export function guarding(changes: Partial<Policy>, log: string[] = []): PolicyGuard {
  const warn = (text: string): void => void log.push(text);
  return new PolicyGuard({ ...defaultPolicy("client"), ...changes }, { ...silent, warn });
}
