// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { HookStage, Hooks } from "../../../src/relay/hooks.ts";
import { proxied, type Scope, type Setting, scoped } from "../../support/proxied.ts";
import { openWindow, windowed, windowGlobals } from "../../support/window.ts";

describe("a registry of protocols", () => {
  it("can be shared by two proxies, which do not see each other's hooks", async () => {
    const registry = new ProtocolRegistry();
    const seen: string[] = [];
    const watching = (who: string): Hooks => ({
      requests: { xdg_toplevel: { set_title: ({ args }) => void seen.push(`${who}: ${args.title}`) } },
    });
    const setting = (who: string): Setting => ({
      globals: windowGlobals,
      registry,
      hooks: [watching(who)],
      tag: `[${who}] `,
    });
    const titled = async (scope: Scope, who: string) => {
      const stage = await proxied(scope, setting(who));
      const { toplevel } = await openWindow(stage);
      return async (title: string): Promise<unknown> => {
        toplevel.ours.send("set_title", title);
        const set = await stage.host.expect("xdg_toplevel.set_title", (one) =>
          String(one.arg("title")).endsWith(title),
        );
        return set.arg("title");
      };
    };
    // The second one is there while the first one still is.
    await scoped(async (first) => {
      const a = await titled(first, "a");
      await scoped(async (second) => {
        const b = await titled(second, "b");
        assert.deepEqual([await a("mail"), await b("mail")], ["[a] mail", "[b] mail"]);
      });
    });
    assert.deepEqual(seen, ["a: mail", "b: mail"]);
  });
});

describe("hooks", () => {
  it("run in the order of their stages, however they are given, and in a stage in the order given", async (t) => {
    const order: string[] = [];
    const hook = (name: string, stage?: HookStage): Hooks => ({
      ...(stage === undefined ? {} : { stage }),
      requests: { xdg_toplevel: { set_app_id: () => void order.push(name) } },
    });
    const given = [
      hook("seal", "seal"),
      hook("user 1"),
      hook("translation", "translation"),
      hook("policy", "policy"),
      hook("offers", "offers"),
      hook("user 2", "user"),
    ];
    const { toplevel, host } = await windowed(t, ...given);
    toplevel.ours.send("set_app_id", "x");
    await host.expect("xdg_toplevel.set_app_id");
    assert.deepEqual(order, ["offers", "policy", "translation", "user 1", "user 2", "seal"]);
  });
});
