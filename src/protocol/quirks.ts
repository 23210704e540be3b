// SPDX-License-Identifier: Apache-2.0
/**
 * The facts that the protocols state in prose only. A message may destroy an object other than its receiver: this says
 * which argument names that object. The XML grammar has no word for it.
 */
export const destroyedArgument: Readonly<Record<string, string>> = {
  "wl_fixes.destroy_registry": "registry",
};
