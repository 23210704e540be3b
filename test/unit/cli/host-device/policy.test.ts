// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Place } from "../support.ts";

/** A place with a policy file. */
function withPolicy(t: TestContext, text: string): Place & { readonly file: string } {
  const place = new Place(t);
  const file = join(place.directory, "policy.toml");
  writeFileSync(file, text);
  return Object.assign(place, { file });
}

const good = `[defaults]
primary = "deny"

[vm.bank]
tag = "[bank] "
fullscreen = "deny"
limits.memory = "1G"
`;

describe("wayland-proxy-host --policy", () => {
  it("does not start with a mistake in the file, in whosever table, and says each with its line", async (t) => {
    const place = withPolicy(t, `${good}\n[vm.mail]\nfullscren = "deny"\ntag = 3\n`);
    const run = place.deviceHost(["--socket", join(place.directory, "vm"), "--policy", place.file, "--name", "bank"]);
    assert.equal(await run.ended, 1);
    assert.match(run.stderr, /policy\.toml:10: \[vm\.mail\] has no key "fullscren": did you mean fullscreen\?/);
    assert.match(run.stderr, /policy\.toml:11: tag is 3: write a text on one line, in quotes/);
  });

  it("does not start without the file, or without a table for the name", async (t) => {
    const place = withPolicy(t, good);
    const none = place.deviceHost(["--socket", join(place.directory, "vm"), "--policy", "/nowhere.toml"]);
    assert.equal(await none.ended, 1);
    assert.match(none.stderr, /the policy \/nowhere\.toml cannot be read \(ENOENT\)/);
    const other = place.deviceHost([
      "--socket",
      join(place.directory, "vm"),
      "--policy",
      place.file,
      "--name",
      "bankk",
    ]);
    assert.equal(await other.ended, 1);
    assert.match(other.stderr, /has no table \[vm\.bankk\]: did you mean bank\?/);
    const odd = place.deviceHost(["--socket", join(place.directory, "vm"), "--name", "../x"]);
    assert.equal(await odd.ended, 1);
    assert.match(odd.stderr, /--name "\.\.\/x" is no name/);
  });

  it("is explained by --check in sentences, with what the command line changes", async (t) => {
    const place = withPolicy(t, good);
    const run = place.deviceHost(["--check", "--policy", place.file, "--name", "bank", "--tag", "[mine] "]);
    await run.ended;
    assert.match(run.stdout, /✓ policy: Every window title begins with "\[mine\] "\./);
    assert.match(run.stdout, /✓ policy: Programs may not make their windows fullscreen\./);
    assert.match(
      run.stdout,
      /✓ policy: The primary selection is the programs' own: nothing passes by itself, in or out\./,
    );
    assert.match(run.stdout, /✓ policy: At most 1 GiB of shared memory\./);
  });

  it("has its mistakes reported by --check, beside everything else", async (t) => {
    const place = withPolicy(t, "[defaults]\nfullscreen = 1\n");
    const run = place.deviceHost(["--check", "--policy", place.file]);
    assert.equal(await run.ended, 1);
    assert.match(run.stdout, /✗ policy: .*policy\.toml:2: fullscreen is 1: write one of "allow", "inside-frame", /);
    assert.match(run.stdout, /✗ compositor/);
  });

  it("is read again on SIGHUP; a mistake then changes nothing, and the program goes on", async (t) => {
    const place = withPolicy(t, good);
    await place.host();
    const run = place.deviceHost(["--socket", join(place.directory, "vm"), "--policy", place.file, "--name", "bank"]);
    await run.says("listening on");
    writeFileSync(place.file, good.replace('fullscreen = "deny"', 'activation = "deny"').replace("[bank]", "[b]"));
    run.child.kill("SIGHUP");
    await run.says("the policy was read again; changed: activation, fullscreen; at the next start: tag");
    writeFileSync(place.file, "[vm.bank]\nactivation = 3\n");
    run.child.kill("SIGHUP");
    await run.says("the policy stays as it was: ");
    run.child.kill("SIGTERM");
    assert.equal(await run.ended, 0);
  });
});

describe("wayland-proxy --policy", () => {
  it("hides what the file hides, and takes its table [client.NAME]", async (t) => {
    const place = withPolicy(
      t,
      '[client.box]\nglobals.only = ["xdg_wm_base"]\nglobals.versions = { xdg_wm_base = 2 }\n',
    );
    const run = place.proxy(["--check", "--policy", place.file, "--name", "box"]);
    await run.ended;
    assert.match(run.stdout, /✓ policy: Programs are offered the core protocol and xdg_wm_base, and no more\./);
    assert.match(run.stdout, /✓ policy: Offered only so far: xdg_wm_base up to version 2\./);
    const wrong = place.proxy(["--policy", place.file, "--name", "boxx"]);
    assert.equal(await wrong.ended, 1);
    assert.match(wrong.stderr, /has no table \[client\.boxx\]: did you mean box\?/);
  });

  it("without it ends on SIGHUP, as ever", async (t) => {
    const place = new Place(t);
    await place.host();
    const run = place.proxy([]);
    await run.says("listening on");
    run.child.kill("SIGHUP");
    assert.equal(await run.ended, 0);
  });
});
