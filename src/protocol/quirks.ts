// SPDX-License-Identifier: Apache-2.0
/**
 * What the protocols say in prose only. A message that destroys an object other than its receiver: which argument
 * names that object. The XML grammar has no word for it.
 */
export const destroyedArgument: Readonly<Record<string, string>> = {
  "wl_fixes.destroy_registry": "registry",
};
