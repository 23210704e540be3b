// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { native } from "../../../src/native/binding.ts";
import { timeOfDay } from "../../../src/native/clock.ts";

const uptime = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000;

test("the time since the machine was started is the kernel's own", () => {
  const before = uptime();
  const now = native.bootTime();
  // The kernel gives hundredths of a second.
  assert.ok(now >= before - 10 && now <= uptime() + 10, `${now} ms, and ${before} ms before it`);
});

test("the time of day goes on with the time since the start", () => {
  const [day, boot] = [timeOfDay(), native.bootTime()];
  assert.ok(Math.abs(day - Date.now()) < 1000);
  while (native.bootTime() < boot + 5);
  assert.ok(timeOfDay() >= day + 5);
});

test("the time since the start counts what the machine has slept, which other clocks do not", (t) => {
  const binding = fileURLToPath(new URL("../../../src/native/binding.js", import.meta.url));
  const script = `import { native } from ${JSON.stringify(binding)}; console.log(native.bootTime(), process.hrtime()[0] * 1000)`;
  // As if it had slept for a day.
  const sleeper = ["--user", "--map-root-user", "--time", "--boottime", "86400", "--fork"];
  try {
    execFileSync("unshare", [...sleeper, "true"], { stdio: "ignore" });
  } catch {
    return t.skip("no time namespaces for this user");
  }
  const printed = execFileSync("unshare", [...sleeper, process.execPath, "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  const [boot, awake] = printed.trim().split(" ").map(Number) as [number, number];
  assert.ok(boot - awake > 86_300_000, printed);
});
