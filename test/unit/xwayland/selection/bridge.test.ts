// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type {
  HostSelection,
  HostSource,
  SelectionOffer,
  SourceEvents,
} from "../../../../src/clipboard/host-selection.ts";
import { silent } from "../../../../src/log/logger.ts";
import type { WlObject } from "../../../../src/wire/wl-object.ts";
import type { X11Connection } from "../../../../src/x11/client/connection.ts";
import type { Windows } from "../../../../src/xwayland/base/windows.ts";
import type { WmContext } from "../../../../src/xwayland/base/wm-context.ts";
import type { XEvents } from "../../../../src/xwayland/base/x-events.ts";
import { SelectionBridge } from "../../../../src/xwayland/selection/bridge.ts";
import { TransferEvents } from "../../../../src/xwayland/selection/transfer-events.ts";

const MARKER = "application/x-marker";
const names = ["CLIPBOARD", "TARGETS", "_WAYLAND_PROXY_SELECTION", "text/first", "text/second"];
const atom = (name: string): number => names.indexOf(name) + 1;
const XCLIENT = 0x40_0001;

/** A host's selection as compositors have it: older serials than that of what is there are ignored, without a word. */
class FakeHost implements HostSelection {
  readonly isFocusBound: boolean;
  /** What it has, by its types; null for nothing. */
  types: readonly string[] | null = null;
  /** Of what it has. */
  serial = 0;
  /** With which serials something was offered to it. */
  readonly offeredWith: number[] = [];
  /** Sources that were made and not destroyed. */
  readonly sources = new Set<HostSource>();
  #owner: SourceEvents | null = null;
  #tell: (offer: SelectionOffer | null) => void = () => {};

  constructor(isFocusBound: boolean) {
    this.isFocusBound = isFocusBound;
  }

  onSelection(listener: (offer: SelectionOffer | null) => void): void {
    this.#tell = listener;
  }

  set(mimeTypes: readonly string[], serial: number, events: SourceEvents): HostSource {
    this.offeredWith.push(serial);
    const source = { destroy: () => void this.sources.delete(source) };
    this.sources.add(source);
    if (!this.isFocusBound || this.types === null || serial > this.serial) this.#put(mimeTypes, serial, events);
    return source;
  }

  /** One of its programs copies something. */
  copies(types: readonly string[] | null, serial: number): void {
    this.#put(types, serial, null);
  }

  /** Tells again what it has, as it does before it gives the keyboard. */
  repeats(): void {
    this.#tell(this.types === null ? null : { mimeTypes: this.types, receive: () => null, destroy() {} });
  }

  #put(types: readonly string[] | null, serial: number, owner: SourceEvents | null): void {
    const before = this.#owner;
    this.types = types;
    this.serial = serial;
    this.#owner = owner;
    setImmediate(() => {
      before?.cancelled();
      this.repeats();
    });
  }
}

for (const isFocusBound of [true, false]) {
  describe(`what X clients copy, for a host that ${isFocusBound ? "wants input for it" : "has data control"}`, () => {
    let host: FakeHost;
    let input: { hasKeyboard: boolean; serial: number };
    /** The user presses a key in an X window. */
    let key: (serial: number) => Promise<void>;
    /** An X client copies something of a type. */
    let copy: (type: string) => Promise<void>;
    /** Whether X clients get what the host has. */
    let isTakenByUs: () => boolean;

    beforeEach(() => {
      host = new FakeHost(isFocusBound);
      const handlers = new Map<string, ((event: object) => void)[]>();
      const tell = (name: string, event: object): void => {
        for (const handler of handlers.get(name) ?? []) handler(event);
      };
      const events = {
        on: (name: string, handler: (event: object) => void) =>
          handlers.set(name, [...(handlers.get(name) ?? []), handler]),
        now: () => Promise.resolve(1),
      };
      let target = "";
      let ids = 0x20_0000;
      let owner = 0;
      const changed = (): void =>
        tell("XFixes.SelectionNotify", { selection: atom("CLIPBOARD"), owner, subtype: 0, selection_timestamp: 1 });
      const x = {
        setup: { root: 1, idBase: 0x20_0000, idMask: 0x1f_ffff },
        atoms: { atom, names: async (atoms: number[]) => atoms.map((one) => names[one - 1] ?? null) },
        allocateId: () => ++ids,
        releaseId: () => {},
        send: (name: string, values: { requestor: number; property: number; owner: number }) => {
          if (name === "ConvertSelection") setImmediate(() => tell("SelectionNotify", values));
          if (name !== "SetSelectionOwner") return;
          owner = values.owner;
          setImmediate(changed);
        },
        call: async () => ({
          format: 32,
          type: 4,
          bytes_after: 0,
          value: new Uint8Array(Uint32Array.of(atom(target)).buffer),
        }),
      };
      const client = {
        createObject: () => ({ listener: null }),
        sendRequest: (_: WlObject, __: string, { callback }: { callback: WlObject }) =>
          // Behind what the host has said before.
          setImmediate(() => callback.listener?.({ signature: { name: "done" }, args: {} } as never)),
        onEnded: () => () => {},
      };
      let onSerial = (): void => {};
      input = { hasKeyboard: true, serial: 10 };
      key = async (serial) => {
        input.serial = serial;
        onSerial();
        await settled();
      };
      copy = async (type) => {
        target = type;
        owner = XCLIENT;
        changed();
        await settled();
      };
      isTakenByUs = () => owner !== XCLIENT && owner !== 0;
      const context = {
        x,
        client,
        events,
        input: Object.assign(input, {
          onSerial: (listener: () => void) => {
            onSerial = listener;
          },
        }),
        log: silent,
        explain: null,
      };
      const transferEvents = new TransferEvents(
        x as unknown as X11Connection,
        events as unknown as XEvents,
        new Map() as unknown as Windows,
      );
      new SelectionBridge(context as unknown as WmContext, transferEvents, "CLIPBOARD", host, MARKER);
    });

    const settled = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) await turn();
    };
    const has = (type: string): boolean => host.types?.includes(type) === true;

    it("is the host's when the user has just done something", async () => {
      await copy("text/first");
      assert.ok(has("text/first"));
      assert.equal(host.sources.size, 1);
    });

    it("is not lost when something was copied elsewhere since the user's last input", async () => {
      await key(11);
      host.copies(["text/other"], 12);
      await settled();
      assert.ok(isTakenByUs());
      await copy("text/first");
      assert.equal(has("text/first"), !isFocusBound, "the host takes no notice");
      await key(13);
      assert.ok(has("text/first"));
      assert.equal(host.sources.size, 1);
      await key(14);
      assert.deepEqual(host.offeredWith, isFocusBound ? [11, 13] : [11]);
    });

    it("is not lost when the host repeats its offer, and then returns the keyboard", async () => {
      host.copies(["text/other"], 12);
      await settled();
      await copy("text/first");
      input.hasKeyboard = false;
      host.repeats();
      await settled();
      input.hasKeyboard = true;
      await key(20);
      assert.ok(has("text/first"));
    });

    it("is offered although its client had copied something else with the same input", async () => {
      await copy("text/first");
      await copy("text/second");
      assert.equal(has("text/second"), !isFocusBound);
      await key(11);
      assert.ok(has("text/second"));
      assert.equal(host.sources.size, 1);
    });

    it("gives way to what is copied elsewhere afterwards, offered or not", async () => {
      await copy("text/first");
      host.copies(["text/other"], 12);
      await settled();
      assert.ok(isTakenByUs());
      assert.equal(host.sources.size, 0);
      await key(12);
      await copy("text/second");
      host.copies(["text/another"], 13);
      await settled();
      assert.ok(isTakenByUs());
      await key(14);
      assert.deepEqual(host.types, ["text/another"]);
    });

    it("is the host's when nothing is copied elsewhere any more", { skip: !isFocusBound }, async () => {
      host.copies(["text/other"], 12);
      await settled();
      await copy("text/first");
      host.copies(null, 13);
      await settled();
      assert.ok(has("text/first"));
    });

    it("is still X's while no X client may ask for what was copied elsewhere since then", async () => {
      await copy("text/first");
      input.hasKeyboard = false;
      host.copies(["text/other"], 12);
      await settled();
      assert.equal(isTakenByUs(), isFocusBound, "who is told without the keyboard is about to get it");
      input.hasKeyboard = true;
      await key(13);
      assert.ok(isTakenByUs());
      assert.deepEqual(host.types, ["text/other"]);
    });

    it("waits for the keyboard where the host wants that", async () => {
      input.hasKeyboard = false;
      await copy("text/first");
      assert.equal(has("text/first"), !isFocusBound);
      input.hasKeyboard = true;
      await key(11);
      assert.ok(has("text/first"));
    });
  });
}
