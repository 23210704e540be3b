// SPDX-License-Identifier: Apache-2.0
import { counted } from "./counted.ts";
import type { Logger } from "./logger.ts";

/** Lines that may come one after the other, and milliseconds until one more may. */
const BURST = 20;
const INTERVAL = 3_000;

/**
 * A logger for what an untrusted peer causes, which could otherwise fill the disk. Lines beyond a number are debug
 * lines only. The next line that is not says how many those were.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function limitedLogger(log: Logger, now: () => number = () => performance.now()): Logger {
  let allowed = BURST;
  let since = Number.NaN;
  let leftOut = 0;
  const limited =
    (write: (text: string) => void) =>
    (text: string): void => {
      // Only now: Node loads that clock when it is first asked.
      if (Number.isNaN(since)) since = now();
      const more = Math.floor((now() - since) / INTERVAL);
      since += more * INTERVAL;
      allowed = Math.min(allowed + more, BURST);
      if (allowed === 0) {
        leftOut++;
        log.debug(text);
        return;
      }
      allowed--;
      if (leftOut > 0) log.warn(`${counted(leftOut, "line was", "lines were")} left out`);
      leftOut = 0;
      write(text);
    };
  return {
    error: limited((text) => log.error(text)),
    warn: limited((text) => log.warn(text)),
    info: limited((text) => log.info(text)),
    debug: (text) => log.debug(text),
  };
}
