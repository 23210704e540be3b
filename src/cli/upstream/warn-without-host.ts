// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "../../log/logger.ts";
import { connectUnix } from "../../native/socket.ts";

/** A host that is absent may come later, so that is no reason not to start. */
export function warnWithoutHost(path: string, log: Logger): void {
  try {
    connectUnix(path).close();
  } catch (error) {
    const { code } = error as { code?: string };
    // A full backlog is a sign of life.
    if (code === "EAGAIN") return;
    log.warn(
      `no compositor answers at ${path} (${code}): programs will find none until it runs; ` +
        "if the host is another one, set WAYLAND_DISPLAY to its name",
    );
  }
}
