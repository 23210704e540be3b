// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { limitedLogger } from "../../../src/log/limited-logger.ts";
import type { Logger } from "../../../src/log/logger.ts";

test("a flood of lines is cut short, and the next line says how many were left out", () => {
  const lines: string[] = [];
  const levels = ["error", "warn", "info", "debug"] as const;
  const all = Object.fromEntries(
    levels.map((level) => [level, (text: string) => lines.push(`${level} ${text}`)]),
  ) as unknown as Logger;
  const shown = (): string[] => lines.splice(0).filter((line) => !line.startsWith("debug"));
  let time = 1000;
  const log = limitedLogger(all, () => time);
  log.error("broken");
  for (let i = 0; i < 1000; i++) log.warn(`flood ${i}`);
  assert.equal(lines.length, 1001, "nothing is lost for who wants everything");
  const first = shown();
  assert.equal(first.length, 20);
  assert.equal(first[0], "error broken");
  time += 2_999;
  log.warn("too early");
  assert.deepEqual(shown(), []);
  time += 1;
  log.info("later");
  assert.deepEqual(shown(), ["warn 982 lines were left out", "info later"]);
  time += 3_600_000;
  for (let i = 0; i < 1000; i++) log.warn(`flood ${i}`);
  assert.equal(shown().length, 20, "a long silence allows no longer flood");
});
