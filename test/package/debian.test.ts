// SPDX-License-Identifier: Apache-2.0
/** The Debian package and the portable archive, each in a Debian 12 of its own. */
import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Desktop } from "../desktop/support/desktop.ts";
import { Chroot } from "./support/chroot.ts";
import { brokenLinks } from "./support/links.ts";
import { attempt, Packed, programs, root, run } from "./support/packed.ts";

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

describe("the Debian package", () => {
  let deb = "";
  before(() => {
    deb = run("sh", [join(root, "scripts/package-deb.sh"), packed.tarball, packed.folder]).trim();
  });

  it("has no fault that lintian would find, nor has its source", () => {
    const { status, stdout } = attempt("lintian", [
      "--fail-on",
      "error,warning",
      "--allow-root",
      deb.replace(".deb", ".changes"),
    ]);
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });

  it("holds all that its documents link to, and the licence of each library in full", () => {
    const folder = packed.place("unpacked-");
    run("dpkg-deb", ["--extract", deb, folder]);
    const documents = join(folder, "usr/share/doc/wayland-proxy");
    assert.deepEqual(brokenLinks(documents), []);
    const copyright = readFileSync(join(documents, "copyright"), "utf8");
    for (const { name, license } of packed.libraries()) {
      // Debian has this one itself.
      const text = license === "Apache-2.0" ? license : `${license}-${name}\\n(?: .*\\n)+? .*THE SOFTWARE IS PROVIDED`;
      assert.match(copyright, new RegExp(`Files: node_modules/${name}/\\*\\nCopyright: .*\\nLicense: ${text}`));
    }
  });

  it("can be built from its source package alone, into the same bytes", () => {
    const folder = packed.place("source-");
    const description = deb.replace(/_amd64\.deb$/, ".dsc");
    run("dpkg-source", ["--extract", description, join(folder, "wayland-proxy")]);
    run("dpkg-buildpackage", ["--no-sign", "--build=binary"], { cwd: join(folder, "wayland-proxy") });
    run("cmp", [deb, join(folder, deb.slice(packed.folder.length))]);
  });

  it("is also made for arm64", () => {
    const env = { ...process.env, ARCH: "arm64" };
    const other = run("sh", [join(root, "scripts/package-deb.sh"), packed.tarball, packed.folder], { env }).trim();
    assert.equal(run("dpkg-deb", ["--field", other, "Architecture"]), "arm64\n");
    assert.match(run("dpkg-deb", ["--contents", other]), /prebuilds\/linux-arm64\/native\.node/);
    assert.doesNotMatch(run("dpkg-deb", ["--contents", other]), /linux-x64/);
  });

  it("is installed beside Debian's Node, runs, and leaves nothing when it is removed", async () => {
    const debian = new Chroot("bookworm-node", packed.place("debian-"));
    run("cp", [deb, join(debian.folder, "root")]);
    const setUp = "cd / && find usr etc var/lib/dpkg/info | sort > /root/before && dpkg --install /root/*.deb";
    assert.match(debian.run(setUp), /Setting up wayland-proxy/);

    for (const program of programs) assert.match(debian.run(`${program} --version`), /^\d+\.\d+\.\d+\n$/);
    const paths = [
      "/usr/share/man/man1/wayland-proxy-host.1.gz",
      "/usr/share/bash-completion/completions/wayland-proxy",
      "/usr/share/zsh/vendor-completions/_wayland-proxy",
      "/usr/share/fish/vendor_completions.d/wayland-proxy-replay.fish",
      "/usr/lib/systemd/user/wayland-proxy.socket",
    ];
    debian.run(`ls ${paths.join(" ")}`);
    const globals = await debian.listGlobals(desktop, "wayland-proxy --tag x wayland-info");
    assert.match(globals, /interface: 'xdg_wm_base'/);

    debian.run("cd / && dpkg --purge wayland-proxy && find usr etc var/lib/dpkg/info | sort | diff /root/before -");
  });
});

describe("the portable archive", () => {
  let archive = "";
  before(() => {
    archive = run("sh", [join(root, "scripts/package-portable.sh"), packed.tarball, packed.folder]).trim();
  });

  it("is unpacked where there is no Node, and runs, also by links in $PATH", async () => {
    const debian = new Chroot("bookworm", packed.place("bare-"));
    run("tar", ["-xzf", archive, "-C", join(debian.folder, "opt")]);
    debian.run("! command -v node && mv /opt/wayland-proxy-* /opt/moved");
    for (const program of programs) {
      symlinkSync(`../../../opt/moved/bin/${program}`, join(debian.folder, "usr/local/bin", program));
      assert.match(debian.run(`${program} --version`), /^\d+\.\d+\.\d+\n$/);
    }
    const globals = await debian.listGlobals(desktop, "/opt/moved/bin/wayland-proxy --hide wl_output wayland-info");
    assert.match(globals, /interface: 'xdg_wm_base'/);
    assert.doesNotMatch(globals, /interface: 'wl_output'/);
  });

  it("holds the licences of Node and of each library, all that its documents link to, and no second addon", () => {
    const files = run("tar", ["-tzf", archive])
      .trim()
      .split("\n")
      .map((file) => file.replace(/^[^/]*\//, ""));
    assert.ok(files.includes("share/man/man1/wayland-proxy.1"));
    assert.deepEqual(
      files.filter((file) => file.endsWith(".node")),
      ["lib/wayland-proxy/prebuilds/linux-x64/native.node"],
    );
    const folder = packed.place("portable-");
    run("tar", ["-xzf", archive, "-C", folder, "--strip-components=1", "--exclude=*/bin/node"]);
    assert.match(
      readFileSync(join(folder, "node/LICENSE"), "utf8"),
      /Node\.js is licensed for use as follows[\s\S]*V8/,
    );
    const ours = readFileSync(join(folder, "lib/wayland-proxy/dist/bin/licences.txt"), "utf8");
    const named = ours.match(/^.*?(?=, (?:by .*, )?under this licence)/gm) ?? [];
    // Those for text and for D-Bus are nowhere but in files beside the programs.
    const compiled = ["bidi-js", "harfbuzzjs", "HarfBuzz", "@homebridge/dbus-native", "long", "safe-buffer"];
    const libraries = [...packed.libraries().map(({ name }) => name), ...compiled];
    assert.deepEqual(named.sort(), libraries.sort());
    assert.deepEqual(brokenLinks(folder), []);
  });
});
