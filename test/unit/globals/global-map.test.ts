// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { type Decision, GlobalMap, nameOwnGlobals } from "../../../src/globals/global-map.ts";
import { MAX_REMOVED_GLOBALS } from "../../../src/wire/limits.ts";

const serve = (): void => {};
const own = nameOwnGlobals([{ kind: "own", interface: "xdg_system_bell_v1", version: 1, serve }]);
const alias = { kind: "alias", interface: "wl_shell", version: 1, of: "wl_output" } as const;

const decisionOn = (type: string, version = 1): Decision => ({
  interface: type,
  hostVersion: version,
  version,
  aliases: type === alias.of ? [alias] : [],
  mayBeAlias: type === alias.interface,
  instead: null,
});
const decisions = {
  wl_output: decisionOn("wl_output"),
  wl_seat: decisionOn("wl_seat"),
  wl_shell: decisionOn("wl_shell"),
  hidden: decisionOn("hidden", 0),
};

/** Names of the host's: low ones, and those that are likely to be ours. */
const name = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0xffff_fff8, max: 0xffff_ffff }));
const step = fc.record({ name, type: fc.constantFrom("removed", ...Object.keys(decisions)) });

it("whatever a host announces and removes, a client knows each global by one name, and each name means one global", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new GlobalMap(own);
      const offered = new Map<number, string>();
      for (const { name, type } of steps) {
        if (type === "removed") {
          assert.equal(map.remove(name), offered.has(name));
          continue;
        }
        const decision = decisions[type as keyof typeof decisions];
        if (map.announce(name, decision) === 0) offered.delete(name);
        else offered.set(name, type);

        const names = [...own.keys()];
        for (const [hostName, type] of offered) {
          names.push(map.nameOf(hostName));
          const known = map.get(map.nameOf(hostName));
          assert.deepEqual([known?.hostName, known?.interface, known?.hostInterface], [hostName, type, null]);
          for (const { name } of map.aliasesOf(hostName)) {
            names.push(name);
            const known = map.get(name);
            assert.deepEqual([known?.hostName, known?.interface, known?.hostInterface], [hostName, "wl_shell", type]);
          }
        }
        assert.equal(new Set(names).size, names.length);
        for (const [name, global] of own) assert.equal(map.get(name), global);
      }
      // Nothing else can be bound.
      const known = new Set([...own.keys()]);
      for (const hostName of offered.keys()) {
        known.add(map.nameOf(hostName));
        for (const { name } of map.aliasesOf(hostName)) known.add(name);
      }
      for (let i = -100; i < 20; i++) assert.equal(map.get(i >>> 0) !== undefined, known.has(i >>> 0));
    }),
  );
});

it("globals that come and go for ever do not make a client's map grow", () => {
  const map = new GlobalMap(own);
  const first = 0xffff_ffff;
  map.announce(first, decisions.wl_output);
  const [firstName, [firstAlias]] = [map.nameOf(first), map.aliasesOf(first)];
  assert.notEqual(firstName, first);
  map.remove(first);
  for (let name = 1; name <= 2 * MAX_REMOVED_GLOBALS; name++) {
    map.announce(name, decisions.wl_output);
    map.remove(name);
  }
  assert.equal(map.get(firstName), undefined);
  assert.equal(map.get(firstAlias?.name as number), undefined);
  assert.equal(map.get(1), undefined);
  assert.equal(map.get(2 * MAX_REMOVED_GLOBALS)?.interface, "wl_output");
});
