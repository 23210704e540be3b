// SPDX-License-Identifier: Apache-2.0
import { StringDecoder } from "node:string_decoder";
import { printable } from "../../log/printable.ts";

/** A line that has no end by then is written as it is. */
const MAX_LINE = 4096;

/**
 * Takes bytes of a guest's console, and writes whole lines that steer no terminal: the guest may say anything there.
 *
 * @param write gets one or more lines
 */
export function consoleLines(write: (text: string) => void): (bytes: Buffer) => void {
  const decoder = new StringDecoder();
  let rest = "";
  return (bytes) => {
    const lines = (rest + decoder.write(bytes)).split(/\r*\n/);
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) {
      lines.push(rest);
      rest = "";
    }
    if (lines.length > 0) write(lines.map((line) => `${printable(line)}\n`).join(""));
  };
}
