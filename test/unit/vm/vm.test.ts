// SPDX-License-Identifier: Apache-2.0
/** A VM whose QEMU is played by a script. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { FrameKind, FrameReader, frameBytes, numberBody } from "../../../src/vm/channel/frame.ts";
import { Vm, type VmOptions } from "../../../src/vm/vm.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../native/support.ts";

const builtin = ["virtio_pci", "virtio_console", "9p", "9pnet_virtio", "overlay", "virtio_gpu"];

/** @param script what stands for the launcher and QEMU */
function optionsFor(context: TestContext, script: string): VmOptions {
  const folder = temporaryDirectory(context);
  const modules = join(folder, "modules");
  for (const name of ["modules", "modules/kernel", "place"]) mkdirSync(join(folder, name));
  writeFileSync(join(modules, "modules.dep"), "");
  writeFileSync(join(modules, "modules.builtin"), builtin.map((name) => `kernel/${name}.ko\n`).join(""));
  const launcher = join(folder, "launcher");
  writeFileSync(launcher, `#!/bin/sh\n${script}\n`);
  chmodSync(launcher, 0o755);
  return {
    ...{
      acceleration: "kvm",
      memory: 2 ** 30,
      cpus: 1,
      shares: [],
      devices: [],
      network: null,
      layer: null,
      sound: null,
      startLimit: 60_000,
    },
    system: {
      kind: "folders",
      kernel: { release: "6.12", image: launcher, modules },
      tree: undefined,
      virtiofsd: null,
    },
    qemu: "/usr/bin/env",
    place: { lock: join(folder, "lock"), socket: join(folder, "socket"), folder: join(folder, "place") },
    ...{ cache: folder, package: folder, launcher },
    guest: {
      user: { uid: 0, gid: 0, groups: [], home: "/", homeIsShared: false, environment: {} },
      ...{ hostname: "vm", runtimeDir: "/run", environment: {}, services: [] },
    },
  };
}

/** Connects as QEMU does for the agent in the guest. */
function agentOf({ place }: VmOptions): Socket {
  return connect(join(place.folder, "sockets/agent")).on("error", () => {});
}

describe("a VM", () => {
  it("ends with the reason when KVM does not run its guest, for which QEMU would wait for ever", async (context) => {
    const vm = await Vm.start(optionsFor(context, "echo 'KVM internal error. Suberror: 1' >&2; exec sleep 100"));
    assert.equal((await vm.ended).message, "KVM internal error. Suberror: 1");
    await assert.rejects(vm.ready, /KVM internal error/);
  });

  it("that is not ready in time is given up", async (context) => {
    const vm = await Vm.start({ ...optionsFor(context, "exec sleep 100"), startLimit: 100 });
    assert.equal((await vm.ended).message, "it was not ready after 0.1 s");
  });

  it("starts a program that somebody wanted before QEMU had a connection for it", async (context) => {
    const options = optionsFor(context, "exec sleep 100");
    const vm = await Vm.start(options);
    const line = vm.switchboard.connect({ deliver: () => {} });
    line.send({ kind: FrameKind.start, program: 1, body: Buffer.from('{"early":true}') });
    const agent = agentOf(options);
    const kinds: number[] = [];
    const reader = new FrameReader();
    agent.on("data", (bytes: Buffer) => {
      for (const { kind } of reader.read(bytes)) kinds.push(kind);
    });
    await eventually("the program to be asked for, behind the settings", () => kinds.length === 2);
    assert.deepEqual(kinds, [FrameKind.setup, FrameKind.start]);
    await vm.close();
  });

  it("is heard no more while its guest reads nothing of what it makes us answer", async (context) => {
    const options = optionsFor(context, "exec sleep 100");
    const vm = await Vm.start(options);
    const agent = agentOf(options).pause();
    agent.write(frameBytes(FrameKind.ready, 0));
    await vm.ready;
    // Its caller is gone: whatever it writes is granted anew at once.
    const line = vm.switchboard.connect({ deliver: () => {} });
    line.send({ kind: FrameKind.start, program: 1, body: Buffer.from("{}") });
    line.close();
    const one = frameBytes(FrameKind.output, 1, Buffer.from("x"));
    const many = Buffer.concat(Array.from({ length: 100_000 }, () => one));
    agent.write(many);
    let waiting = -1;
    await eventually("the flood to be held up", async () => {
      const before = waiting;
      waiting = agent.writableLength;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return waiting > 0 && waiting === before;
    });
    // As soon as it reads, it is heard again.
    agent.resume();
    await eventually("the flood to flow", () => agent.writableLength === 0);
    agent.write(frameBytes(FrameKind.inputGrant, 1, numberBody(1)));
    assert.equal((await vm.ended).message, "the guest takes input that was not sent");
  });
});
