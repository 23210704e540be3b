// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type HostStates, noStates } from "../../../../src/frame/host-states.ts";
import type { XWindow } from "../../../../src/xwayland/base/window.ts";
import type { WindowListener } from "../../../../src/xwayland/base/windows.ts";
import type { WmContext } from "../../../../src/xwayland/base/wm-context.ts";
import { States } from "../../../../src/xwayland/shell/states.ts";
import { Toplevel } from "../../../../src/xwayland/shell/toplevel.ts";
import { xWindow } from "../../../support/x-window.ts";

const ADD = 1;

/** An atom is its name's number, from 1. */
const names: string[] = [];
const atom = (name: string): number => (names.includes(name) ? names.indexOf(name) + 1 : names.push(name));

describe("the states of a window", () => {
  let window: XWindow;
  let listener: WindowListener;
  /** Sends a message as clients do (EWMH). */
  let message: (type: string, ...data: number[]) => void;
  /** The names in _NET_WM_STATE. */
  let written: string[];

  beforeEach(() => {
    window = xWindow(101);
    written = [];
    const handlers = new Map<string, (window: XWindow, data: readonly number[]) => void>();
    message = (type, ...data) => handlers.get(type)?.(window, data);
    const listeners: WindowListener[] = [];
    const context = {
      x: {
        atoms: { atom },
        maxRequest: 1 << 16,
        send: (name: string, { property, data }: { property: number; data: Uint8Array }) => {
          if (name !== "ChangeProperty" || property !== atom("_NET_WM_STATE")) return;
          const atoms = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
          written = Array.from(atoms, (one) => (names[one - 1] ?? "").replace("_NET_WM_STATE_", ""));
        },
      },
      events: { onMessage: (type: string, handler: never) => handlers.set(type, handler) },
      windows: { listen: (one: WindowListener) => listeners.push(one), tell: () => {} },
      user: { listen: () => {}, focused: null },
      explain: null,
    };
    new States(context as unknown as WmContext);
    listener = listeners[0] ?? {};
    listener.mapping?.(window);
    window.role = Object.create(Toplevel.prototype) as Toplevel;
    configured({});
  });

  /** The host shows it in that way. */
  function configured(states: Partial<HostStates>): void {
    Object.defineProperty(window.role, "states", { value: { ...noStates, ...states }, configurable: true });
    listener.configured?.(window);
  }

  it("have that it wants attention until the user is there, whatever else the host says of it", () => {
    message("_NET_WM_STATE", ADD, atom("_NET_WM_STATE_DEMANDS_ATTENTION"));
    assert.deepEqual(written, ["DEMANDS_ATTENTION"]);
    configured({});
    assert.deepEqual(written, ["DEMANDS_ATTENTION"]);
    configured({ tiled: true });
    assert.ok(window.wantedStates.has("DEMANDS_ATTENTION"));
    configured({ activated: true });
    assert.deepEqual(written, []);
    assert.ok(!window.wantedStates.has("DEMANDS_ATTENTION"));
  });

  it("are what the host has made of them, and not what was asked for", () => {
    Object.defineProperty(window.role, "setFullscreen", { value: () => {} });
    message("_NET_WM_STATE", ADD, atom("_NET_WM_STATE_FULLSCREEN"));
    assert.deepEqual(written, []);
    configured({ fullscreen: true, activated: true });
    assert.deepEqual(written, ["FULLSCREEN"]);
  });
});
