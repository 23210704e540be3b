// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { describe, it } from "node:test";
import { keymapCopy } from "../../../src/hooks/keymap-copy.ts";
import { Fd } from "../../../src/native/fd.ts";
import { fileInfo, Mapping, memfd, pageSize } from "../../../src/native/memory.ts";
import { pipe } from "../../../src/native/pipe.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { FakeObject } from "../../support/fake-object.ts";
import { proxied, type Scope, type Stage } from "../../support/proxied.ts";

const XKB_V1 = 1;
const TEXT = "xkb_keymap {\n};\n";

/** A file of the host: whole pages, as the guest sees all memory of the host. */
function hostFile(content: string, pages = 1): Fd {
  const file = memfd("host", pages * pageSize);
  writeSync(file.raw, content, 0);
  return file;
}

function textOf(fd: Fd): string {
  return readFileSync(`/proc/self/fd/${fd.raw}`, "utf8");
}

/** A stage on which the host can send files to an object of the client's. */
interface Reading extends Stage {
  /** That object as the client and as the host know it. */
  readonly ours: FakeObject;
  readonly reader: FakeObject;
}

/** Lets the client make an object by a request of a global; `others` are globals that the request names. */
async function reading(t: Scope, global: string, make: string, ...others: string[]): Promise<Reading> {
  const stage = await proxied(t, {
    globals: [global, ...others],
    policy: new GlobalPolicy({ expose: [global] }),
    hooks: [keymapCopy()],
  });
  const { client, host } = stage;
  const named = [];
  for (const other of others) named.push(await client.bind(other));
  const ours = (await client.bind(global)).create(make, ...named);
  const { args } = await host.expect(`${global}.${make}`);
  const reader = Object.values(args).find(
    (value) => value instanceof FakeObject && value.interface.name === ours.interface.name,
  );
  return Object.assign(stage, { ours, reader: reader as FakeObject });
}

const keyboard = (t: Scope): Promise<Reading> => reading(t, "wl_seat", "get_keyboard");

/** What the client gets when the host sends this file, of which it says that it has `size` bytes. */
async function keymapFor({ client, reader }: Reading, file: Fd, size: number): Promise<Fd> {
  reader.send("keymap", XKB_V1, file, size);
  const { args } = await client.expect("wl_keyboard.keymap");
  assert.deepEqual([args["format"], args["size"]], [XKB_V1, size]);
  return args["fd"] as Fd;
}

describe("a file that a client is to read", () => {
  it("is a copy with as many bytes as the message says, however large the host's is", async (t) => {
    const stage = await keyboard(t);
    const got = await keymapFor(stage, hostFile(TEXT, 3), TEXT.length);
    assert.equal(textOf(got), TEXT);
  });

  it("keeps its size, and can be mapped shared as old clients do", async (t) => {
    const got = await keymapFor(await keyboard(t), hostFile(TEXT), TEXT.length);
    for (const size of [0, 2 * pageSize]) assert.throws(() => ftruncateSync(got.raw, size), { code: "EPERM" });
    using mapping = Mapping.map(got.raw, TEXT.length);
    assert.equal(Buffer.from(mapping.bytes).toString(), TEXT);
  });

  it("does not change with the host's", async (t) => {
    const stage = await keyboard(t);
    const file = hostFile(TEXT);
    using ours = file.duplicate();
    const got = await keymapFor(stage, file, TEXT.length);
    writeSync(ours.raw, "other", 0);
    ftruncateSync(ours.raw, 0);
    assert.equal(textOf(got), TEXT);
  });

  it("is as long as the message says if the host's is shorter", async (t) => {
    const stage = await keyboard(t);
    const got = await keymapFor(stage, hostFile(TEXT), pageSize + 10);
    assert.equal(textOf(got), TEXT.padEnd(pageSize + 10, "\0"));
  });

  it("is another one each time", async (t) => {
    const stage = await keyboard(t);
    const first = await keymapFor(stage, hostFile("first"), 5);
    const second = await keymapFor(stage, hostFile("second"), 6);
    assert.deepEqual([textOf(first), textOf(second)], ["first", "second"]);
  });

  const readers = [
    ["zwp_input_method_keyboard_grab_v2", "keymap"],
    ["zwp_linux_dmabuf_feedback_v1", "format_table"],
    ["wp_image_description_info_v1", "icc_file"],
  ] as const;
  for (const [type, event] of readers) {
    it(`may come as ${type}.${event}, too`, async (t) => {
      const { client, reader } = await readerOf(t, type);
      const args = event === "keymap" ? [XKB_V1, hostFile("content"), 7] : [hostFile("content"), 7];
      reader.send(event, ...args);
      const received = await client.expect(`${type}.${event}`);
      assert.equal(textOf(received.fdArg(event === "icc_file" ? "icc" : "fd")), "content");
    });
  }
});

async function readerOf(t: Scope, type: string): Promise<Pick<Reading, "client" | "reader">> {
  if (type === "zwp_linux_dmabuf_feedback_v1") return reading(t, "zwp_linux_dmabuf_v1", "get_default_feedback");
  const isKeymap = type === "zwp_input_method_keyboard_grab_v2";
  const stage = isKeymap
    ? await reading(t, "zwp_input_method_manager_v2", "get_input_method", "wl_seat")
    : await reading(t, "wp_color_manager_v1", "create_windows_scrgb");
  const { client, host, ours } = stage;
  const make = isKeymap ? "grab_keyboard" : "get_information";
  ours.create(make);
  const made = await host.expect(`${ours.interface.name}.${make}`);
  return { client, reader: made.objectArg(isKeymap ? "keyboard" : "information") };
}

describe("what cannot be copied reaches the client as it is", () => {
  /** Whether the client gets the very file that the host sends, and what the proxy says of it. */
  async function passes(t: Scope, make: () => Fd, size: number): Promise<string[]> {
    const stage = await keyboard(t);
    const file = make();
    using same = file.duplicate();
    const got = fileInfo((await keymapFor(stage, file, size)).raw);
    const sent = fileInfo(same.raw);
    assert.deepEqual([got.dev, got.ino], [sent.dev, sent.ino]);
    return stage.log.filter((line) => line.startsWith("warn"));
  }

  it("if there is nothing in it", async (t) => {
    assert.deepEqual(await passes(t, () => hostFile(""), 0), []);
  });

  it("if it is /dev/null, whatever size the message has", async (t) => {
    assert.deepEqual(await passes(t, () => new Fd(openSync("/dev/null", "r")), 100), []);
  });

  it("if it is no memory at all", async (t) => {
    const writeEnd = (): Fd => {
      const [read, write] = pipe();
      read.close();
      return write;
    };
    assert.match((await passes(t, writeEnd, 100)).join(), /keymap: 100 bytes of a file \(fifo\) with 0 bytes/);
  });

  it("if it is not open for reading", async (t) => {
    const writable = (): Fd => {
      using file = hostFile(TEXT);
      return new Fd(openSync(`/proc/self/fd/${file.raw}`, constants.O_WRONLY));
    };
    assert.match((await passes(t, writable, TEXT.length)).join(), /keymap: 16 bytes .* cannot be copied: .*EACCES/);
  });

  it("if it is too large for what it should be", async (t) => {
    const limit = 32 * 1024 * 1024;
    assert.match((await passes(t, () => hostFile(TEXT), limit + 1)).join(), /are not copied/);
  });
});
