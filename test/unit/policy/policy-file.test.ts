// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../src/errors.ts";
import { defaultPolicy, type PolicySubject } from "../../../src/policy/defaults.ts";
import { explainPolicy, reloadPolicy } from "../../../src/policy/explain.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { readPolicy } from "../../../src/policy/policy-file.ts";
import { policyRows } from "../../../src/policy/table.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import { guarding } from "../../support/policy.ts";

const interfaces = [...new ProtocolRegistry().names()];

function read(text: string, subject: PolicySubject = "vm", name?: string): Policy {
  return readPolicy(text, "p.toml", subject, name, interfaces);
}

/** What is wrong with a text, line by line. */
function mistakes(text: string, subject: PolicySubject = "vm", name?: string): string[] {
  try {
    read(text, subject, name);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.fact.split("; ");
  }
  return [];
}

const whole = `
[defaults]
clipboard = "shared"
primary = "deny"

[vm.bank]
tag = "[bank] "
app-id-prefix = "vm.bank."
clipboard = { in = "deny", out = "allow", max-size = "64K", types = ["text/plain", "image/*"] }
fullscreen = "deny"
limits = { clients = 64, memory = "1G" }
`;

describe("a policy file", () => {
  it("is read by the name of the VM, over the defaults, over those of everybody", () => {
    const policy = read(whole, "vm", "bank");
    assert.equal(policy.tag, "[bank] ");
    assert.equal(policy.appIdPrefix, "vm.bank.");
    assert.deepEqual(policy.clipboard, {
      in: "deny",
      out: "allow",
      maxSize: 65536,
      types: ["text/plain", "image/*"],
      takeBack: 60,
    });
    assert.equal(policy.primary.in, "deny");
    assert.equal(policy.fullscreen, "deny");
    assert.equal(policy.maxClients, 64);
    assert.equal(policy.maxMemory, 2 ** 30);
    assert.equal(policy.activation, "allow");
    assert.equal(read(whole).tag, "");
    assert.equal(read(whole).primary.out, "deny");
  });

  it("has other defaults for VMs than for local programs, where only VMs are kept from something", () => {
    assert.equal(read("").serialNumbers, "deny");
    assert.equal(read("", "client").serialNumbers, "allow");
    assert.equal(read("").securityContext, true);
    assert.equal(read("", "client").maxPopup, Number.POSITIVE_INFINITY);
  });

  it("may write groups as tables, with dots, or in one line", () => {
    for (const text of [
      "[defaults]\nlimits.clients = 3\nlimits.surfaces = 4",
      "[defaults.limits]\nclients = 3\nsurfaces = 4",
      "defaults = { limits = { clients = 3, surfaces = 4 } }",
      "defaults.limits.clients = 3\ndefaults.limits.surfaces = 4",
    ]) {
      assert.deepEqual([read(text).maxClients, read(text).maxSurfaces], [3, 4], text);
    }
  });

  it("is refused with the line of each mistake, and what was probably meant", () => {
    const text = `[defaults]
clipbord = "shared"
fullscreen = "denny"
[vm.other]
activation = true
limits = { clients = 0, memroy = "1G", memory = "1T" }
globals.hide = ["wl_sea", 3]
globals.versions = { xdg_wm_base = "5" }
clipboard = { in = "no", mime = [] }
[vmm.x]
`;
    assert.deepEqual(mistakes(text), [
      'p.toml:2: [defaults] has no key "clipbord": did you mean clipboard?',
      'p.toml:3: fullscreen is "denny": did you mean "deny"?',
      'p.toml:5: activation is true: write one of "allow", "deny"',
      "p.toml:6: limits.clients is 0: write a whole number from 1 to 100000 (clients at once)",
      'p.toml:6: [vm.other] has no key "limits.memroy": did you mean limits.memory?',
      'p.toml:6: limits.memory is "1T": write a size in bytes, such as 65536, "64K" or "1G"',
      'p.toml:7: globals.hide has "wl_sea", which is no interface: did you mean wl_seat?',
      "p.toml:7: globals.hide has 3, which is no text",
      "p.toml:8: globals.versions has xdg_wm_base, which needs a version: a whole number from 1",
      'p.toml:9: clipboard has no key "mime": did you mean in, out, max-size, types, take-back?',
      "and 2 more",
    ]);
  });

  it("has keys for X11 programs of local proxies, and of these alone", () => {
    const x11 = 'x11 = { unscale = 1.5, primary = "DP-1", resources = { "Xft.dpi" = "150" } }';
    const policy = read(`[client.box]\n${x11}`, "client", "box");
    assert.deepEqual([policy.xUnscale, policy.xPrimary, policy.xResources], [1.5, "DP-1", { "Xft.dpi": "150" }]);
    assert.deepEqual(mistakes(`[vm.bank]\nx11.unscale = "auto"`), [
      'p.toml:2: [vm.bank] has the key "x11.unscale", which is for local proxies: write it in [client.NAME]',
    ]);
    assert.deepEqual(mistakes('[defaults]\nx11 = { unscale = 9, resources = { "a b" = "c", x = 3 } }'), [
      'p.toml:2: x11.unscale is 9: write "auto", or a number from 1 to 8 such as 1.5',
      'p.toml:2: x11.resources has "a b", which is no X resource: write "Xft.dpi" = "150"',
      'p.toml:2: x11.resources has "x", which is no X resource: write "Xft.dpi" = "150"',
    ]);
  });

  it("describes the frame of windows in a table", () => {
    assert.equal(read("").frame, null);
    assert.deepEqual(read('[defaults]\nframe = { color = "#C33" }').frame, { color: "#cc3333", label: "", width: 4 });
    assert.deepEqual(read('[defaults]\nframe.color = "#00ff7f"\nframe.width = 9').frame, {
      color: "#00ff7f",
      label: "",
      width: 9,
    });
    const wrong = (value: string): string[] => mistakes(`[defaults]\nframe = ${value}`);
    assert.deepEqual(wrong('"red"'), [
      'p.toml:2: frame is "red": write a table such as { color = "#c33", label = "bank", width = 4 }',
    ]);
    assert.deepEqual(wrong("{ width = 3 }"), ['p.toml:2: frame has no color: write { color = "#c33" }']);
    assert.deepEqual(wrong('{ color = "red", width = 65, colour = 1 }'), [
      'p.toml:2: frame color is "red": write a color such as "#c33" or "#cc3333"',
      "p.toml:2: frame width is 65: write a whole number from 1 to 64 (pixels)",
      'p.toml:2: frame has no key "colour": did you mean color?',
    ]);
    assert.deepEqual(read('[defaults]\nframe = { color = "#c33", label = "bank" }').frame?.label, "bank");
    assert.match(wrong('{ color = "#c33", label = "a\\nb" }')[0] ?? "", /frame label is .*: write a text on one line/);
    const says = explainPolicy(read('[defaults]\nframe = { color = "#c33", width = 1 }')).join("\n");
    assert.match(says, /Every window has a frame of the color #cc3333, 1 pixel wide\./);
    const labelled = explainPolicy(read('[defaults]\nframe = { color = "#c33", label = "bank" }')).join("\n");
    assert.match(labelled, /the color #cc3333, 4 pixels wide, and the label "bank"\./);
  });

  it("says what becomes of fullscreen windows", () => {
    const word = (text: string) => read(`[defaults]\nfullscreen = "${text}"`).fullscreen;
    assert.deepEqual(["allow", "inside-frame", "without-frame", "deny"].map(word), [
      "allow",
      "allow",
      "without-frame",
      "deny",
    ]);
    assert.deepEqual(mistakes('[defaults]\nfullscreen = "inside-fram"'), [
      'p.toml:2: fullscreen is "inside-fram": did you mean "inside-frame"?',
    ]);
  });

  it("that is no TOML is refused with the line", () => {
    assert.deepEqual(mistakes('[defaults]\ntag = "a'), ["p.toml:2: unterminated string constant"]);
    assert.deepEqual(mistakes("[defaults]\ntag = 'a'\ntag = 'b'"), [
      "p.toml:3: defining a key multiple times is invalid",
    ]);
    assert.equal(mistakes(`x = ${"[".repeat(100_000)}`).length, 1);
  });

  it("needs a table for a name that is given, of the right kind", () => {
    assert.deepEqual(mistakes("[vm.bank]", "vm", "bankk"), ["p.toml has no table [vm.bankk]: did you mean bank?"]);
    assert.deepEqual(mistakes("[client.bank]", "vm", "bank"), ["p.toml has no table [vm.bank]"]);
    assert.deepEqual(mistakes("[client.bank]", "client", "bank"), []);
  });

  it("cannot have a text of several lines, or characters that steer a terminal, as a mark", () => {
    assert.deepEqual(mistakes('[defaults]\ntag = "a\\nb"'), [
      'p.toml:2: tag is "a\\nb": write a text on one line, in quotes',
    ]);
  });

  it("takes back what the writer of each key has written", () => {
    for (const subject of ["vm", "client"] as const) {
      const policy: Policy = {
        ...defaultPolicy(subject),
        globalVersions: { wl_seat: 5 },
        frame: { color: "#cc3333", label: '"a"', width: 9 },
        tag: 'a "b"',
      };
      const lines = policyRows.map(([field, { key, kind }]) => [key, kind.write(policy[field])]);
      const text = lines.filter(([, value]) => value !== "").map(([key, value]) => `${key} = ${value}`);
      assert.deepEqual(read(`[defaults]\n${text.join("\n")}`, subject), policy);
    }
  });
});

describe("a policy", () => {
  it("is explained in sentences, one for each key that says something", () => {
    const sentences = explainPolicy(read(whole, "vm", "bank"));
    for (const expected of [
      'Every window title begins with "[bank] ".',
      "The clipboard passes out, and nothing passes in, at most 64 KiB at a time, only 2 types: text/plain, image/*.",
      "The primary selection is the programs' own: nothing passes by itself, in or out.",
      "Programs may not make their windows fullscreen.",
      "Programs may not know the serial numbers of screens.",
      "At most 64 clients at once.",
      "At most 1 GiB of shared memory.",
    ])
      assert.ok(sentences.includes(expected), `${expected}\n${sentences.join("\n")}`);
    for (const sentence of sentences) assert.match(sentence, /^[A-Z].*\.$/);
  });

  it("that is read again counts at once but for what a running program cannot change", () => {
    const guard = guarding({});
    const next: Policy = { ...guard.policy, fullscreen: "deny", tag: "[x] ", maxObjects: 10 };
    assert.deepEqual(reloadPolicy(guard, next), { changed: ["fullscreen", "limits.objects"], later: ["tag"] });
    assert.equal(guard.policy.fullscreen, "deny");
    assert.equal(guard.policy.tag, "");
    assert.deepEqual(reloadPolicy(guard, guard.policy), { changed: [], later: [] });
  });
});
