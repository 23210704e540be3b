// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { guestSteps } from "../../../src/vm/host/guest-steps.ts";
import { listLayers, openLayer, removeLayer } from "../../../src/vm/host/layer.ts";
import { temporaryDirectory } from "../native/support.ts";

const size = 2 ** 30;

/** A program in the place of mkfs.ext4. */
function makerOf(context: TestContext, script: string): string {
  const path = join(temporaryDirectory(context), "mkfs.ext4");
  writeFileSync(path, `#!/bin/sh\nfor last; do file=$previous; previous=$last; done\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("a layer that stays", () => {
  it("is made once, with the size that was asked for, and belongs to one VM at a time", async (context) => {
    const folder = join(temporaryDirectory(context), "kept/mail");
    const maker = makerOf(context, 'echo "$*" > "$file"');
    // mkfs.ext4 knows no part of a KiB.
    const first = await openLayer(folder, size + 1, maker);
    assert.ok(first.isNew);
    assert.match(readFileSync(first.file, "utf8"), /layer\.ext4\.new 1048576k\n$/);
    await assert.rejects(openLayer(folder, size, maker), /another VM has what is kept in .*\/kept\/mail/);
    assert.throws(() => removeLayer(folder), /a VM has what is kept in .*: end it first/);
    assert.deepEqual(
      listLayers(join(folder, "..")).map(({ name, isInUse }) => [name, isInUse]),
      [["mail", true]],
    );
    first.lock.close();

    const second = await openLayer(folder, size, null);
    assert.deepEqual([second.isNew, second.file], [false, first.file]);
    second.lock.close();
    assert.equal(listLayers(join(folder, ".."))[0]?.isInUse, false);
    removeLayer(folder);
    assert.ok(!existsSync(folder));
    assert.throws(() => removeLayer(folder), /nothing is kept in/);
    assert.deepEqual(listLayers(folder), []);
  });

  it("that cannot be made leaves no half of it, and is made the next time", async (context) => {
    const folder = join(temporaryDirectory(context), "work");
    await assert.rejects(
      openLayer(folder, size, null),
      /there is no program mkfs\.ext4.*: install it \(package e2fsprogs\)/,
    );
    const failing = makerOf(context, 'echo half > "$file"; echo the disk is full >&2; exit 1');
    await assert.rejects(openLayer(folder, size, failing), /no file system can be made in .*the disk is full/s);
    assert.deepEqual(readdirSync(folder), []);
    // Killed in the middle, so that nobody has removed it.
    writeFileSync(join(folder, "layer.ext4.new"), "half");
    const layer = await openLayer(folder, size, makerOf(context, 'echo whole > "$file"'));
    assert.equal(readFileSync(layer.file, "utf8"), "whole\n");
    layer.lock.close();
    assert.deepEqual(readdirSync(folder), ["layer.ext4"]);
  });

  it("is a disk of the guest, over folders that may change while no VM runs", () => {
    const { list } = guestSteps([], null, true);
    assert.match(
      list.join(" "),
      /^mount \/dev\/vda \/upper ext4 4 discard .* mount root \/new overlay 0 lowerdir=\S*index=off/,
    );
    assert.match(guestSteps([], null, false).list.join(" "), /^mount upper \/upper tmpfs 0 mode=755 /);
  });
});
