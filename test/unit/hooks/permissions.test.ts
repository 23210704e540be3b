// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Permission, Policy } from "../../../src/policy/policy.ts";
import { guarding } from "../../support/policy.ts";
import { type Pair, proxied, type Stage } from "../../support/proxied.ts";
import { openWindow, windowGlobals } from "../../support/window.ts";

/** Something that programs ask for. */
interface Case {
  readonly field: keyof Policy;
  readonly key: string;
  /** The further globals that the host offers. */
  readonly globals: readonly string[];
  /** Asks for it; the client has a window. */
  ask(pair: Pair): Promise<void>;
  /** The request that the host gets. */
  readonly seen: string;
  /** The request that the host gets in its place. */
  readonly instead?: string;
}

const cases: readonly Case[] = [
  {
    field: "activation",
    key: "activation",
    globals: ["xdg_activation_v1"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      (await pair.client.bind("xdg_activation_v1")).send("activate", "token", surface.ours);
    },
    seen: "xdg_activation_v1.activate",
  },
  {
    field: "activation",
    key: "activation",
    globals: ["xdg_activation_v1", "wl_seat"],
    async ask({ client }) {
      const seat = await client.bind("wl_seat");
      const token = (await client.bind("xdg_activation_v1")).create("get_activation_token");
      token.send("set_serial", 7, seat);
      token.send("commit");
    },
    seen: "xdg_activation_token_v1.set_serial",
    instead: "xdg_activation_token_v1.commit",
  },
  {
    field: "activation",
    key: "activation",
    globals: ["gtk_shell1"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      (await pair.client.bind("gtk_shell1")).create("get_gtk_surface", surface.ours).send("present", 1);
    },
    seen: "gtk_surface1.present",
  },
  {
    field: "fullscreen",
    key: "fullscreen",
    globals: [],
    async ask(pair) {
      const { toplevel } = await openWindow(pair);
      toplevel.ours.send("set_fullscreen", null);
    },
    seen: "xdg_toplevel.set_fullscreen",
    instead: "xdg_toplevel.unset_fullscreen",
  },
  {
    field: "pointerLock",
    key: "pointer-lock",
    globals: ["zwp_pointer_constraints_v1", "wl_seat"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      const pointer = (await pair.client.bind("wl_seat")).create("get_pointer");
      const constraints = await pair.client.bind("zwp_pointer_constraints_v1");
      const lock = constraints.create("lock_pointer", surface.ours, pointer, null, 2);
      lock.send("set_cursor_position_hint", 1, 1);
      lock.send("destroy");
    },
    seen: "zwp_pointer_constraints_v1.lock_pointer",
  },
  {
    field: "pointerLock",
    key: "pointer-lock",
    globals: ["zwp_pointer_constraints_v1", "wl_seat"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      const pointer = (await pair.client.bind("wl_seat")).create("get_pointer");
      const constraints = await pair.client.bind("zwp_pointer_constraints_v1");
      constraints.create("confine_pointer", surface.ours, pointer, null, 1);
    },
    seen: "zwp_pointer_constraints_v1.confine_pointer",
  },
  {
    field: "pointerLock",
    key: "pointer-lock",
    globals: ["wp_pointer_warp_v1", "wl_seat"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      const pointer = (await pair.client.bind("wl_seat")).create("get_pointer");
      (await pair.client.bind("wp_pointer_warp_v1")).send("warp_pointer", surface.ours, pointer, 1, 1, 7);
    },
    seen: "wp_pointer_warp_v1.warp_pointer",
  },
  {
    field: "activation",
    key: "activation",
    globals: ["xdg_activation_v1"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      const token = (await pair.client.bind("xdg_activation_v1")).create("get_activation_token");
      token.send("set_surface", surface.ours);
      token.send("commit");
    },
    seen: "xdg_activation_token_v1.set_surface",
    instead: "xdg_activation_token_v1.commit",
  },
  {
    field: "shortcutInhibition",
    key: "shortcut-inhibition",
    globals: ["zwp_keyboard_shortcuts_inhibit_manager_v1", "wl_seat"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      const seat = await pair.client.bind("wl_seat");
      const manager = await pair.client.bind("zwp_keyboard_shortcuts_inhibit_manager_v1");
      manager.create("inhibit_shortcuts", surface.ours, seat).send("destroy");
    },
    seen: "zwp_keyboard_shortcuts_inhibit_manager_v1.inhibit_shortcuts",
  },
  {
    field: "idleInhibition",
    key: "idle-inhibition",
    globals: ["zwp_idle_inhibit_manager_v1"],
    async ask(pair) {
      const { surface } = await openWindow(pair);
      (await pair.client.bind("zwp_idle_inhibit_manager_v1")).create("create_inhibitor", surface.ours);
    },
    seen: "zwp_idle_inhibit_manager_v1.create_inhibitor",
  },
];

async function stageFor(t: Parameters<typeof proxied>[0], one: Case, value: Permission, log: string[]): Promise<Stage> {
  return proxied(t, { globals: [...windowGlobals, ...one.globals], guard: guarding({ [one.field]: value }, log) });
}

for (const one of cases) {
  describe(one.seen, () => {
    it("reaches the host where the policy allows it, and nothing is logged", async (t) => {
      const log: string[] = [];
      const stage = await stageFor(t, one, "allow", log);
      await one.ask(stage);
      await stage.host.expect(one.seen);
      assert.deepEqual(log, []);
    });

    it("does not reach the host where the policy denies it, which is logged once with the key, and costs the program nothing", async (t) => {
      const log: string[] = [];
      const stage = await stageFor(t, one, "deny", log);
      await one.ask(stage);
      await one.ask(stage);
      await stage.client.roundtrip();
      assert.equal(stage.host.inbox.count(one.seen), 0);
      if (one.instead !== undefined) assert.equal(stage.host.inbox.count(one.instead), 2);
      assert.equal(log.length, 1);
      assert.match(log[0] ?? "", new RegExp(`^client 1 .* is refused: see ${one.key} in its policy$`));
    });
  });
}

describe("a policy that changes while programs run", () => {
  it("counts for the next request of a program that is there", async (t) => {
    const guard = guarding({});
    const { client, host } = await proxied(t, { globals: [...windowGlobals], guard });
    const { toplevel } = await openWindow({ client, host });
    toplevel.ours.send("set_fullscreen", null);
    await host.expect("xdg_toplevel.set_fullscreen");
    guard.replace({ ...guard.policy, fullscreen: "deny" });
    toplevel.ours.send("set_fullscreen", null);
    await host.expect("xdg_toplevel.unset_fullscreen");
  });

  it("is reported for each client by itself", async (t) => {
    const log: string[] = [];
    const stage = await proxied(t, { globals: [...windowGlobals], guard: guarding({ fullscreen: "deny" }, log) });
    const other = await stage.connect();
    for (const pair of [stage, other]) {
      (await openWindow(pair)).toplevel.ours.send("set_fullscreen", null);
      await pair.client.roundtrip();
    }
    assert.equal(log.length, 2);
  });
});
