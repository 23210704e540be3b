// SPDX-License-Identifier: Apache-2.0
/** What the filter of a jail says of calls, as the kernel would read it, on each processor that has one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brokerFilter, jailFilter, ringFilter } from "../../../src/jail/call-filters.ts";
import { landlock } from "../../../src/jail/landlock.ts";
import { callNumbers } from "../../../src/seccomp/call-numbers.ts";

const names = new Map([
  [0x7fff0000, "allowed"],
  [0x7fc00000, "asked about"],
  [0x00050001, "EPERM"],
  [0x00050026, "ENOSYS"],
]);

/** The processors, with what the kernel calls them, and a few numbers of calls that were looked up by hand. */
const processors = [
  { processor: "x64", architecture: 0xc000003e, known: { read: 0, openat: 257, execve: 59, prctl: 157, rseq: 334 } },
  { processor: "arm64", architecture: 0xc00000b7, known: { read: 63, openat: 56, execve: 221, prctl: 167, rseq: 293 } },
] as const;

/** Runs a filter as the kernel does: a small machine with one register. */
function verdict(program: Buffer, architecture: number, call: number, args: readonly bigint[] = []): string {
  const data = Buffer.alloc(64);
  data.writeInt32LE(call, 0);
  data.writeUInt32LE(architecture, 4);
  for (const [index, value] of args.entries()) data.writeBigUInt64LE(value, 16 + 8 * index);
  let register = 0;
  for (let at = 0; at < program.length; at += 8) {
    const value = program.readUInt32LE(at + 4);
    const code = program.readUInt16LE(at);
    if (code === 0x06) return names.get(value) ?? `verdict ${value}`;
    if (code === 0x20) {
      register = data.readUInt32LE(value);
      continue;
    }
    const matches: Readonly<Record<number, boolean>> = {
      21: register === value,
      53: register >= value,
      69: (register & value) >>> 0 !== 0,
    };
    const jumps = matches[code];
    assert.notEqual(jumps, undefined, `instruction ${code}`);
    at += 8 * program.readUInt8(at + (jumps ? 2 : 3));
  }
  throw new Error("it runs off its end");
}

for (const { processor, architecture, known } of processors) {
  describe(`the filter of a jail on ${processor}`, () => {
    const numbers = callNumbers(processor);
    const filter = jailFilter(processor, false) ?? Buffer.alloc(0);
    const say = (name: string, ...args: bigint[]): string =>
      verdict(filter, architecture, numbers?.of(name) ?? 9999, args);

    it("knows the numbers of calls by their names, and the other way round", () => {
      for (const [name, number] of Object.entries(known)) {
        assert.equal(numbers?.of(name), number);
        assert.equal(numbers?.nameOf(number), name);
      }
      assert.equal(numbers?.nameOf(9999), "system call 9999");
    });

    it("allows what is done with open files, memory and threads", () => {
      for (const call of ["recvmsg", "sendmsg", "read", "write", "epoll_ctl", "futex", "mmap", "accept4", "exit_group"])
        assert.equal(say(call), "allowed", call);
    });

    it("has the listener asked about what opens, starts and connects, and about calls that nobody knows", () => {
      for (const call of ["openat", "execve", "execveat", "socket", "connect", "bind", "unlinkat", "mkdirat", "ptrace"])
        assert.equal(say(call), "asked about", call);
      assert.equal(say("of no name"), "asked about");
    });

    it("denies newer forms of calls as an older kernel would, so that libraries use the older ones", () => {
      for (const call of ["clone3", "openat2", "io_uring_setup", "io_uring_enter"])
        assert.equal(say(call), "ENOSYS", call);
    });

    it("looks at what is asked for", () => {
      const newUser = 0x10000000n;
      const thread = 0x10000n;
      assert.equal(say("clone", thread), "allowed");
      assert.equal(say("clone", thread | newUser), "EPERM");
      const [setDumpable, setName] = [4n, 15n];
      assert.equal(say("prctl", setName), "allowed");
      assert.equal(say("prctl", setDumpable), "EPERM");
      const [simulateInput, windowSize] = [0x5412n, 0x5413n];
      assert.equal(say("ioctl", 0n, windowSize), "allowed");
      assert.equal(say("ioctl", 0n, simulateInput), "asked about");
      const [stream, datagram] = [1n, 2n];
      assert.equal(say("socketpair", 1n, stream), "allowed");
      assert.equal(say("socketpair", 1n, datagram), "asked about");
      assert.equal(say("prlimit64", 0n, 7n, 0n), "allowed");
      for (const address of [8n, 1n << 32n]) assert.equal(say("prlimit64", 0n, 7n, address), "asked about");
    });

    it("refuses the calls of other kinds of processors", () => {
      assert.equal(verdict(filter, 0x40000003, numbers?.of("read") ?? 0), "EPERM");
      assert.equal(verdict(filter, architecture, 0x40000000), "EPERM");
    });

    it("leaves an io_uring that is there to the event loop, and another filter keeps it from being made", () => {
      const enter = numbers?.of("io_uring_enter") ?? 0;
      assert.equal(verdict(jailFilter(processor, true) ?? filter, architecture, enter), "allowed");
      const ring = ringFilter(processor) ?? filter;
      assert.equal(verdict(ring, architecture, numbers?.of("io_uring_setup") ?? 0), "ENOSYS");
      assert.equal(verdict(ring, architecture, numbers?.of("openat") ?? 0), "allowed");
    });

    it("leaves the process outside what its errands need, and no more", () => {
      const broker = brokerFilter(processor) ?? filter;
      for (const call of ["connect", "openat", "unlinkat"])
        assert.equal(verdict(broker, architecture, numbers?.of(call) ?? 0), "allowed", call);
      for (const call of ["execve", "clone", "ptrace", "mmap"])
        assert.equal(verdict(broker, architecture, numbers?.of(call) ?? 0), "EPERM", call);
    });
  });
}

describe("a jail", () => {
  it("is not made for a processor whose calls are not known", () => {
    assert.equal(jailFilter("ppc64", false), null);
  });

  it("takes away with Landlock what each version can", () => {
    assert.equal(landlock(-38, false), null);
    assert.deepEqual(landlock(1, false), { version: 1, files: 0x1fff, network: 0, scopes: 0 });
    assert.deepEqual(landlock(4, false), { version: 4, files: 0x7fff, network: 3, scopes: 0 });
    assert.deepEqual(landlock(7, false), { version: 7, files: 0xffff, network: 3, scopes: 3 });
    assert.deepEqual(landlock(7, true), { version: 7, files: 0xffff, network: 3, scopes: 1 });
  });
});
