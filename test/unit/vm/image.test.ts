// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chmodSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { diskImage, emptyLayer } from "../../../src/vm/host/image.ts";
import { layerFile, listLayers, openImageLayer, openLayer } from "../../../src/vm/host/layer.ts";
import { qemuArguments } from "../../../src/vm/host/qemu.ts";
import { temporaryDirectory } from "../native/support.ts";

const size = 3 * 2 ** 30 + 512;

/** A qcow2 header, changed as a test wants it. */
function qcow2(context: TestContext, change: (header: Buffer) => void = () => {}): string {
  const file = join(temporaryDirectory(context), "disk");
  const header = emptyLayer(size);
  change(header);
  writeFileSync(file, header);
  return file;
}

/** A disk of zeros with the mark of one that boots. */
function rawDisk(context: TestContext): string {
  const file = join(temporaryDirectory(context), "disk");
  const block = Buffer.alloc(512);
  block.writeUInt16BE(0x55aa, 510);
  writeFileSync(file, block);
  truncateSync(file, 2 ** 20);
  return file;
}

const machine = {
  ...{ acceleration: "tcg" as const, memory: 2 ** 30, cpus: 1, shares: [], network: null },
  ...{ layer: null, sound: null, devices: [] },
};

describe("a disk image", () => {
  it("is known by what is in it, and QEMU is told what it is", (context) => {
    const raw = diskImage(rawDisk(context));
    assert.deepEqual([raw.format, raw.size], ["raw", 2 ** 20]);
    const other = diskImage(qcow2(context));
    assert.deepEqual([other.format, other.size], ["qcow2", size]);
    // A guest can write into its disk whatever begins a qcow2. None of the words leaves QEMU to look.
    for (const system of [raw, other]) {
      const words = qemuArguments({ ...machine, system }).join(" ");
      assert.match(words, new RegExp(`[ ,]format=${system.format},file=/run/image,snapshot=on `));
      const kept = qemuArguments({ ...machine, system, layer: "/layer" }).join(" ");
      assert.match(kept, new RegExp(` driver=${system.format},file=image-file,read-only=on,`));
      assert.doesNotMatch(kept, /snapshot|-kernel|-drive/);
    }
  });

  it("that leads to other files is refused, with what to do", (context) => {
    const layer = qcow2(context, (header) => {
      header.writeBigUInt64BE(512n, 8);
      header.writeUInt32BE(header.write("/etc/passwd", 512), 16);
    });
    assert.throws(() => diskImage(layer), /is a layer over "\/etc\/passwd", .*qemu-img convert/);
    const parted = qcow2(context, (header) => header.writeBigUInt64BE(4n, 72));
    assert.throws(() => diskImage(parted), /has its data in another file/);
    const encrypted = qcow2(context, (header) => header.writeUInt32BE(2, 32));
    assert.throws(() => diskImage(encrypted), /is encrypted/);
  });

  it("that is none is refused, with what to do", (context) => {
    const folder = temporaryDirectory(context);
    for (const text of ["", "QFI\xfb", "KDMV".repeat(200)]) {
      writeFileSync(join(folder, "disk"), text, "latin1");
      assert.throws(() => diskImage(join(folder, "disk")), /is (neither a qcow2 image nor a raw disk|cut off)/);
    }
    for (const path of [folder, join(folder, "none")]) assert.throws(() => diskImage(path), /there is no such file/);
    if (process.geteuid?.() === 0) return;
    chmodSync(join(folder, "disk"), 0);
    assert.throws(() => diskImage(join(folder, "disk")), /this user may not read it/);
  });
});

describe("a layer over a disk image", () => {
  it("is an empty qcow2 of the same size, and fits no image that has changed", async (context) => {
    const kept = temporaryDirectory(context);
    const folder = join(kept, "mail");
    const image = diskImage(rawDisk(context));
    const first = await openImageLayer(folder, image);
    assert.deepEqual([first.isNew, first.size], [true, 2 ** 20]);
    await assert.rejects(openImageLayer(folder, image), /another VM has what is kept/);
    assert.deepEqual(
      listLayers(kept).map(({ name, size: bytes, isInUse }) => [name, bytes, isInUse]),
      [["mail", 2 ** 20, true]],
    );
    first.lock.close();
    const second = await openImageLayer(folder, image);
    assert.equal(second.isNew, false);
    second.lock.close();
    utimesSync(image.file, new Date(), new Date());
    await assert.rejects(openImageLayer(folder, image), /is over .* as it was then, and does not fit/);
  });

  it("is not for VMs without that image, nor their layer for it", async (context) => {
    const [ofImage, ofFolders] = [temporaryDirectory(context), temporaryDirectory(context)];
    const image = diskImage(rawDisk(context));
    (await openImageLayer(ofImage, image)).lock.close();
    await assert.rejects(openLayer(ofImage, 2 ** 30, null), /is that of VMs with an image: keep this under another/);
    writeFileSync(layerFile(ofFolders), "");
    await assert.rejects(openImageLayer(ofFolders, image), /is that of VMs without an image/);
  });

  it("counts its own clusters, also those of a disk with many", () => {
    for (const bytes of [512, size, 2 ** 44]) {
      const layer = emptyLayer(bytes);
      const clusters = layer.length / 65536;
      const counts = Array.from({ length: clusters + 1 }, (_, cluster) => layer.readUInt16BE(2 * 65536 + cluster * 2));
      assert.deepEqual(counts, [...Array.from({ length: clusters }, () => 1), 0]);
      assert.ok(layer.readUInt32BE(36) * 8 <= layer.length - 3 * 65536, "its table is in it");
    }
  });
});
