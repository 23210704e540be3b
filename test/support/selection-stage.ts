// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from "node:test";
import type { PolicyGuard } from "../../src/policy/guard.ts";
import type { X11Connection } from "../../src/x11/client/connection.ts";
import { getProperty, setProperty } from "../../src/x11/client/properties.ts";
import type { EventOf } from "../../src/x11/codec/events.ts";
import { Atom, EventMask } from "../../src/x11/generated/enums.ts";
import { eventually } from "./eventually.ts";
import type { FakeObject } from "./fake-object.ts";
import { WmStage } from "./wm-stage.ts";
import type { XTestWindow } from "./x-test-window.ts";

/** The interfaces of the host's for each selection. */
export const kinds = {
  CLIPBOARD: { manager: "wl_data_device_manager 3", device: "wl_data_device", offer: "wl_data_offer" },
  PRIMARY: {
    manager: "zwp_primary_selection_device_manager_v1 1",
    device: "zwp_primary_selection_device_v1",
    offer: "zwp_primary_selection_offer_v1",
  },
} as const;

/** The name of a selection. */
export type SelectionName = keyof typeof kinds;

/** One selection, on a stage with an X client that has a window, and the keyboard if it is to have it. */
export class SelectionStage {
  readonly stage: WmStage;
  readonly x: X11Connection;
  readonly window: XTestWindow;
  readonly #name: SelectionName;
  readonly #device: FakeObject;

  private constructor(stage: WmStage, window: XTestWindow, name: SelectionName, device: FakeObject) {
    this.stage = stage;
    this.x = window.x;
    this.window = window;
    this.#name = name;
    this.#device = device;
  }

  static async set(
    t: TestContext,
    name: SelectionName,
    hasKeyboard = true,
    guard?: PolicyGuard,
  ): Promise<SelectionStage> {
    const { manager, device } = kinds[name];
    const { stage, x } = await WmStage.set(t, { globals: [manager], ...(guard && { guard }) });
    const { ours, theirs } = await stage.show(x);
    const got = stage.host.inbox.all.find(({ args }) => String(args["id"]).startsWith(`${device}#`));
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
