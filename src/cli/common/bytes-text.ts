// SPDX-License-Identifier: Apache-2.0

/** An amount of bytes for people: 312 B, 1.5 KiB, 2.00 GiB. */
export function bytesText(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 ** 2) return `${(count / 1024).toFixed(1)} KiB`;
  return count < 1024 ** 3 ? `${(count / 1024 ** 2).toFixed(1)} MiB` : `${(count / 1024 ** 3).toFixed(2)} GiB`;
}
