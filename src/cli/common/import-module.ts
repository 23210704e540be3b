// SPDX-License-Identifier: Apache-2.0

/** Imports the module at an address. The launcher does that for a program, whose script Node would let import nothing. */
export function importModule(href: string): Promise<unknown> {
  return import(href);
}
