// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../..", import.meta.url));
const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };

/** Runs a program in a Node that says that it is of this version. */
function runOn(version: string, program: string, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "wp-node-"));
  try {
    const disguise = join(folder, "disguise.cjs");
    writeFileSync(
      disguise,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: ${JSON.stringify(version)} } });`,
    );
    const main = join(root, `dist/bin/${program}.cjs`);
    return spawnSync(process.execPath, ["--require", disguise, main, ...args], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every program says in one line that its Node is too old, and which one is not", () => {
  const oldest = engines.node.replace(">=", "");
  for (const program of ["wayland-proxy", "wayland-proxy-host", "wayland-proxy-replay", "wayland-proxy-vm"]) {
    for (const [version, ...args] of [["16.20.2", "--check"], ["18.18.2", "--version"], ["9.0.0"]] as const) {
      const { status, stderr, stdout } = runOn(version, program, ...args);
      assert.equal(stderr, `wayland-proxy: Node ${version} is too old: install Node ${oldest} or newer\n`);
      assert.equal(status, 1);
      assert.equal(stdout, "");
    }
    for (const version of [`${oldest}.0`, "18.20.8", "20.0.0", "104.1.0"]) {
      assert.equal(runOn(version, program, "--version").status, 0, version);
    }
  }
});
