// SPDX-License-Identifier: Apache-2.0

/**
 * Resolves when a signal asks us to end, unless `takenBy` says that the signal is for somebody else. From then on
 * signals have their usual effect, for a user who does not want to wait any longer.
 */
export function stopSignal(takenBy: (signal: NodeJS.Signals) => boolean): Promise<void> {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  return new Promise((resolve) => {
    const listener = (signal: NodeJS.Signals): void => {
      if (takenBy(signal)) return;
      for (const one of signals) process.off(one, listener);
      resolve();
    };
    for (const one of signals) process.on(one, listener);
  });
}
