// SPDX-License-Identifier: Apache-2.0
/** What a shortage of descriptors costs: the transfer that lacks one, and nothing else. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Crossing } from "../../../src/clipboard/crossing.ts";
import { StoredCopy } from "../../../src/clipboard/stored-copy.ts";
import { UserError } from "../../../src/errors.ts";
import { silent } from "../../../src/log/logger.ts";
import { pipe, readFd, writeFd } from "../../../src/native/pipe.ts";
import { setSoftFdLimit, softFdLimit } from "../../../src/native/socket.ts";
import { isolated, shared } from "../../../src/policy/kinds.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { guarding } from "../../support/policy.ts";
import { proxied, type Scope, type Stage } from "../../support/proxied.ts";
import { copy, focus, realmOf } from "../../support/realm.ts";

const limit = softFdLimit();

/** Lets there be no descriptor more while a message is handled. */
function during(message: { after(callback: () => void): void }): void {
  setSoftFdLimit(1);
  message.after(() => setSoftFdLimit(limit));
}

/** A program that has a data device, behind a clipboard whose data goes through us. */
async function limited(
  t: Scope,
  hooks: Hooks,
): Promise<Stage & { manager: FakeObject; ours: FakeObject; theirs: FakeObject }> {
  const stage = await proxied(t, {
    globals: ["wl_seat", "wl_data_device_manager"],
    guard: guarding({ clipboard: { ...shared, maxSize: 100 } }),
    hooks: [{ stage: "offers", ...hooks }],
  });
  const { client, host } = stage;
  const manager = await client.bind("wl_data_device_manager");
  const ours = manager.create("get_data_device", await client.bind("wl_seat"));
  const theirs = (await host.expect("wl_data_device_manager.get_data_device")).objectArg("id");
  return Object.assign(stage, { manager, ours, theirs });
}

async function ended(read: ReturnType<typeof pipe>[0]): Promise<void> {
  await eventually("the end of the transfer", () => readFd(read.raw, Buffer.alloc(1), 0, 1) === 0);
  read.close();
}

describe("without a descriptor more", () => {
  it("something is not pasted, and the program goes on", async (t) => {
    let isShort = true;
    const at = await limited(t, {
      requests: { wl_data_offer: { receive: (message) => void (isShort && during(message)) } },
    });
    const theirs = at.theirs.create("data_offer");
    theirs.send("offer", "text/plain");
    at.theirs.send("selection", theirs);
    const offer = (await at.client.expect("wl_data_device.selection")).objectArg("id");
    const [read, write] = pipe();
    offer.send("receive", "text/plain", write);
    await ended(read);
    assert.match(at.log.join("\n"), /warn: client 1 .*pasting what others have copied failed: .*\(EMFILE\)/);
    isShort = false;
    const [again, into] = pipe();
    offer.send("receive", "text/plain", into);
    (await at.host.expect("wl_data_offer.receive")).close();
    await ended(again);
  });

  it("something that a program has copied is not handed out, and the program goes on", async (t) => {
    const at = await limited(t, { events: { wl_data_source: { send: during } } });
    const source = at.manager.create("create_data_source");
    source.send("offer", "text/plain");
    at.ours.send("set_selection", source, 1);
    const theirs = (await at.host.expect("wl_data_device.set_selection")).objectArg("source");
    const [read, write] = pipe();
    theirs.send("send", "text/plain", write);
    await ended(read);
    assert.match(at.log.join("\n"), /warn: client 1 .*copying for others failed: .*\(EMFILE\)/);
    await at.client.roundtrip();
    assert.equal(at.client.inbox.count("wl_data_source.send"), 0);
  });

  it("a command says that nothing can be moved", async (t) => {
    const { one, realm, guard } = await realmOf(t, { clipboard: isolated });
    focus(one);
    await one.client.expect("wl_data_device.selection");
    copy(one, "text/plain");
    await eventually("the copy", () => realm.clipboard.copy);
    const context = { realm, guard, connect: null, protocol: new ProtocolRegistry(), log: silent };
    const crossing = new Crossing(context, "clipboard");
    const moved = crossing.out().then(
      () => null,
      (reason: unknown) => reason,
    );
    setSoftFdLimit(1);
    const error = await moved.finally(() => setSoftFdLimit(limit));
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, /cannot be moved: .*\(EMFILE\)/);
    await one.client.roundtrip();
  });

  it("what a command has moved is not pasted, and can be later", async () => {
    const log: string[] = [];
    const give = (_type: string, target: ReturnType<typeof pipe>[1]): void => {
      writeFd(target.raw, Buffer.from("moved"), 0, 5);
      target.close();
    };
    const stored = await StoredCopy.of(["text/plain"], give, null, 100, {
      ...silent,
      warn: (line) => void log.push(line),
    });
    const [lost, into] = pipe();
    setSoftFdLimit(1);
    stored.send("text/plain", into);
    setSoftFdLimit(limit);
    await ended(lost);
    assert.match(log.join(), /what a command has moved cannot be pasted: .*\(EMFILE\)/);
    const [read, write] = pipe();
    stored.send("text/plain", write);
    const bytes = Buffer.alloc(10);
    await eventually("the data", () => readFd(read.raw, bytes, 0, 10) === 5);
    read.close();
  });
});
