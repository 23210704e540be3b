// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";

/** Milliseconds that a kernel may take until it finds no root; one second is usual. */
const PATIENCE_MS = 20_000;

/** How QEMU says that KVM does not run a guest. It stops the guest then, and waits for ever. */
export const KVM_FAILURE: RegExp = /KVM internal error.*|.*kvm run failed.*/;

/**
 * Boots a kernel by KVM until it ends for want of a root, and resolves to what went wrong; null when nothing did. Some
 * machines let KVM be opened and virtual processors be made, and then fail to run them.
 */
export function tryKvm(qemu: string, kernel: string): Promise<string | null> {
  const machine = ["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-machine", "q35", "-m", "512M"];
  const boot = ["-accel", "kvm", "-cpu", "host", "-kernel", kernel, "-append", "panic=-1"];
  const child = spawn(qemu, [...machine, ...boot], {
    ...{ stdio: ["ignore", "ignore", "pipe"], timeout: PATIENCE_MS, killSignal: "SIGKILL" },
  });
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => {
    errors = (errors + bytes.toString()).slice(0, 4096);
    if (KVM_FAILURE.test(errors)) child.kill("SIGKILL");
  });
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => {
      const [failure] = KVM_FAILURE.exec(errors) ?? [];
      if (failure === undefined && code === 0) resolve(null);
      else resolve(failure ?? (errors.trim() || `a kernel has not booted within ${PATIENCE_MS / 1000} s`));
    });
  });
}
