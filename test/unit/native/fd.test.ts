// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, fstatSync, openSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PipeToGuest } from "../../../src/device/cross-domain/guest-pipe.ts";
import { VhostChannel } from "../../../src/device/vhost/vhost-channel.ts";
import { native } from "../../../src/native/binding.ts";
import { SystemError } from "../../../src/native/errors.ts";
import { Fd } from "../../../src/native/fd.ts";
import { lockExclusive, setSoftFdLimit, softFdLimit } from "../../../src/native/socket.ts";
import { Watch } from "../../../src/native/watch.ts";
import type { GuestGpuContext } from "../../../src/virtio/context.ts";
import { PipeSource } from "../../../src/virtio/pipe-source.ts";
import { PacketStream } from "../../../src/x11/client/stream.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { pair, temporaryDirectory } from "./support.ts";

const openNull = (): number => openSync("/dev/null", "r");

test("an Fd closes its descriptor once, however often it is told to", () => {
  const before = openDescriptors();
  const fd = new Fd(openNull());
  assert.equal(fd.open, true);
  assert.equal(fstatSync(fd.raw).isCharacterDevice(), true);
  fd.close();
  assert.equal(fd.open, false);
  assert.throws(() => fd.raw, /closed or taken/);

  const successor = openNull();
  fd.close();
  assert.doesNotThrow(() => fstatSync(successor), "the number belongs to somebody else now");
  closeSync(successor);
  assert.deepEqual(openDescriptors(), before);
});

test("a descriptor that was taken is its taker's to close", () => {
  const fd = new Fd(openNull());
  const raw = fd.take();
  assert.equal(fd.open, false);
  assert.throws(() => fd.take(), /closed or taken/);
  fd.close();
  assert.doesNotThrow(() => fstatSync(raw));
  closeSync(raw);
});

test("a block that uses an Fd closes it on every way out", () => {
  const before = openDescriptors();
  assert.throws(() => {
    using fd = new Fd(openNull());
    throw new Error(`with ${fd.raw} open`);
  }, /with \d+ open/);
  assert.deepEqual(openDescriptors(), before);
});

test("a duplicate is the same file under a number of its own", () => {
  using fd = new Fd(openNull());
  using twin = fd.duplicate();
  assert.notEqual(twin.raw, fd.raw);
  assert.equal(fstatSync(twin.raw).rdev, fstatSync(fd.raw).rdev);
  fd.close();
  assert.doesNotThrow(() => fstatSync(twin.raw));
  assert.throws(() => fd.duplicate(), /closed or taken/);
});

test("what is no descriptor does not become an Fd", () => {
  for (const wrong of [-1, 1.5, Number.NaN]) assert.throws(() => new Fd(wrong), TypeError);
});

test("closing what other code has closed is reported, since it may hit a stranger's descriptor", () => {
  const fd = new Fd(openNull());
  closeSync(fd.raw);
  assert.throws(
    () => fd.close(),
    (error) => error instanceof SystemError && error.code === "EBADF" && error.syscall === "close" && error.errno > 0,
  );
});

test("a descriptor that is watched stays open, since its watch would go on under its number", (t) => {
  const [a] = pair(t);
  const watch = new Watch(a.raw, () => {});
  assert.equal(native.close(a.raw), -constants.errno.EBUSY);
  assert.doesNotThrow(() => fstatSync(a.raw));
  watch.close();
  assert.equal(native.close(a.take()), 0);
});

test("an owner that cannot watch its descriptor closes it", () => {
  const before = openDescriptors();
  // A regular file is always ready, and so cannot be watched.
  const file = (): Fd => new Fd(openSync(fileURLToPath(import.meta.url), "r"));
  const ignore = (): void => {};
  const owners: ((fd: Fd) => unknown)[] = [
    (fd) => Watch.owned(fd, ignore),
    (fd) => new PipeToGuest(1, fd, ignore),
    (fd) => new VhostChannel(fd, { message: ignore, ended: ignore }),
    (fd) => new PipeSource(1, fd, { room: 1 } as GuestGpuContext, ignore),
    (fd) => new PacketStream(fd, { packetLength: () => 0, packet: () => true, ended: ignore }),
  ];
  for (const own of owners) assert.throws(() => own(file()), { name: "SystemError", code: "EPERM", syscall: "watch" });
  assert.deepEqual(openDescriptors(), before);
});

test("a locked file is refused to the second holder until the first closes it", (t) => {
  const path = join(temporaryDirectory(t), "lock");
  writeFileSync(path, "");
  using first = new Fd(openSync(path, "r"));
  using second = new Fd(openSync(path, "r"));
  assert.equal(lockExclusive(first.raw), true);
  assert.equal(lockExclusive(second.raw), false);
  assert.equal(lockExclusive(first.raw), true, "whoever holds it may ask again");
  first.close();
  assert.equal(lockExclusive(second.raw), true);
  const raw = second.raw;
  second.close();
  assert.throws(() => lockExclusive(raw), { code: "EBADF", syscall: "flock" });
});

test("the soft limit of open files is what a child gets", (t) => {
  const limit = softFdLimit();
  t.after(() => setSoftFdLimit(limit));
  setSoftFdLimit(limit - 1);
  assert.equal(softFdLimit(), limit - 1);
  const { stdout } = spawnSync("sh", ["-c", "ulimit -S -n"], { encoding: "utf8" });
  assert.equal(Number(stdout), limit - 1);
  assert.throws(() => setSoftFdLimit(2 ** 31 - 1), { name: "SystemError", code: "EINVAL" });
});

test("arguments of the wrong kind throw a TypeError", () => {
  for (const call of [native.close, native.duplicate, native.lockExclusive, native.setSoftFdLimit]) {
    for (const wrong of [undefined, null, "3", -1, 0.5, 2 ** 31, {}]) {
      assert.throws(() => Reflect.apply(call, null, [wrong]), TypeError);
    }
  }
});

test("an adopted descriptor is like one of ours: nonblocking and closed on exec", () => {
  const before = openDescriptors();
  // The child has no terminal or pipe of its own, only what a parent leaves open.
  const script = `import { Fd } from ${JSON.stringify(new URL("../../../src/native/fd.js", import.meta.url).href)};
    import { readFileSync } from "node:fs";
    const flags = () => readFileSync("/proc/self/fdinfo/3", "utf8").match(/flags:.(\\d+)/)[1];
    const before = flags();
    const fd = Fd.adopt(3);
    console.log(before, flags(), fd.raw);`;
  const file = openNull();
  const stdio = ["ignore", "pipe", "inherit", file] as const;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    stdio: [...stdio],
  });
  closeSync(file);
  assert.match(stdout, /^0\d*00000 0\d*2\d*04000 3\n$/);
  assert.throws(() => Fd.adopt(9999), { code: "EBADF", syscall: "fcntl" });
  assert.deepEqual(openDescriptors(), before);
});
