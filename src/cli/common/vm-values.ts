// SPDX-License-Identifier: Apache-2.0
/** The values of options about virtual machines. */
import { UserError } from "../../errors.ts";

/** QEMU's name for its generic vhost-user device. */
export const DEFAULT_DEVICE = "vhost-user-test-device-pci";

const units: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30 };

/** Reads an amount of memory, in bytes, for that option. */
export function memorySize(option: string): (text: string) => number {
  return (text) => {
    const [, digits, unit] = /^(\d+)([MG])$/.exec(text) ?? [];
    const size = Number(digits) * (units[unit ?? ""] ?? Number.NaN);
    if (size > 0) return size;
    throw new UserError(`${option} ${text} is no size: write it as 512M or 4G`);
  };
}

/** Reads the name of a device. Anything else would be another option for QEMU. */
export function deviceName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new UserError(`--device ${JSON.stringify(text)} is no name of a device: write one such as ${DEFAULT_DEVICE}`);
}
