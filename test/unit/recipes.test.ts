// SPDX-License-Identifier: Apache-2.0
/** docs/recipes.md: what it gives to other programs is what QEMU is given here. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SaxesParser } from "saxes";
import { DEFAULT_DEVICE } from "../../src/cli/common/vm-values.ts";
import { qemuCommand } from "../../src/cli/host-device/qemu-command.ts";

const recipes = readFileSync(new URL("../../../docs/recipes.md", import.meta.url), "utf8");
/** The first block of code in a language. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(recipes)?.[1] ?? assert.fail(language);
}

/** The arguments that wayland-proxy-host adds to a QEMU that it starts itself. */
const added = qemuCommand(["-m", "4G"], "/run/user/1000/vm.sock", DEFAULT_DEVICE).slice(2);
const ofDevice = added.slice(added.indexOf("-chardev"));

test("libvirt's XML is well-formed, shares the memory, and hands QEMU the device", () => {
  const parser = new SaxesParser({ xmlns: true });
  const args: string[] = [];
  const found = new Map<string, string>();
  parser.on("opentag", ({ local, uri, attributes }) => {
    for (const [name, { value }] of Object.entries(attributes)) {
      found.set(`${local}.${name}`, value);
      if (uri === "http://libvirt.org/schemas/domain/qemu/1.0" && local === "arg") args.push(value);
    }
  });
  parser.write(block("xml")).close();
  assert.deepEqual(args, ofDevice);
  assert.equal(found.get("source.type"), "memfd");
  assert.equal(found.get("access.mode"), "shared");
});

test("quickemu's file is read by a shell, and its memory has one size", () => {
  const { stdout, status } = spawnSync("sh", ["-euc", `${block("sh")}\nprintf '%s\\n' "$ram" $extra_args`], {
    encoding: "utf8",
  });
  assert.equal(status, 0);
  const [ram, ...args] = stdout.trim().split("\n");
  assert.equal(ram, "4G");
  assert.deepEqual(args, added);
});

test("microvm.nix gets the same device, with the size of its memory", () => {
  const nix = block("nix");
  const strings = [...nix.matchAll(/"([^"]*)"/g)].map(([, text]) => text);
  const memory = `size=${/mem = (\d+);/.exec(nix)?.[1]}M,`;
  assert.deepEqual(strings, ["qemu", ...added.map((text) => text.replace("size=4G,", memory)), "virtio-gpu"]);
});
