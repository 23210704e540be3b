// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import { wordsOf } from "../../src/x11/client/properties.ts";
import { Atom } from "../../src/x11/generated/enums.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClient } from "../support/fake-client.ts";
import { HangingFiles } from "../support/hanging-files.ts";
import { scaled } from "../support/patience.ts";
import type { Desktop, Display } from "./support/desktop.ts";
import { desktopTest } from "./support/desktop-test.ts";
import type { Program } from "./support/program.ts";
import { DISPLAY, servers, serveX, windowTitled } from "./support/x-programs.ts";
import { XSelectionClient } from "./support/x-selection-client.ts";

const MIB = 1024 * 1024;
const text = "Größe: 5 € für Jürgen\n";

/** As of a host that has none, or that keeps it from a virtual machine. */
const withoutDataControl = ["--hide", "zwlr_data_control_manager_v1"];

/** A proxy that serves X, and an X window that has the keyboard. */
async function focused(desktop: Desktop, server = "Xwayland", ...options: string[]): Promise<Display> {
  const proxied = await serveX(desktop, server, ...options);
  await desktop.compositor.input();
  desktop.start(proxied, "xclock", ["-title", "focused"], { env: { DISPLAY } });
  await windowTitled(desktop, "[vm] focused");
  return proxied;
}

function copyOnHost(desktop: Desktop, type: string, input: Uint8Array): Program {
  return desktop.start(desktop.direct, "wl-copy", ["--foreground", "--type", type], { input });
}

async function pasteInX(desktop: Desktop, proxied: Display, target: string): Promise<Buffer> {
  const tool = desktop.start(proxied, "xclip", ["-selection", "clipboard", "-o", "-t", target], {
    env: { DISPLAY },
    capture: true,
  });
  await tool.end();
  return tool.captured;
}

async function offeredInX(desktop: Desktop, proxied: Display, type: string): Promise<void> {
  const list = async (): Promise<string[]> => (await pasteInX(desktop, proxied, "TARGETS")).toString().split("\n");
  await eventually(`${type} in X`, async () => (await list()).includes(type));
}

async function offeredOnHost(desktop: Desktop, type: string): Promise<void> {
  await eventually(`${type} on the host`, async () => {
    const list = desktop.start(desktop.direct, "wl-paste", ["--list-types"], { capture: true });
    await list.end();
    return list.captured.toString().split("\n").includes(type);
  });
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(`text with umlauts is copied to and from X clients, by ${name}`, { on: ["sway"] }, async (desktop) => {
    const proxied = await focused(desktop, server);
    const input = await desktop.compositor.input();
    const copy = copyOnHost(desktop, "text/plain;charset=utf-8", Buffer.from(text));
    await offeredInX(desktop, proxied, "UTF8_STRING");
    assert.equal((await pasteInX(desktop, proxied, "UTF8_STRING")).toString(), text);
    // What Latin 1 does not have.
    assert.equal((await pasteInX(desktop, proxied, "STRING")).toString("latin1"), text.replace("€", "?"));
    const xsel = desktop.start(proxied, "xsel", ["--clipboard", "--output"], { env: { DISPLAY }, capture: true });
    await xsel.end();
    assert.equal(xsel.captured.toString(), text);
    await copy.stop();

    for (const target of ["UTF8_STRING", "STRING"]) {
      await input.type(" ");
      const latin = target === "STRING";
      const mine = desktop.start(proxied, "xclip", ["-selection", "clipboard", "-quiet", "-i", "-t", target], {
        env: { DISPLAY },
        input: Buffer.from(latin ? text.replace("€", "?") : text, latin ? "latin1" : "utf8"),
      });
      await offeredOnHost(desktop, "text/plain;charset=utf-8");
      const pasted = await eventually("the text", async () => {
        const all = await desktop.run(desktop.direct, "wl-paste", [
          "--no-newline",
          "--type",
          "text/plain;charset=utf-8",
        ]);
        return all.toString().includes(latin ? "?" : "€") && all;
      });
      assert.equal(pasted.toString(), latin ? text.replace("€", "?") : text);
      await mine.stop();
    }
  });
}

desktopTest(
  "what X has is pasted into a file that hangs while others paste it, too",
  { on: ["sway"] },
  async (desktop) => {
    const files = await HangingFiles.mount(4096);
    try {
      const proxied = await focused(desktop);
      await (await desktop.compositor.input()).type(" ");
      const mine = desktop.start(proxied, "xclip", ["-selection", "clipboard", "-quiet", "-i"], {
        env: { DISPLAY },
        input: Buffer.from(text),
      });
      await offeredOnHost(desktop, "text/plain;charset=utf-8");
      const client = new FakeClient(desktop.direct.socket, new ProtocolRegistry());
      const manager = await client.bind("zwlr_data_control_manager_v1");
      manager.create("get_data_device", await client.bind("wl_seat"));
      const { object: offer } = await client.expect(
        "zwlr_data_control_offer_v1.offer",
        (message) => message.arg("mime_type") === "text/plain;charset=utf-8",
      );
      const fd = files.open("r+");
      // The compositor itself would wait for anything else.
      await files.hang("WRITE");
      offer.send("receive", "text/plain;charset=utf-8", fd);
      await files.asked("WRITE");
      const pasted = await desktop.run(desktop.direct, "wl-paste", [
        "--no-newline",
        "--type",
        "text/plain;charset=utf-8",
      ]);
      assert.equal(pasted.toString(), text);
      await files.answer();
      await eventually("the text in the file", async () => (await readFile(files.path, "utf8")).startsWith(text));
      client.close();
      await mine.stop();
    } finally {
      await files.close();
    }
  },
);

desktopTest("64 MiB are copied to X clients and from them", { on: ["sway"] }, async (desktop) => {
  const payload = randomBytes(64 * MIB);
  const proxied = await focused(desktop);
  const copy = copyOnHost(desktop, "application/x-there", payload);
  await offeredInX(desktop, proxied, "application/x-there");
  assert.ok((await pasteInX(desktop, proxied, "application/x-there")).equals(payload));
  await copy.stop();
  await (await desktop.compositor.input()).type(" ");
  const back = desktop.start(
    proxied,
    "xclip",
    ["-selection", "clipboard", "-quiet", "-i", "-t", "application/x-back"],
    { env: { DISPLAY }, input: payload },
  );
  await offeredOnHost(desktop, "application/x-back");
  const pasted = await desktop.run(desktop.direct, "wl-paste", ["--no-newline", "--type", "application/x-back"]);
  assert.ok(pasted.equals(payload));
  await back.stop();
});

desktopTest("an X client gets what it asks for in other ways than usual", { on: ["sway"] }, async (desktop) => {
  const payload = randomBytes(MIB);
  const proxied = await focused(desktop);
  const copy = copyOnHost(desktop, "application/x-large", payload);
  await offeredInX(desktop, proxied, "application/x-large");
  const client = await XSelectionClient.open();
  const [large = 0, first = 0, second = 0, third = 0, nothing = 0] = await client.x.atoms.intern([
    "application/x-large",
    ...["FIRST", "SECOND", "THIRD", "application/x-not-there"],
  ]);
  const [targets, timestamp] = [client.atom("TARGETS"), client.atom("TIMESTAMP")];

  // A client from before ICCCM wants it in the property with the target's name.
  assert.ok(wordsOf(await client.convert(targets, Atom.None)).includes(large));
  assert.ok((wordsOf(await client.convert(timestamp, first))[0] ?? 0) > 0);
  assert.equal(await client.convert(nothing, first), null);

  // Several at once, of which one is not to be had, and two are large and come in turns.
  const answers = await client.convertAll([
    [large, first],
    [nothing, second],
    [large, third],
  ]);
  assert.deepEqual(answers, [first, Atom.None, third]);
  for (const value of await Promise.all([client.read(first), client.read(third)])) {
    assert.ok(value !== null && Buffer.from(value.bytes).equals(payload));
    assert.equal(value.type, large);
  }

  // Slowly, while somebody else is faster.
  client.beforePart = () => pause(50);
  const slow = client.convert(large, first);
  assert.ok((await pasteInX(desktop, proxied, "application/x-large")).equals(payload));
  assert.ok(Buffer.from((await slow)?.bytes ?? []).equals(payload));
  client.close();
  await copy.stop();
});

desktopTest(
  "an X client that dies while it pastes costs nothing but its transfer",
  { on: ["sway"] },
  async (desktop) => {
    const payload = randomBytes(8 * MIB);
    const proxied = await focused(desktop);
    const copy = copyOnHost(desktop, "application/x-large", payload);
    await offeredInX(desktop, proxied, "application/x-large");
    const client = await XSelectionClient.open();
    const [large = 0, property = 0] = await client.x.atoms.intern(["application/x-large", "FIRST"]);
    let parts = 0;
    const died = new Promise<void>((resolve) => {
      client.beforePart = async () => {
        if (++parts < 3) return;
        client.close();
        resolve();
      };
    });
    client.convert(large, property).catch(() => {});
    await died;
    assert.ok((await pasteInX(desktop, proxied, "application/x-large")).equals(payload));
    await copy.stop();
  },
);

desktopTest(
  "an X client that dies while others paste from it does not hold them up",
  { on: ["sway"] },
  async (desktop) => {
    await focused(desktop);
    await (await desktop.compositor.input()).type(" ");
    const client = await XSelectionClient.open();
    const [type = 0] = await client.x.atoms.intern(["application/x-endless"]);
    client.copyForever(type, randomBytes(64 * 1024));
    await offeredOnHost(desktop, "application/x-endless");
    const paste = desktop.start(desktop.direct, "sh", ["-c", "wl-paste -n -t application/x-endless > got"], {});
    await desktop.compositor.program.says(/wl_data_source@\d+\.send\(|zwlr_data_control_offer_v1@\d+\.receive\(/);
    const got = join(desktop.home, "got");
    await eventually("some of it", () => existsSync(got) && statSync(got).size > 0);
    assert.ok(paste.running);
    client.close();
    await paste.end(5000);
  },
);

desktopTest("a slow program of the host's gets all of what an X client has", { on: ["sway"] }, async (desktop) => {
  const payload = randomBytes(8 * MIB);
  const proxied = await focused(desktop);
  await (await desktop.compositor.input()).type(" ");
  const mine = desktop.start(proxied, "xclip", ["-selection", "clipboard", "-quiet", "-i", "-t", "application/x-l"], {
    env: { DISPLAY },
    input: payload,
  });
  await offeredOnHost(desktop, "application/x-l");
  const slowly = "wl-paste -n -t application/x-l | { sleep 2; cat; }";
  assert.ok((await desktop.run(desktop.direct, "sh", ["-c", slowly])).equals(payload));
  await mine.stop();
});

desktopTest(
  "X clients are refused while none of them has the keyboard, and not at once",
  { on: ["sway"] },
  async (desktop) => {
    const proxied = await focused(desktop);
    const copy = copyOnHost(desktop, "application/x-secret", Buffer.from("secret"));
    await offeredInX(desktop, proxied, "application/x-secret");
    await desktop.sway.message("workspace", "elsewhere");
    const client = await XSelectionClient.open();
    const [secret = 0] = await client.x.atoms.intern(["application/x-secret"]);
    const begun = performance.now();
    assert.equal(await client.convert(secret, client.atom("ANSWER")), null);
    assert.ok(performance.now() - begun >= 45);
    client.close();
    await copy.stop();
  },
);

desktopTest(
  "what an X client copies without the keyboard is offered when X gets that, if the host has no data control for us",
  { on: ["sway"] },
  async (desktop) => {
    const proxied = await focused(desktop, "Xwayland", ...withoutDataControl);
    await desktop.sway.message("workspace", "elsewhere");
    const mine = desktop.start(proxied, "xclip", ["-selection", "clipboard", "-quiet", "-i", "-t", "application/x-m"], {
      env: { DISPLAY },
      input: Buffer.from("mine"),
    });
    const client = await XSelectionClient.open();
    await eventually("the owner", async () => {
      const { owner } = await client.x.call("GetSelectionOwner", { selection: client.atom("CLIPBOARD") });
      return owner !== 0;
    });
    client.close();
    await desktop.sway.message('[title="focused"]', "focus");
    await offeredOnHost(desktop, "application/x-m");
    const pasted = await desktop.run(desktop.direct, "wl-paste", ["--no-newline", "--type", "application/x-m"]);
    assert.equal(pasted.toString(), "mine");
    await mine.stop();
  },
);

desktopTest(
  "what an X client copies without the keyboard is offered at once by data control",
  { on: ["sway"] },
  async (desktop) => {
    const proxied = await focused(desktop);
    await desktop.sway.message("workspace", "elsewhere");
    for (const type of ["application/x-first", "application/x-second"]) {
      const copy = copyOnHost(desktop, "application/x-host", Buffer.from("the host's"));
      await offeredOnHost(desktop, "application/x-host");
      const mine = desktop.start(proxied, "xclip", ["-selection", "clipboard", "-quiet", "-i", "-t", type], {
        env: { DISPLAY },
        input: Buffer.from(type),
      });
      await offeredOnHost(desktop, type);
      assert.equal((await pasteOnHost(desktop, type)).toString(), type);
      await mine.stop();
      await copy.stop();
    }
  },
);

desktopTest(
  "what an X client copies after a program of the host's, without input since then, is offered with the next input",
  { on: ["sway"], proxyEnv: { WAYLAND_DEBUG_PROXY: "xwayland" } },
  async (desktop) => {
    const proxied = await focused(desktop, "Xwayland", ...withoutDataControl);
    const input = await desktop.compositor.input();
    for (let i = 0; i < 5; i++) {
      await input.type(" ");
      const [theirs, mine] = [`application/x-host-${i}`, `application/x-mine-${i}`];
      const copy = copyOnHost(desktop, theirs, Buffer.from("theirs"));
      await offeredInX(desktop, proxied, theirs);
      const client = await XSelectionClient.open();
      const [target = 0] = await client.x.atoms.intern([mine]);
      client.copy(new Map([[target, Buffer.from(mine)]]));
      await eventually("the host to ignore it", () => {
        return (proxied.proxy?.output.match(/has not taken notice/g)?.length ?? 0) > i;
      });
      await input.type(" ");
      await offeredOnHost(desktop, mine);
      assert.equal((await pasteOnHost(desktop, mine)).toString(), mine);
      client.close();
      await copy.stop();
    }
  },
);

/** The bytes that a program of the host's gets. */
function pasteOnHost(desktop: Desktop, type: string): Promise<Buffer> {
  return desktop.run(desktop.direct, "wl-paste", ["--no-newline", "--type", type]);
}

for (const [name, server] of Object.entries(servers)) {
  desktopTest(
    `what the last X client leaves when it ends can be pasted everywhere, by ${name}`,
    { on: ["sway"] },
    async (desktop) => {
      const proxied = await serveX(desktop, server);
      const input = await desktop.compositor.input();
      const window = desktop.start(proxied, "xclock", ["-title", "focused"], { env: { DISPLAY } });
      await windowTitled(desktop, "[vm] focused");
      await input.type(" ");
      const client = await XSelectionClient.open();
      const [utf8 = 0, image = 0] = await client.x.atoms.intern(["UTF8_STRING", "image/x-large"]);
      const large = randomBytes(MIB);
      client.copy(
        new Map([
          [utf8, Buffer.from(text)],
          [image, large],
        ]),
      );
      await offeredOnHost(desktop, "image/x-large");
      assert.ok(await client.store());
      client.close();
      await window.stop();
      assert.ok((await pasteOnHost(desktop, "image/x-large")).equals(large));
      assert.equal((await pasteOnHost(desktop, "text/plain;charset=utf-8")).toString(), text);
      assert.equal((await pasteInX(desktop, proxied, "UTF8_STRING")).toString(), text);
      assert.ok((await pasteInX(desktop, proxied, "image/x-large")).equals(large));
      // The Xwayland that has kept it ends when that is done: the proxy has nothing left at the end of the test.
      const other = copyOnHost(desktop, "application/x-other", Buffer.from("other"));
      await offeredOnHost(desktop, "application/x-other");
      await other.stop();
    },
  );
}

desktopTest("an X client chooses what is kept of what it has copied", { on: ["sway"] }, async (desktop) => {
  await focused(desktop);
  await (await desktop.compositor.input()).type(" ");
  const client = await XSelectionClient.open();
  assert.equal(await client.store(), false, "there is nothing to keep");
  const [utf8 = 0, other = 0] = await client.x.atoms.intern(["UTF8_STRING", "application/x-other"]);
  client.copy(
    new Map([
      [utf8, Buffer.from(text)],
      [other, randomBytes(16)],
    ]),
  );
  await offeredOnHost(desktop, "application/x-other");
  assert.ok(await client.store(utf8));
  client.close();
  const later = await XSelectionClient.open();
  const answer = later.atom("ANSWER");
  await eventually("the heir", async () => wordsOf(await later.convert(later.atom("TARGETS"), answer)).includes(utf8));
  assert.equal(await later.convert(other, answer), null);
  assert.equal(Buffer.from((await later.convert(utf8, answer))?.bytes ?? []).toString(), text);

  // Who copies something else lets it go.
  later.copy(new Map([[other, Buffer.from("new")]]));
  assert.equal(Buffer.from((await later.convert(other, answer))?.bytes ?? []).toString(), "new");
  later.close();
});

desktopTest(
  "a peer that takes part in a transfer and does nothing is given up after ten seconds",
  { on: ["sway"] },
  async (desktop) => {
    const proxied = await focused(desktop);
    const input = await desktop.compositor.input();
    await input.type(" ");
    const begun = performance.now();
    const client = await XSelectionClient.open();
    const [endless = 0] = await client.x.atoms.intern(["application/x-endless"]);
    client.copyForever(endless, null);
    await offeredOnHost(desktop, "application/x-endless");
    // The X client has promised parts, and writes none.
    const paste = desktop.start(desktop.direct, "wl-paste", ["-n", "-t", "application/x-endless"], { capture: true });
    await paste.end(15_000);
    assert.equal(paste.captured.length, 0);
    const waited = performance.now() - begun;
    assert.ok(waited > 9_000 && waited < scaled(14_000), `${waited} ms`);
    client.close();

    // What follows is not held up.
    const copy = copyOnHost(desktop, "application/x-there", Buffer.from("there"));
    await offeredInX(desktop, proxied, "application/x-there");
    assert.equal((await pasteInX(desktop, proxied, "application/x-there")).toString(), "there");
    await copy.stop();
  },
);

desktopTest("the oldest of very many transfers gives way", { on: ["sway"] }, async (desktop) => {
  await focused(desktop);
  await (await desktop.compositor.input()).type(" ");
  const client = await XSelectionClient.open();
  const [type = 0] = await client.x.atoms.intern(["application/x-endless"]);
  client.copyForever(type, randomBytes(64 * 1024));
  await offeredOnHost(desktop, "application/x-endless");
  const paste = (): Program =>
    desktop.start(desktop.direct, "sh", ["-c", "wl-paste -n -t application/x-endless > /dev/null"], {});
  const oldest = paste();
  await client.asked(1);
  const rest = Array.from({ length: 31 }, paste);
  await client.asked(32);
  assert.ok(oldest.running);
  rest.push(paste());
  await oldest.end();
  await client.asked(33);
  assert.ok(rest.every((program) => program.running));
  client.close();
  await Promise.all(rest.map((program) => program.end()));
});
