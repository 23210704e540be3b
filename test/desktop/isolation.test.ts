// SPDX-License-Identifier: Apache-2.0
/** Clipboards that programs have among themselves, on a real compositor, while others try to see them. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pipe, readFd, writeFd } from "../../src/native/pipe.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { EAGAIN } from "../../src/wire/transport.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClient } from "../support/fake-client.ts";
import type { FakeObject } from "../support/fake-object.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import { DISPLAY, serveX, windowTitled } from "./support/x-programs.ts";

/** How many transfers there are; 10,000 take about a minute. */
const TRANSFERS = Number(process.env["WAYLAND_PROXY_TEST_TRANSFERS"] ?? 500);

const control = "zwlr_data_control_manager_v1";

/** The options for a proxy under a policy. */
function policy(desktop: Desktop, name: string, keys: string): string[] {
  const file = join(desktop.home, `${name}.toml`);
  writeFileSync(file, `[client.${name}]\n${keys}\n`);
  return ["--policy", file, "--name", name];
}

async function paste(desktop: Desktop, from: Display, ...args: string[]): Promise<string> {
  const program = desktop.start(from, "wl-paste", ["--no-newline", ...args], { capture: true });
  await program.end();
  return program.captured.toString();
}

/** A client that copies and pastes without the keyboard. */
class Manager {
  readonly client: FakeClient;
  /** The types that it has been offered. */
  readonly #manager: FakeObject;
  readonly #device: FakeObject;

  private constructor(client: FakeClient, manager: FakeObject, device: FakeObject) {
    this.client = client;
    this.#manager = manager;
    this.#device = device;
  }

  static async connect(display: Display): Promise<Manager> {
    const client = new FakeClient(display.socket, new ProtocolRegistry());
    const manager = await client.bind(control);
    const device = manager.create("get_data_device", await client.bind("wl_seat", 1));
    await client.roundtrip();
    return new Manager(client, manager, device);
  }

  /** The types of all that it was ever told of. */
  get seen(): string[] {
    const offers = this.client.inbox.all.filter(({ name }) => name === "zwlr_data_control_offer_v1.offer");
    return offers.map((one) => String(one.arg("mime_type")));
  }

  copy(type: string): FakeObject {
    const source = this.#manager.create("create_data_source");
    source.send("offer", type);
    this.#device.send("set_selection", source);
    return source;
  }

  async sent(source: FakeObject, bytes: Uint8Array): Promise<void> {
    const { client } = this;
    const fd = (await client.expect("zwlr_data_control_source_v1.send", ({ object }) => object === source)).fdArg("fd");
    let written = 0;
    await eventually("the data to be taken", () => {
      for (;;) {
        const count = writeFd(fd.raw, bytes, written, bytes.length - written);
        if (count === EAGAIN) return false;
        assert.ok(count >= 0, `the reader has gone: ${count}`);
        written += count;
        if (written === bytes.length) return true;
      }
    });
    fd.close();
  }

  async pasted(type: string): Promise<Buffer> {
    const offered = await this.client.expect(
      "zwlr_data_control_offer_v1.offer",
      (one) => one.arg("mime_type") === type,
    );
    const [read, write] = pipe();
    offered.object.send("receive", type, write);
    const chunks: Buffer[] = [];
    await eventually("the data", () => {
      for (;;) {
        const chunk = Buffer.alloc(65_536);
        const count = readFd(read.raw, chunk, 0, chunk.length);
        if (count === EAGAIN) return false;
        assert.ok(count >= 0, `reading failed: ${count}`);
        if (count === 0) return true;
        chunks.push(chunk.subarray(0, count));
      }
    });
    read.close();
    offered.object.send("destroy");
    return Buffer.concat(chunks);
  }
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

desktopTest(
  `${TRANSFERS} isolated transfers arrive, and neither another realm nor a clipboard manager sees one`,
  { on: ["sway"] },
  async (desktop) => {
    const allowed = `globals.allow = ["${control}"]`;
    const realm = await desktop.proxied(...policy(desktop, "realm", `${allowed}\nclipboard = "isolated"`));
    const other = await desktop.proxied(...policy(desktop, "other", `${allowed}\nclipboard = "isolated"`));
    const shared = await desktop.proxied(...policy(desktop, "shared", allowed));
    const log = join(desktop.home, "watched");
    writeFileSync(log, "");
    desktop.start(desktop.direct, "wl-paste", ["--watch", "sh", "-c", `cat >> ${log}; echo >> ${log}`]);
    desktop.start(desktop.direct, "wl-copy", ["--foreground", "before"]);
    // Both are there.
    await eventually("the clipboard manager", () => readFileSync(log, "utf8") === "before\n");
    const watchers = [
      await Manager.connect(other),
      await Manager.connect(shared),
      await Manager.connect(desktop.direct),
    ];
    const from = await Manager.connect(realm);
    const to = await Manager.connect(realm);
    let bytes = 0;
    for (let number = 0; number < TRANSFERS; number++) {
      const secret = randomBytes(number % 100 === 0 ? 300_000 : 1 + (number % 2000));
      const type = `application/x-secret-${number}`;
      const source = from.copy(type);
      const [data] = await Promise.all([to.pasted(type), to.client.open && from.sent(source, secret)]);
      assert.equal(digest(data), digest(secret), `transfer ${number} of ${secret.length} bytes`);
      bytes += data.length;
      source.send("destroy");
    }
    assert.ok(bytes > 0);
    desktop.start(desktop.direct, "wl-copy", ["--foreground", "after"]);
    await eventually("what was copied in the open", () => readFileSync(log, "utf8").endsWith("after\n"));
    assert.equal(readFileSync(log, "utf8"), "before\nafter\n");
    for (const watcher of watchers) {
      await watcher.client.roundtrip();
      assert.deepEqual(
        watcher.seen.filter((type) => /secret|wayland-proxy/.test(type)),
        [],
      );
    }
    assert.ok(watchers[2]?.seen.includes("text/plain"), "the watcher on the host has seen nothing at all");
    assert.ok(to.seen.every((type) => type.startsWith("application/x-secret-")));
    for (const { client } of [from, to, ...watchers]) client.close();
  },
);

desktopTest(
  "programs of a realm paste by focus what they have copied",
  { on: ["sway", "weston-seat"] },
  async (desktop) => {
    await desktop.compositor.input();
    const realm = await desktop.proxied(...policy(desktop, "realm", 'clipboard = "isolated"'));
    const outside = desktop.start(desktop.direct, "wl-copy", ["--foreground", "outside"]);
    await eventually("the copy outside", async () => (await paste(desktop, desktop.direct)) === "outside");
    assert.equal(await paste(desktop, realm), "");
    const inside = desktop.start(realm, "wl-copy", ["--foreground", "inside"]);
    await eventually("the copy inside", async () => (await paste(desktop, realm)) === "inside");
    assert.equal(await paste(desktop, desktop.direct), "outside");
    await inside.stop();
    await eventually("the clipboard to be empty", async () => (await paste(desktop, realm)) === "");
    assert.equal(await paste(desktop, desktop.direct), "outside");
    await outside.stop();
  },
);

desktopTest("X11 and Wayland programs of a realm share its clipboard", { on: ["sway"] }, async (desktop) => {
  const input = await desktop.compositor.input();
  const realm = await serveX(desktop, "Xwayland", ...policy(desktop, "realm", 'clipboard = "isolated"'));
  const env = { DISPLAY };
  const clock = desktop.start(realm, "xclock", ["-title", "focused"], { env });
  await windowTitled(desktop, "[vm] focused");
  desktop.start(desktop.direct, "wl-copy", ["--foreground", "outside"]);
  await eventually("the copy outside", async () => (await paste(desktop, desktop.direct)) === "outside");
  await input.type(" ");
  const inX = desktop.start(realm, "xclip", ["-selection", "clipboard", "-quiet", "-i"], {
    env,
    input: Buffer.from("of an X client"),
  });
  await eventually("the copy of an X client", async () => (await paste(desktop, realm)) === "of an X client");
  assert.equal(await paste(desktop, desktop.direct), "outside");
  const inWayland = desktop.start(realm, "wl-copy", ["--foreground", "of a Wayland client"]);
  await eventually("the copy of a Wayland client", async () => {
    const tool = desktop.start(realm, "xclip", ["-selection", "clipboard", "-o"], { env, capture: true });
    await tool.end();
    return tool.captured.toString() === "of a Wayland client";
  });
  assert.equal(await paste(desktop, desktop.direct), "outside");
  await inX.stop();
  await inWayland.stop();
  await clock.stop();
});

const ctl = fileURLToPath(new URL("../../bin/wayland-proxy-ctl.cjs", import.meta.url));

async function command(desktop: Desktop, ...args: string[]): Promise<string> {
  return (await desktop.run(desktop.direct, process.execPath, [ctl, "clipboard", ...args])).toString().trim();
}

desktopTest("a command moves what was copied over the border, by data control", { on: ["sway"] }, async (desktop) => {
  await desktop.compositor.input();
  const realm = await desktop.proxied(...policy(desktop, "realm", 'clipboard = "isolated"'));
  const inside = desktop.start(realm, "wl-copy", ["--foreground", "inside"]);
  await eventually("the copy inside", async () => (await paste(desktop, realm)) === "inside");
  assert.equal(await command(desktop, "out", "realm"), "realm: 6 bytes are in the host's clipboard, for 60 s");
  assert.equal(await paste(desktop, desktop.direct), "inside");
  assert.equal(await command(desktop, "clear", "realm"), "realm: the clipboard is empty");
  await inside.end();
  assert.equal(await paste(desktop, realm), "");
  await eventually("what was moved to be taken back", async () => (await paste(desktop, desktop.direct)) === "");
  desktop.start(desktop.direct, "wl-copy", ["--foreground", "outside"]);
  await eventually("the copy outside", async () => (await paste(desktop, desktop.direct)) === "outside");
  assert.equal(await paste(desktop, realm), "");
  assert.equal(await command(desktop, "in", "realm"), "realm: 7 bytes are in its clipboard, for 60 s");
  assert.equal(await paste(desktop, realm), "outside");
});

desktopTest(
  "a command moves what was copied with the next input, where there is no data control",
  { on: ["weston-seat"] },
  async (desktop) => {
    const input = await desktop.compositor.input();
    const realm = await desktop.proxied(...policy(desktop, "realm", 'clipboard = "isolated"'));
    desktop.start(realm, "wl-copy", ["--foreground", "inside"]);
    await eventually("the copy inside", async () => (await paste(desktop, realm)) === "inside");
    assert.match(
      await command(desktop, "out", "realm"),
      /^realm: it gets to the host's clipboard when one of its windows/,
    );
    assert.equal(await paste(desktop, desktop.direct), "");
    const window = desktop.start(realm, "foot", ["sleep", "1000"]);
    await eventually("the copy outside", async () => {
      await input.type(" ");
      return (await paste(desktop, desktop.direct)) === "inside";
    });
    await window.stop();
  },
);
