// SPDX-License-Identifier: Apache-2.0
import { printableLines } from "./printable.ts";

/** Gets lines that say what happened, for people to read. */
export interface Logger {
  /** Something was lost, or the program itself is at fault. */
  error(text: string): void;
  /** Something is not as the user would expect. */
  warn(text: string): void;
  /** The program reports what it is doing. */
  info(text: string): void;
  /** Details that help to find out why a client misbehaves. */
  debug(text: string): void;
}

/**
 * A logger that writes lines with the program's name in front.
 *
 * @param verbose whether debug lines are written, too
 */
export function createLogger(write: (line: string) => void, verbose: boolean, name = "wayland-proxy"): Logger {
  const line = (level: string) => (text: string) => write(`${name}: ${level}${printableLines(text)}\n`);
  return {
    error: line("error: "),
    warn: line("warning: "),
    info: line(""),
    debug: verbose ? line("") : () => {},
  };
}

/** A logger that drops all lines. */
export const silent: Logger = createLogger(() => {}, false);
