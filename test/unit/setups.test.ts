// SPDX-License-Identifier: Apache-2.0
/** docs/setups.md: its file is one, and its commands are. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseControlArguments } from "../../src/cli/control/options.ts";
import { parseVmArguments } from "../../src/cli/vm/options.ts";
import { readPolicy } from "../../src/policy/policy-file.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";

const page = readFileSync(new URL("../../../docs/setups.md", import.meta.url), "utf8");
const [, file = ""] = /```toml\n([\s\S]*?)```/.exec(page) ?? [];
const interfaces = [...new ProtocolRegistry().names()];

test("the policy of the three set-ups is read", () => {
  const [browser, bank, papers] = ["browser", "bank", "papers"].map((name) =>
    readPolicy(file, "p.toml", "vm", name, interfaces),
  );
  assert.equal(browser?.clipboard.in, "ask");
  assert.deepEqual([bank?.clipboard.out, bank?.clipboard.maxSize, bank?.clipboard.takeBack], ["deny", 4096, 20]);
  assert.equal(papers?.fullscreen, "deny");
});

test("the commands of the three set-ups are understood", () => {
  const lines = [...page.matchAll(/\b(wayland-proxy-(?:vm|ctl)) (-.*|clipboard .*?)[`\n]/g)];
  const commands = lines.filter(([line]) => !line.includes("--check"));
  assert.equal(commands.length, 6);
  for (const [, program, words = ""] of commands) {
    const parse = program === "wayland-proxy-vm" ? parseVmArguments : parseControlArguments;
    const settings = parse(words.trim().split(" "));
    assert.ok(typeof settings === "object", words);
    assert.ok(["browser", "bank", "papers"].includes(settings.name ?? ""), words);
  }
});
