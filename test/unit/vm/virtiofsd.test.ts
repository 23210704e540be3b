// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { RootServerContent } from "../../../src/vm/host/sandbox.ts";
import { openFilesHindrance, virtiofsdCommand, virtiofsdHindrance } from "../../../src/vm/host/virtiofsd.ts";
import { Attribute, Namespace } from "../../../src/vm/words.ts";
import { temporaryDirectory } from "../native/support.ts";

const help = "--readonly  Prevent the guest from making modifications to the filesystem";

const content: RootServerContent = {
  ...{ folder: "/sandbox", package: "/package", node: "/node", program: "/usr/bin/env", parent: 1 },
  system: {
    ...{ kind: "folders", tree: "/tree", script: "/script", virtiofsd: "/usr/bin/env" },
    ...{ kernel: "/kernel", initramfs: "/initramfs" },
  },
};

/** The steps that start it for a user who may have so many files open. */
function steps(limit: number): string {
  return virtiofsdCommand(content, "/sockets/root", limit).words.list.join(" ");
}

describe("virtiofsd", () => {
  it("serves the root of a VM if it can be read-only, for a kernel that knows it, and not for root", (context) => {
    const modules = temporaryDirectory(context);
    const reason = (text: string, uid: number): string | undefined => virtiofsdHindrance(text, modules, uid)?.reason;
    assert.match(reason(help, 1000) ?? "", /^the kernel has no module virtiofs \(looked in /);
    mkdirSync(join(modules, "kernel/fs/fuse"), { recursive: true });
    writeFileSync(join(modules, "kernel/fs/fuse/virtiofs.ko.xz"), "");
    assert.equal(reason(help, 1000), undefined);
    assert.match(reason("-o source=PATH", 1000) ?? "", /^it is too old/);
    assert.match(reason("", 1000) ?? "", /^it is too old, or does not start/);
    assert.match(reason(help, 0) ?? "", /^root's virtiofsd does not work without privileges/);
  });

  it("is to have enough files open, since it holds one for each that the VM knows, and not too many", () => {
    assert.equal(openFilesHindrance(524_288), null);
    assert.equal(openFilesHindrance(Number.POSITIVE_INFINITY), null);
    assert.match(openFilesHindrance(20_000)?.reason ?? "", /^this user may have only 20000 files open/);
    assert.match(steps(20_000), / --rlimit-nofile 20000 /);
    assert.match(steps(Number.POSITIVE_INFINITY), / --rlimit-nofile 524288 /);
  });

  it("sees what the guest is to see, read-only, and neither the network nor the sockets of the VM", () => {
    const text = steps(524_288);
    const closed = Attribute.readOnly | Attribute.noSuid | Attribute.noDevices;
    assert.match(text, new RegExp(` bind /tree /sandbox/guest-root ${closed} `));
    assert.doesNotMatch(text, /\/run\/vm|\/sockets|\/kernel|\/initramfs/);
    assert.ok((Number(/ unshare (\d+) /.exec(text)?.[1]) & Namespace.network) !== 0);
    const end = / pivot \/sandbox drop-privileges 4 filter \w+ exec \/\S+ --fd 3 --shared-dir \/guest-root --readonly /;
    assert.match(text, end);
  });
});
