// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { unixHost } from "../../../src/host/unix.ts";
import { DisplaySocket } from "../../../src/listen/display-socket.ts";
import type { Fd } from "../../../src/native/fd.ts";
import {
  accept,
  connectUnix,
  listenUnix,
  setSoftFdLimit,
  socketPair,
  softFdLimit,
} from "../../../src/native/socket.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { createProxy } from "../../../src/proxy.ts";
import { SocketTransport } from "../../../src/wire/socket-transport.ts";
import type { Transport } from "../../../src/wire/transport.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { FakeClient } from "../../support/fake-client.ts";
import { turnUntil } from "../../support/patience.ts";
import { proxied } from "../../support/proxied.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";

/** A display in a directory of its own; both are gone, and nothing else is left, when the part is over. */
async function withDisplay(part: (display: DisplaySocket, directory: string) => Promise<void>): Promise<void> {
  const before = openDescriptors();
  const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-test-"));
  const display = DisplaySocket.open(directory, "proxied");
  try {
    await part(display, directory);
    assert.deepEqual(openDescriptors(), before);
  } finally {
    display.close();
    rmSync(directory, { recursive: true });
  }
}

describe("a proxy", () => {
  it("counts its clients, and says when there is none", async (t) => {
    const stage = await proxied(t);
    await stage.client.roundtrip();
    assert.equal(stage.proxy.sessions, 1);
    const other = await stage.connect();
    await other.client.roundtrip();
    assert.equal(stage.proxy.sessions, 2);
    let idle = false;
    const becomesIdle = stage.proxy.idle().then(() => {
      idle = true;
    });
    stage.client.close();
    await stage.host.closed;
    assert.equal(idle, false);
    other.client.close();
    await becomesIdle;
    assert.equal(stage.proxy.sessions, 0);
    await stage.proxy.idle();
  });

  it("that is closed ends its sessions, on both sides, and removes its socket", async (t) => {
    const stage = await proxied(t);
    const other = await stage.connect();
    assert.ok(existsSync(stage.path));
    await stage.proxy.close();
    await Promise.all([stage.client, stage.host, other.client, other.host].map((peer) => peer.closed));
    assert.ok(!existsSync(stage.path));
    assert.equal(stage.proxy.sessions, 0);
    await stage.proxy.close();
  });

  it("that is closed while a client is on its way to the host leaves neither of them", async () => {
    await withDisplay(async (display, directory) => {
      let connected = (_: Transport): void => {};
      let asked = (): void => {};
      const wanted = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const connectHost = (): Promise<Transport> => {
        asked();
        return new Promise((resolve) => {
          connected = resolve;
        });
      };
      const proxy = createProxy({ display, connectHost });
      const client = new FakeClient(display.path, new ProtocolRegistry());
      await wanted;
      assert.equal(proxy.sessions, 1);
      const closed = proxy.close();
      const [near, far] = socketPair();
      connected(new SocketTransport(near));
      await Promise.all([closed, client.closed]);
      far.close();
      assert.deepEqual(readdirSync(directory), []);
    });
  });

  it("turns away more clients than its descriptors suffice for, and serves the others", async (t) => {
    const limit = softFdLimit();
    setSoftFdLimit(openDescriptors().length + 60);
    const stage = await proxied(t).finally(() => setSoftFdLimit(limit));
    let turnedAway = false;
    for (let i = 0; i < 30 && !turnedAway; i++) {
      const client = stage.newClient();
      const state = stage.compositor.nextConnection().then(() => false);
      turnedAway = await Promise.race([state, client.whenClosed.then(() => true)]);
    }
    assert.ok(turnedAway);
    assert.ok(stage.log.some((text) => /^warn: client \d+ .*is turned away: \d+ clients are connected/.test(text)));
    await stage.client.roundtrip();
  });

  it("logs every message when it is verbose, with its client and the side it is on", async (t) => {
    const stage = await proxied(t, { globals: windowGlobals, verbose: true });
    const { toplevel } = await openWindow(stage);
    const named = (object: unknown): string => String(object).replace("#", "@");
    toplevel.ours.send("set_title", 'a "title"');
    toplevel.theirs.send("configure", 640, 480, Buffer.alloc(4));
    await stage.client.expect("xdg_toplevel.configure");
    await stage.host.expect("xdg_toplevel.set_title");
    const lines = stage.log.map((line) =>
      line.replace(/^\d\d:\d\d:\d\d\.\d{6} (\[\w+\]) client 1 \(.*?, pid \d+\) /, "$1 "),
    );
    assert.ok(lines.includes(`[client] -> ${named(toplevel.ours)}.set_title(title="a \\"title\\"")`), lines.join("\n"));
    assert.ok(
      lines.includes(`[server] -> ${named(toplevel.theirs)}.set_title(title="a \\"title\\"")`),
      lines.join("\n"),
    );
    assert.ok(
      lines.includes(`[client] <- ${named(toplevel.ours)}.configure(width=640, height=480, states=array[4])`),
      lines.join("\n"),
    );
    assert.ok(
      lines.includes('[client] <- wl_registry@2.global(name=3, interface="wl_compositor", version=6)'),
      lines.join("\n"),
    );
    assert.ok(
      lines.some((line) => /^\[client\] -> wl_registry@2\.bind\(name=3, id=new wl_compositor@3 v6\)$/.test(line)),
      lines.join("\n"),
    );
  });
});

describe("a host that is too busy to take a connection", () => {
  /** A listener with no room for one more, and what can make some. */
  async function withBusyHost(part: (path: string, makeRoom: () => void) => Promise<void>): Promise<void> {
    const before = openDescriptors();
    const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-test-"));
    const path = join(directory, "host");
    const listener = listenUnix(path);
    const queued: Fd[] = [];
    assert.throws(() => {
      for (;;) queued.push(connectUnix(path));
    }, /EAGAIN/);
    await part(path, () => {
      for (let fd = accept(listener.raw); fd !== null; fd = accept(listener.raw)) fd.close();
    });
    for (const fd of [...queued, listener]) fd.close();
    rmSync(directory, { recursive: true });
    assert.deepEqual(openDescriptors(), before);
  }

  it("is waited for", async () => {
    await withBusyHost(async (path, makeRoom) => {
      const connecting = unixHost(path)(new AbortController().signal);
      makeRoom();
      (await connecting).close();
    });
  });

  it("is not waited for when the proxy is closed", async () => {
    await withBusyHost(async (path) => {
      await withDisplay(async (display) => {
        const proxy = createProxy({ display, connectHost: unixHost(path) });
        const client = new FakeClient(display.path, new ProtocolRegistry());
        await turnUntil(() => proxy.sessions > 0, "a session");
        await proxy.close();
        await client.closed;
      });
    });
  });

  it("is not waited for when nobody is there at all", async () => {
    await assert.rejects(unixHost("/nonexistent/host")(new AbortController().signal), { code: "ENOENT" });
  });
});
