// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

/** A file of the programs that were built. */
function built(name: string): string {
  return fileURLToPath(new URL(`../../../bin/${name}`, import.meta.url));
}

describe("the file of a program", () => {
  for (const name of ["wayland-proxy", "wayland-proxy-host", "wayland-proxy-replay", "wayland-proxy-vm"]) {
    it(`has ordinary members in place of private ones: ${name}`, () => {
      const text = readFileSync(built(`${name}.js`), "utf8");
      const left = new Set([...text.matchAll(/\bthis\.#(\w+)/g)].map(([, member]) => member));
      // This is the one of ReceivedFd, which extends another class of ours.
      assert.deepEqual(
        [...left].filter((member) => member !== "giver"),
        [],
      );
      assert.ok(text.includes("this.$fd"), "it has none at all");
      assert.match(execFileSync(process.execPath, [built(`${name}.cjs`), "--version"], { encoding: "utf8" }), /\d/);
    });
  }
});
