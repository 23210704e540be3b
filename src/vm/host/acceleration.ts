// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from "node:fs";

/** The way in which a VM computes: with the processor's help, or all in software. */
export type Acceleration = "kvm" | "tcg";

/** Milliseconds that the start of a VM may take: seconds are usual in software, and less than one with KVM. */
export const START_LIMIT_MS = { kvm: 60_000, tcg: 600_000 } as const;

/** Why KVM cannot be used, with a remedy; null when it can. */
export function kvmProblem(): string | null {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== "ENOENT";
    return isThere
      ? "this user may not open /dev/kvm: join the group kvm (adduser USER kvm), and log in again"
      : "there is no /dev/kvm: switch virtualization on in the firmware, and load the module kvm_intel or kvm_amd";
  }
}
