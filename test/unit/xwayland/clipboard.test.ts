// SPDX-License-Identifier: Apache-2.0
/** What is copied on either side: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { createReadStream, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { Clipboards } from "../../../src/clipboard/clipboard.ts";
import type { Copy } from "../../../src/clipboard/copy.ts";
import { Crossing } from "../../../src/clipboard/crossing.ts";
import { silent } from "../../../src/log/logger.ts";
import { pipe, writeFd } from "../../../src/native/pipe.ts";
import { isolated, shared } from "../../../src/policy/kinds.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { setProperty } from "../../../src/x11/client/properties.ts";
import { eventually } from "../../support/eventually.ts";
import { guarding } from "../../support/policy.ts";
import { kinds, SelectionStage } from "../../support/selection-stage.ts";

const UTF8_TYPE = "text/plain;charset=utf-8";
const words = "Größe: 5 € für Jürgen\n";

for (const name of ["CLIPBOARD", "PRIMARY"] as const) {
  describe(`what an X client has in ${name}`, () => {
    it("is offered to the host in its types, and sent to whoever pastes it there", async (t) => {
      const selection = await SelectionStage.set(t, name);
      await selection.copyInX("UTF8_STRING");
      const { source, types } = await selection.offered();
      assert.ok(types.includes(UTF8_TYPE) && types.includes("text/plain"), String(types));
      const [read, write] = pipe();
      source.send("send", UTF8_TYPE, write);
      const asked = await selection.asked("UTF8_STRING");
      setProperty(selection.x, asked.requestor, asked.property, asked.target, Buffer.from(words));
      selection.answer(asked);
      assert.equal(await text(createReadStream("", { fd: read.take() })), words);
    });

    it("comes in parts if it is large", async (t) => {
      const selection = await SelectionStage.set(t, name);
      await selection.copyInX("UTF8_STRING");
      const { source } = await selection.offered();
      const [read, write] = pipe();
      source.send("send", UTF8_TYPE, write);
      const pasted = text(createReadStream("", { fd: read.take() }));
      const { x } = selection;
      const asked = await selection.asked("UTF8_STRING");
      const { model } = selection.stage.xwayland;
      const isTaken = (): boolean => model.windows.get(asked.requestor)?.properties.has(asked.property) !== true;
      setProperty(x, asked.requestor, asked.property, selection.atom("INCR"), Uint32Array.of(6));
      selection.answer(asked);
      for (const part of ["one", "two", ""]) {
        await x.call("GetInputFocus");
        await eventually("the part before to be taken", isTaken);
        setProperty(x, asked.requestor, asked.property, asked.target, Buffer.from(part));
      }
      assert.equal(await pasted, "onetwo");
    });

    it("is recognized when the host offers it back, and stays the client's", async (t) => {
      const selection = await SelectionStage.set(t, name);
      await selection.copyInX("UTF8_STRING");
      const { types } = await selection.offered();
      selection.copyOnHost(...(types as string[]));
      await selection.stage.settled(selection.x);
      assert.equal(selection.owner, selection.window.id);
    });

    it("is offered to the host as soon as an X window has the keyboard, without which that takes nothing", async (t) => {
      const selection = await SelectionStage.set(t, name, false);
      const { stage } = selection;
      await selection.copyInX("UTF8_STRING");
      await stage.settled(selection.x);
      const offers = (): number =>
        stage.host.inbox.all.filter(({ name: one }) => one.endsWith(".set_selection")).length;
      const before = offers();
      stage.desktop.focus(stage.desktop.windows[0] ?? null);
      await eventually("the offer", () => offers() > before);
    });
  });

  describe(`what a program of the host's has in ${name}`, () => {
    it("is offered to X clients, text also under its old names, and sent to whoever pastes it", async (t) => {
      const selection = await SelectionStage.set(t, name);
      selection.copyOnHost(UTF8_TYPE, "image/png");
      await eventually("it to be ours", () => selection.owner !== 0);
      const targets = new Uint32Array((await selection.convert("TARGETS"))?.slice().buffer ?? new ArrayBuffer(0));
      const names = await selection.x.atoms.names([...targets]);
      for (const target of ["TARGETS", "TIMESTAMP", "MULTIPLE", "image/png", "UTF8_STRING", "STRING"]) {
        assert.ok(names.map(String).includes(target), `${target} in ${names}`);
      }
      const answered = selection.convert("UTF8_STRING");
      const { host } = selection.stage;
      const request = await host.expect(`${kinds[name].offer}.receive`);
      assert.equal(request.arg("mime_type"), UTF8_TYPE);
      const fd = request.fdArg("fd");
      writeFileSync(fd.raw, words);
      fd.close();
      assert.equal(Buffer.from((await answered) ?? []).toString(), words);
    });

    it("is refused in targets that it does not have, and gone when the host has nothing any more", async (t) => {
      const selection = await SelectionStage.set(t, name);
      selection.copyOnHost(UTF8_TYPE);
      await eventually("it to be ours", () => selection.owner !== 0);
      assert.equal(await selection.convert("NONSENSE"), null);
      selection.clearOnHost();
      await eventually("it to be nobody's", () => selection.owner === 0);
    });

    it("takes the place of what an X client had, which hears of that", async (t) => {
      const selection = await SelectionStage.set(t, name);
      await selection.copyInX("UTF8_STRING");
      const { source, types } = await selection.offered();
      // The host says that it has taken it.
      selection.copyOnHost(...(types as string[]));
      await selection.stage.settled(selection.x);
      const cleared = selection.window.expect("SelectionClear");
      source.send("cancelled");
      selection.copyOnHost("image/png");
      await cleared;
      assert.notEqual(selection.owner, selection.window.id);
    });
  });
}

describe("what X clients copy under a policy", () => {
  const wanted = (...types: string[]): Copy & { asked: string[]; cancelled: number } => ({
    types,
    asked: [],
    cancelled: 0,
    send(mimeType, target) {
      this.asked.push(mimeType);
      writeFd(target.raw, Buffer.from(words), 0, Buffer.byteLength(words));
      target.close();
    },
    replaced() {
      this.cancelled++;
    },
  });

  for (const name of ["CLIPBOARD", "PRIMARY"] as const) {
    const field = name === "CLIPBOARD" ? "clipboard" : "primary";

    it(`of ${name} goes to and comes from programs of their own alone, if it is isolated`, async (t) => {
      const guard = guarding({ [field]: isolated });
      const own = Clipboards.for(guard)[field];
      const selection = await SelectionStage.set(t, name, true, guard);
      const secret = selection.copyOnHost("text/secret");
      await selection.copyInX("UTF8_STRING");
      const copy = await eventually("the copy among programs", () => own.copy);
      assert.deepEqual([...copy.types].sort(), ["text/plain", UTF8_TYPE]);
      const [read, write] = pipe();
      copy.send(UTF8_TYPE, write);
      const asked = await selection.asked("UTF8_STRING");
      setProperty(selection.x, asked.requestor, asked.property, asked.target, Buffer.from(words));
      selection.answer(asked);
      assert.equal(await text(createReadStream("", { fd: read.take() })), words);
      const next = wanted(UTF8_TYPE);
      own.set(next);
      await eventually("the copy of another program", () => selection.owner !== selection.window.id);
      assert.equal(Buffer.from((await selection.convert("UTF8_STRING")) ?? []).toString(), words);
      assert.deepEqual(next.asked, [UTF8_TYPE]);
      const { inbox } = selection.stage.host;
      assert.equal(inbox.count(`${kinds[name].device}.set_selection`), 0);
      assert.equal(inbox.count(`${kinds[name].offer}.receive`), 0);
      assert.ok(secret.alive);
    });
  }

  for (const name of ["CLIPBOARD", "PRIMARY"] as const) {
    const field = name === "CLIPBOARD" ? "clipboard" : "primary";

    it(`of ${name} is moved to the host by a command with the next key in an X window, without data control`, async (t) => {
      const guard = guarding({ [field]: isolated });
      const realm = Clipboards.for(guard);
      const selection = await SelectionStage.set(t, name, true, guard);
      const { desktop, host } = selection.stage;
      const context = { realm, guard, connect: null, protocol: new ProtocolRegistry(), log: silent };
      const crossing = new Crossing(context, field);
      realm[field].set(wanted(UTF8_TYPE));
      assert.deepEqual(await crossing.out(), { size: null, seconds: 60 });
      const serial = desktop.serial();
      desktop.input("wl_keyboard").send("key", serial, 0, 30, 1);
      const request = `${kinds[name].device}.set_selection`;
      const set = await host.expect(request);
      assert.equal(set.arg("serial"), serial);
      const [read, write] = pipe();
      set.objectArg("source").send("send", "text/plain", write);
      assert.equal(await text(createReadStream("", { fd: read.take() })), words);
      // What X clients may have of the host's moves in without a key.
      selection.copyOnHost("text/plain");
      await selection.stage.settled(selection.x);
      const moved = crossing.in();
      const asked = await host.expect(`${kinds[name].offer}.receive`);
      const fd = asked.fdArg("fd");
      writeFd(fd.raw, Buffer.from("of the host"), 0, 11);
      fd.close();
      assert.deepEqual(await moved, { size: 11, seconds: 60 });
      assert.equal(Buffer.from((await selection.convert("UTF8_STRING")) ?? []).toString(), "of the host");
      crossing.close();
    });
  }

  it("goes to the host in the types that may pass, if they are limited", async (t) => {
    const guard = guarding({ clipboard: { ...shared, types: ["text/plain"], maxSize: 5 } });
    const selection = await SelectionStage.set(t, "CLIPBOARD", true, guard);
    await selection.copyInX("UTF8_STRING");
    const { source, types } = await selection.offered();
    assert.deepEqual(
      types.filter((type) => !String(type).startsWith("application/x-wayland-proxy-")),
      ["text/plain"],
    );
    const [read, write] = pipe();
    source.send("send", "text/plain", write);
    const asked = await selection.asked("UTF8_STRING");
    setProperty(selection.x, asked.requestor, asked.property, asked.target, Buffer.from("too long"));
    selection.answer(asked);
    assert.equal(await text(createReadStream("", { fd: read.take() })), "too l");
  });
});
