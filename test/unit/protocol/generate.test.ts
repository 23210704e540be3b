// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { differences } from "../../../scripts/generate/check.ts";
import { merge } from "../../../scripts/generate/merge.ts";
import { protocolFiles } from "../../../scripts/generate/sources.ts";
import { enumsFile, tablesFile, typesFile } from "../../../scripts/generate/write.ts";
import type { InterfaceTable, ProtocolTable } from "../../../src/protocol/table.ts";

const repository = resolve(fileURLToPath(import.meta.url), "../../../../..");
let directory = "";
before(() => {
  directory = mkdtempSync(join(tmpdir(), "generate-"));
});
after(() => {
  rmSync(directory, { recursive: true });
});

function table(one: Partial<InterfaceTable>): ProtocolTable[] {
  const whole = { name: "t_one", version: 1, requests: [], events: [], enums: [], ...one };
  return [{ protocol: "test", interfaces: [whole] }];
}

function write(name: string, ...lines: string[]): string {
  const file = join(directory, name);
  writeFileSync(file, `<protocol name="p">${lines.join("\n")}</protocol>`);
  return file;
}

test("the committed tables agree with the core protocol that is installed", () => {
  const script = join(repository, "dist/scripts/generate.js");
  const run = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  assert.deepEqual([run.stderr, run.status], ["", 0]);
});

test("`npm run generate -- --check` finds whatever was changed by hand, and leaves it as it is", () => {
  const tree = join(directory, "tree");
  for (const part of ["package.json", "scripts", "protocols", "dist/scripts", "dist/src", "prebuilds", "src", "docs"]) {
    cpSync(join(repository, part), join(tree, part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(tree, "node_modules"));
  const check = (): ReturnType<typeof spawnSync> =>
    spawnSync("npm", ["run", "--silent", "generate", "--", "--check"], { cwd: tree, encoding: "utf8" });
  assert.deepEqual([check().stderr, check().status], ["", 0]);

  // One file of each generator, in places that neither the core protocol nor our own files have.
  for (const [file, from, to] of [
    ["src/protocol/generated/tables.ts", "set_app_id app_id:string", "set_app_id app_id:string?"],
    ["src/x11/generated/enums.ts", "CUT_BUFFER0: 9", "CUT_BUFFER0: 10"],
    ["docs/globals.md", "| `wl_seat` |", "| `wl_seats` |"],
    ["docs/hooks.md", "| `wl_keyboard` | ← keymap |", "| `wl_keyboard` | ← keymaps |"],
  ] as const) {
    const path = join(tree, file);
    const text = readFileSync(path, "utf8");
    const changed = text.replace(from, to);
    assert.notEqual(changed, text);
    writeFileSync(path, changed);
    const found = check();
    assert.match(String(found.stderr), /^((?:tables|enums)\.ts: changed by hand|docs\/\w+\.md: not what .*)\n$/, file);
    assert.equal(found.status, 1);
    assert.equal(readFileSync(path, "utf8"), changed);
    writeFileSync(path, text);
  }
});

test("an older release of a protocol agrees when all that came since says so", () => {
  const old = table({ requests: ["go x:int"], enums: ["kind a=0"] });
  const young = { version: 2, requests: ["go x:int", "stop!@2"], events: ["came@2"], enums: ["kind a=0 b=1@2"] };
  assert.deepEqual(differences(table(young), old), []);
});

test("each way in which tables can disagree with an older release is found", () => {
  const old = { version: 2, requests: ["go x:int", "stop!"], events: ["came"], enums: ["kind a=0"] };
  const changes: [Partial<InterfaceTable>, RegExp][] = [
    [{ name: "t_two" }, /t_one: missing/],
    [{ version: 1 }, /version 1, installed 2/],
    [{ requests: ["go x:uint", "stop!"] }, /requests 0: "go x:uint", installed "go x:int"/],
    [{ requests: ["stop!", "go x:int"] }, /requests 0/],
    [{ requests: ["go x:int", "stop"] }, /requests 1/],
    [{ requests: ["go x:int"] }, /lacks "stop!"/],
    [{ events: ["came@2"] }, /events 0/],
    [{ events: ["came", "went@2"] }, /events 1: "went@2"/],
    [{ enums: [] }, /kind\.a/],
    [{ enums: ["kind a=1"] }, /kind\.a: 1, installed 0/],
    [{ enums: ["kind| a=0"] }, /kind\.a/],
    [{ enums: ["kind a=0 b=1"] }, /b is not installed/],
  ];
  assert.deepEqual(differences(table(old), table(old)), []);
  for (const [change, message] of changes) {
    assert.match(differences(table({ ...old, ...change }), table(old)).join("\n"), message);
  }
});

test("of an interface in two files the higher version is taken, else the first file's", () => {
  const first = write("1.xml", '<interface name="a" version="1"><request name="first"/></interface>');
  const second = write("2.xml", '<interface name="a" version="1"><request name="second"/></interface>');
  const third = write("3.xml", '<interface name="a" version="2"/>', '<interface name="b" version="1"/>');
  assert.equal(merge([first, second])[0]?.interfaces[0]?.requests[0], "first");
  const all = merge([first, second, third]);
  assert.deepEqual(
    all.flatMap(({ interfaces }) => interfaces.map(({ name, version }) => `${name} ${version}`)),
    ["a 2", "b 1"],
  );
});

test("a folder gives its protocol files, less those that are left out; its name may end in a star", () => {
  const folder = join(directory, "some-1.2", "inner");
  mkdirSync(folder, { recursive: true });
  for (const name of ["b.xml", "a.xml", "a.txt", "xdg-shell-unstable-v5.xml"]) writeFileSync(join(folder, name), "");
  const expected = [join(folder, "a.xml"), join(folder, "b.xml")];
  assert.deepEqual(protocolFiles(join(directory, "some-1.2")), expected);
  assert.deepEqual(protocolFiles(join(directory, "some-*/inner")), expected);
});

test("the generated files are TypeScript that says the same as the tables", () => {
  const tables = table({
    version: 2,
    requests: ["go!@2 n:int s:string? o:object?:t_one id:new_id:t_one any:new_id a:array f:fd", "stay"],
    events: ["came who:object"],
    enums: ["kind|@2 one=1 90=2@2"],
  });
  const types = typesFile(tables, "// header");
  const of = `WlObject<"t_one">`;
  const args = `n: number; s: string | null; o: ${of} | null; id: ${of}; any: WlObject; a: Uint8Array; f: Fd`;
  assert.ok(types.includes(`    go: { ${args} };\n    stay: Record<never, never>;\n`), types);
  assert.ok(types.includes("    came: { who: WlObject };\n"));
  assert.ok(enumsFile(tables, "// header").includes('\nexport const TOneKind = { one: 1, "90": 2 } as const;\n'));
  const text = tablesFile(tables, "// header");
  // The declared type is all that is TypeScript in this file.
  const script = text.slice(text.indexOf("= [") + 2).replace(/;\n$/, "");
  assert.deepEqual(
    JSON.parse(script.replace(/(\w+): /g, '"$1": ').replace(/,(\s*[\]}])/g, "$1")),
    JSON.parse(JSON.stringify(tables)),
  );
});

test("packages that are unpacked already are given at once, with neither network nor apt", () => {
  const cache = join(directory, "cache");
  mkdirSync(join(cache, "forky/unpacked"), { recursive: true });
  writeFileSync(join(cache, "forky/unpacked/some-package"), "1.0\n");
  // A PATH without apt: only what the script needs before it asks for apt.
  const bin = join(directory, "bin");
  mkdirSync(bin);
  for (const tool of ["dirname", "mkdir"]) {
    symlinkSync(execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(), join(bin, tool));
  }
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync("/bin/sh", [join(repository, "scripts/suite-packages.sh"), "--cache", cache, ...args], {
      encoding: "utf8",
      env: { PATH: bin },
    });
  assert.equal(run("forky", "some-package").stdout, `${join(cache, "forky/root")}\n`);
  const missing = run("forky", "some-package", "other-package");
  assert.deepEqual([missing.stdout, missing.status], ["", 1]);
  assert.match(missing.stderr, /apt-get is missing/);
});
