// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { SecuredHost } from "../../../src/host/security-context.ts";
import { Fd } from "../../../src/native/fd.ts";
import { accept } from "../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../src/native/watch.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { openDescriptors, untilOpen } from "../../support/descriptors.ts";
import { FakeCompositor } from "../../support/fake-compositor.ts";

const MANAGER = "wp_security_context_manager_v1";
const identity = { engine: "wayland-proxy", appId: "bank", instanceId: "bank" };

/** A compositor that knows security contexts, and counts who comes through one. */
class Place {
  readonly directory: string = mkdtempSync(join(tmpdir(), "security-context-"));
  readonly log: string[] = [];
  readonly host: SecuredHost;
  compositor: FakeCompositor;
  sandboxed = 0;
  contexts = 0;
  readonly #before = openDescriptors();
  readonly #ends: (() => void)[] = [];

  constructor(t: TestContext, ...globals: string[]) {
    this.compositor = this.start(...globals);
    this.host = new SecuredHost(join(this.directory, "host"), identity, {
      error: () => {},
      warn: () => {},
      debug: () => {},
      info: (text) => void this.log.push(text),
    });
    t.after(async () => {
      this.host[Symbol.dispose]();
      this.stop();
      assert.deepEqual(readdirSync(this.directory), []);
      rmSync(this.directory, { recursive: true });
      await untilOpen(this.#before);
    });
  }

  start(...globals: string[]): FakeCompositor {
    this.compositor = new FakeCompositor(join(this.directory, "host"), new ProtocolRegistry(), globals);
    const fds: Fd[] = [];
    this.compositor.reactions.set(`${MANAGER}.create_listener`, (message) => {
      // They are the compositor's from now on, whatever becomes of this client.
      fds.splice(0, 2, new Fd(message.fdArg("listen_fd").take()), new Fd(message.fdArg("close_fd").take()));
      this.#ends.push(() => {
        for (const fd of fds) fd.close();
      });
    });
    this.compositor.reactions.set("wp_security_context_v1.commit", () => {
      this.contexts++;
      const [listener] = fds as [Fd, Fd];
      const watch = new Watch(listener.raw, () => {
        const client = accept(listener.raw);
        if (client === null) return;
        this.sandboxed++;
        client.close();
      });
      watch.set(READABLE);
      this.#ends.unshift(() => watch.close());
    });
    return this.compositor;
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.compositor.close();
  }

  /** Makes a connection, and waits until the compositor has ended it. */
  async connect(): Promise<void> {
    const transport = await this.host.connect(new AbortController().signal);
    await new Promise<void>((resolve) => {
      transport.listen(resolve, () => {});
      transport.watch(true, false);
    });
    transport.close();
  }
}

test("connections are made through one context, which says who they are, and leave no file", async (t) => {
  const place = new Place(t, "wl_compositor", MANAGER);
  await place.connect();
  await place.connect();
  assert.equal(place.sandboxed, 2);
  assert.deepEqual(readdirSync(place.directory), ["host"]);
  const host = await place.compositor.nextConnection();
  const told = host.inbox.all.filter(({ name }) => name.startsWith("wp_security_context_v1."));
  assert.deepEqual(
    told.map(({ name, args }) => [name.split(".")[1], ...Object.values(args)]),
    [["set_sandbox_engine", "wayland-proxy"], ["set_app_id", "bank"], ["set_instance_id", "bank"], ["commit"]],
  );
  assert.deepEqual(host.violations, []);
  assert.deepEqual(place.log, []);
});

test("connections that are made at once share the context", async (t) => {
  const place = new Place(t, MANAGER);
  await Promise.all([place.connect(), place.connect(), place.connect()]);
  assert.equal(place.sandboxed, 3);
});

test("a program that leaves before the compositor has answered costs no other one its connection", async (t) => {
  const place = new Place(t, MANAGER);
  const leaving = new AbortController();
  const left = place.host.connect(leaving.signal);
  const stays = place.connect();
  leaving.abort();
  await assert.rejects(left);
  await stays;
  assert.equal(place.sandboxed, 1);
});

test("connections that are made at once to a compositor that was started anew share its context", async (t) => {
  const place = new Place(t, MANAGER);
  await place.connect();
  place.stop();
  place.start(MANAGER);
  await Promise.all([place.connect(), place.connect(), place.connect()]);
  assert.equal(place.sandboxed, 4);
  assert.equal(place.contexts, 2, "one of each compositor");
});

test("a compositor that was started anew gets a new context", async (t) => {
  const place = new Place(t, MANAGER);
  await place.connect();
  place.stop();
  await assert.rejects(place.connect(), /ENOENT|ECONNREFUSED/);
  place.start(MANAGER);
  await place.connect();
  assert.equal(place.sandboxed, 2);
});

test("a compositor without contexts is connected to as it is, which is said once", async (t) => {
  const place = new Place(t, "wl_compositor");
  for (let count = 0; count < 2; count++) {
    (await place.host.connect(new AbortController().signal)).close();
  }
  assert.equal(place.log.length, 1);
  assert.match(place.log[0] ?? "", /knows no security contexts/);
});

test("a compositor that refuses the context is not connected to without one", async (t) => {
  const place = new Place(t, MANAGER);
  place.compositor.reactions.set("wp_security_context_v1.commit", (message) => {
    const [host] = place.compositor.connections;
    host?.fail(message.object, 3, "no such engine");
  });
  await assert.rejects(place.host.connect(new AbortController().signal), /refuses a security context: no such engine/);
});
