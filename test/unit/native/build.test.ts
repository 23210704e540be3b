// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { temporaryDirectory } from "./support.ts";

/** The repository, seen from dist/test/unit/native. */
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const SCRIPT = join(ROOT, "scripts/build-native.sh");

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

function build(prebuilds: string, environment: Record<string, string> = {}): Outcome {
  const env = { ...process.env, PREBUILDS: prebuilds, ...environment };
  return spawnSync("sh", [SCRIPT], { encoding: "utf8", env, cwd: "/" });
}

test("the addon is built once, and again only when a source is newer", (t) => {
  const prebuilds = temporaryDirectory(t);
  const output = join(prebuilds, `linux-${process.arch}/native.node`);
  assert.deepEqual({ ...build(prebuilds) }.stderr, "");
  assert.equal(existsSync(output), true);
  assert.deepEqual(
    readdirSync(join(prebuilds, `linux-${process.arch}`)),
    ["launcher", "native.node"],
    "nothing unfinished is left",
  );

  const built = statSync(output);
  assert.equal(build(prebuilds, { CC: "no-such-compiler" }).status, 0, "nothing to do, so no compiler is needed");
  assert.equal(statSync(output).ino, built.ino);

  utimesSync(output, 0, 0);
  assert.equal(build(prebuilds).status, 0);
  assert.notEqual(statSync(output).ino, built.ino);
});

test("a missing compiler is one line that says what to install", (t) => {
  const { status, stderr } = build(temporaryDirectory(t), { CC: "no-such-compiler" });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^build-native: there is no C compiler 'no-such-compiler'; install one \(.*apt install gcc[^\n]*\n$/,
  );
});

test("a failed build keeps what was there and leaves nothing unfinished", (t) => {
  const prebuilds = temporaryDirectory(t);
  const directory = join(prebuilds, "linux-other");
  mkdirSync(directory);
  writeFileSync(join(directory, "native.node"), "old");
  utimesSync(join(directory, "native.node"), 0, 0);
  assert.notEqual(build(prebuilds, { ARCH: "other", CFLAGS: "-DNAPI_EXTERN=%" }).status, 0);
  assert.deepEqual(readdirSync(directory), ["native.node"]);
  assert.equal(statSync(join(directory, "native.node")).size, 3);
});

test("an addon that is missing or broken is an error that says where it was looked for and how to build it", (t) => {
  const directory = temporaryDirectory(t);
  cpSync(join(ROOT, "dist/src/native"), join(directory, "dist/src/native"), { recursive: true });
  writeFileSync(join(directory, "package.json"), '{"type":"module"}');
  const binding = pathToFileURL(join(directory, "dist/src/native/binding.js")).href;
  const load = (): string => {
    const tell = '() => "loaded", (error) => [error.name, error.message].join(": ")';
    const code = `import(${JSON.stringify(binding)}).then(${tell}).then(console.log)`;
    return spawnSync(process.execPath, ["-e", code], { encoding: "utf8" }).stdout;
  };
  const file = join(directory, `prebuilds/linux-${process.arch}/native.node`);
  const advice = new RegExp(
    `^AddonError: .* linux-${process.arch} .*; build it with: sh ${directory}/scripts/build-native.sh\n$`,
  );

  const missing = load();
  assert.match(missing, advice);
  assert.ok(missing.includes(`${file} does not exist`), missing);

  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "not an addon");
  const broken = load();
  assert.match(broken, advice);
  assert.ok(broken.includes(`${file}: `), broken);
});

function output(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("the addon is hardened as distributions build programs, and needs nothing that musl does not have", (t) => {
  const prebuilds = temporaryDirectory(t);
  // With its symbols, to see what was compiled.
  assert.equal(build(prebuilds, { LDFLAGS: "-Wl,--as-needed" }).status, 0);
  const file = join(prebuilds, `linux-${process.arch}/native.node`);
  const segments = output("readelf", "-lW", file);
  assert.match(segments, /GNU_RELRO/);
  assert.match(segments, /GNU_STACK .* RW /);
  const dynamic = output("readelf", "-dW", file);
  assert.match(dynamic, /BIND_NOW/);
  assert.doesNotMatch(dynamic, /TEXTREL|NEEDED/);
  const symbols = output("nm", file);
  assert.match(symbols, / U __stack_chk_fail/);
  assert.match(symbols, / t __memcpy_chk/);
  // glibc has checked functions for _FORTIFY_SOURCE, and musl none.
  const missing = [...symbols.matchAll(/ U (\S+)/g)].map(([, name = ""]) => name);
  const odd = missing.filter((name) => name.startsWith("__"));
  for (const name of odd) assert.match(name, /^__(stack_chk_(fail|guard)|errno_location)(@|$)/);
  if (process.arch === "x64") assert.match(output("readelf", "-nW", file), /x86 feature: IBT, SHSTK/);
});
