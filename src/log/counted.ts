// SPDX-License-Identifier: Apache-2.0

/** A number of things, for a person: `1 line`, `2 lines`. */
export function counted(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
