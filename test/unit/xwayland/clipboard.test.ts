// SPDX-License-Identifier: Apache-2.0
/** What is copied on either side: the whole window manager between a fake X server and a fake desktop. */
import assert from "node:assert/strict";
import { createReadStream, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import { pipe } from "../../../src/native/pipe.ts";
import type { X11Connection } from "../../../src/x11/client/connection.ts";
import { getProperty, setProperty } from "../../../src/x11/client/properties.ts";
import type { EventOf } from "../../../src/x11/codec/events.ts";
import { Atom, EventMask } from "../../../src/x11/generated/enums.ts";
import { eventually } from "../../support/eventually.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import { WmStage } from "../../support/wm-stage.ts";
import type { XTestWindow } from "../../support/x-test-window.ts";

const UTF8_TYPE = "text/plain;charset=utf-8";
const words = "Größe: 5 € für Jürgen\n";

const kinds = {
  CLIPBOARD: { manager: "wl_data_device_manager 3", device: "wl_data_device", offer: "wl_data_offer" },
  PRIMARY: {
    manager: "zwp_primary_selection_device_manager_v1 1",
    device: "zwp_primary_selection_device_v1",
    offer: "zwp_primary_selection_offer_v1",
  },
} as const;

/** One selection, on a stage with an X client that has a window, and the keyboard if it is to have it. */
class SelectionStage {
  readonly stage: WmStage;
  readonly x: X11Connection;
  readonly window: XTestWindow;
  readonly #name: keyof typeof kinds;
  readonly #device: FakeObject;

  private constructor(stage: WmStage, window: XTestWindow, name: keyof typeof kinds, device: FakeObject) {
    this.stage = stage;
    this.x = window.x;
    this.window = window;
    this.#name = name;
    this.#device = device;
  }

  static async set(t: TestContext, name: keyof typeof kinds, hasKeyboard = true): Promise<SelectionStage> {
    const { manager, device } = kinds[name];
    const { stage, x } = await WmStage.set(t, { globals: [manager] });
    const got = stage.host.inbox.all.find(({ args }) => String(args["id"]).startsWith(`${device}#`));
    const { ours, theirs } = await stage.show(x);
    if (hasKeyboard) stage.desktop.focus(theirs);
    if (hasKeyboard) await ours.expect("FocusIn");
    await x.atoms.intern([name, "TARGETS", "UTF8_STRING", "INCR", "ANSWER", "NONSENSE"]);
    return new SelectionStage(stage, ours, name, got?.objectArg("id") as FakeObject);
  }

  atom(name: string): number {
    return this.x.atoms.atom(name);
  }

  /** Who has it on the X side. */
  get owner(): number {
    return this.stage.xwayland.model.selectionOwner(this.atom(this.#name));
  }

  /** A program of the host's copies something, of which the window manager hears. */
  copyOnHost(...types: string[]): FakeObject {
    const offer = this.#device.create("data_offer");
    for (const type of types) offer.send("offer", type);
    this.#device.send("selection", offer);
    return offer;
  }

  /** What was copied on the host is gone. */
  clearOnHost(): void {
    this.#device.send("selection", null);
  }

  /** The X client copies something, and says in which targets it is to be had. */
  async copyInX(...targets: string[]): Promise<void> {
    const { x, window } = this;
    x.send("SetSelectionOwner", { owner: window.id, selection: this.atom(this.#name), time: 0 });
    const asked = await this.asked("TARGETS");
    const names = Uint32Array.from(targets, (target) => this.atom(target));
    setProperty(x, asked.requestor, asked.property, Atom.ATOM, names);
    this.answer(asked);
  }

  /** The next that the window manager asks the X client for. */
  asked(target: string): Promise<EventOf<"SelectionRequest">> {
    return this.window.expect("SelectionRequest", (event) => event.target === this.atom(target));
  }

  /** The X client has put the answer where it was asked for. */
  answer({ requestor, selection, target, property, time }: EventOf<"SelectionRequest">): void {
    const values = { requestor, selection, target, property, time };
    this.x.sendEvent(requestor, EventMask.NoEvent, { name: "SelectionNotify", ...values });
  }

  /** The source that the host was offered for what the X client has copied, and its types. */
  async offered(): Promise<{ source: FakeObject; types: unknown[] }> {
    const { host } = this.stage;
    const request = `${kinds[this.#name].device}.set_selection`;
    const found = await eventually("an offer", () => host.inbox.all.filter(({ name }) => name === request).at(-1));
    const source = found.objectArg("source");
    const types = host.inbox.all.flatMap(({ name, object, args }) =>
      object === source && name.endsWith(".offer") ? [args["mime_type"]] : [],
    );
    return { source, types };
  }

  /** The X client asks for what is copied. Resolves to the answer's bytes; null for a refusal. */
  async convert(target: string): Promise<Uint8Array | null> {
    const { x, window } = this;
    const property = this.atom("ANSWER");
    const requestor = window.id;
    x.send("ConvertSelection", {
      requestor,
      selection: this.atom(this.#name),
      target: this.atom(target),
      property,
      time: 0,
    });
    const answer = await window.expect("SelectionNotify", (event) => event.target === this.atom(target));
    return answer.property === 0 ? null : ((await getProperty(x, requestor, property))?.bytes ?? null);
  }
}

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
