// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { findKernel } from "../../../src/vm/boot/kernel.ts";
import { hasModule, readModules } from "../../../src/vm/boot/modules.ts";
import { temporaryDirectory } from "../native/support.ts";

function put(root: string, path: string, content: string | Uint8Array = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** A root with a kernel of each release, and modules. */
function rootWith(context: TestContext, ...releases: string[]): string {
  const root = temporaryDirectory(context);
  for (const release of releases) {
    put(root, `boot/vmlinuz-${release}`);
    put(root, `lib/modules/${release}/kernel/none`);
  }
  return root;
}

/** The beginning of an image for x86 that names its release. */
function image(release: string): Buffer {
  const bytes = Buffer.alloc(0x400);
  bytes.write("HdrS", 0x202);
  bytes.writeUInt16LE(0x100, 0x20e);
  bytes.write(`${release} (someone) #1`, 0x300);
  return bytes;
}

describe("the kernel of a VM", () => {
  it("is the one that runs, if its image and its modules are there", (context) => {
    const root = rootWith(context, "6.1.0-9-amd64", "6.12.3-amd64");
    assert.equal(findKernel({ root, running: "6.1.0-9-amd64" }).image, join(root, "boot/vmlinuz-6.1.0-9-amd64"));
  });

  it("is else the newest, counted as numbers", (context) => {
    const root = rootWith(context, "6.9.0", "6.12.3", "6.1.0");
    assert.equal(findKernel({ root, running: "5.0" }).release, "6.12.3");
  });

  it("may lie beside its modules, as Fedora and Arch have it, and needs modules", (context) => {
    const root = rootWith(context, "6.1.0");
    put(root, "lib/modules/7.0.0/vmlinuz");
    put(root, "lib/modules/7.0.0/kernel/none");
    put(root, "boot/vmlinuz-8.0.0");
    assert.deepEqual(findKernel({ root, running: "5.0" }), {
      release: "7.0.0",
      image: join(root, "lib/modules/7.0.0/vmlinuz"),
      modules: join(root, "lib/modules/7.0.0"),
    });
  });

  it("that is named says itself where its modules are", (context) => {
    const root = rootWith(context, "6.1.0");
    put(root, "own/bzImage", image("6.1.0"));
    assert.equal(findKernel({ image: join(root, "own/bzImage"), root }).modules, join(root, "lib/modules/6.1.0"));
    put(root, "own/other", image("6.2.0"));
    assert.throws(() => findKernel({ image: join(root, "own/other"), root }), /the modules of .* are not in .*6\.2\.0/);
  });

  it("that is missing is one line with a remedy", (context) => {
    const root = temporaryDirectory(context);
    assert.throws(
      () => findKernel({ root }),
      /there is no kernel with modules in \/boot or \/lib\/modules: install one/,
    );
    assert.throws(() => findKernel({ image: join(root, "none"), root }), /there is no kernel .*none/);
  });
});

/** A file as modules are, as far as is read: with what it depends on. */
function module(...depends: string[]): Buffer {
  return Buffer.from(`\x7fELF…\0license=GPL\0depends=${depends.join(",")}\0name=x\0`);
}

describe("the modules of a VM", () => {
  it("come behind what they need, each once, however they are compressed, and without what is built in", (context) => {
    const folder = temporaryDirectory(context);
    put(folder, "kernel/a/first.ko", module("second", "third-x"));
    put(folder, "kernel/b/second.ko.gz", gzipSync(module("third_x")));
    put(folder, "kernel/c/third-x.ko.xz", execFileSync("xz", ["-c"], { input: module("built_in") }));
    put(folder, "kernel/c/fourth.ko.zst", execFileSync("zstd", ["-c"], { input: module("first") }));
    put(folder, "modules.builtin", "kernel/d/built-in.ko\n");
    const modules = readModules(folder, ["fourth", "built_in", "second"], new Set());
    assert.deepEqual(
      modules.map(({ name }) => name),
      ["third_x", "second", "first", "fourth"],
    );
    assert.deepEqual(Buffer.from(modules[0]?.content ?? []), module("built_in"));
  });

  it("are found by their place in Linux, in a file or built in", (context) => {
    const folder = temporaryDirectory(context);
    put(folder, "kernel/fs/own/first-x.ko.xz", "");
    put(folder, "modules.builtin", "kernel/fs/own/built-in.ko\n");
    const found = ["fs/own/first_x", "fs/own/built_in", "fs/own/none", "fs/none/none"].map((one) =>
      hasModule(folder, one),
    );
    assert.deepEqual(found, [true, true, false, false]);
  });

  it("may be missing if they are optional; another is named, with what needs it", (context) => {
    const folder = temporaryDirectory(context);
    put(folder, "kernel/first.ko", module("lost"));
    assert.deepEqual(readModules(folder, ["none"], new Set(["none"])), []);
    assert.throws(() => readModules(folder, ["none"], new Set()), /the kernel has no module none \(looked in/);
    assert.throws(() => readModules(folder, ["first"], new Set(["first"])), /no module lost, which first needs/);
  });
});
