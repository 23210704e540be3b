// SPDX-License-Identifier: Apache-2.0
/** The Debian package, in a Debian of its own. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Desktop } from "../desktop/support/desktop.ts";
import { brokenLinks } from "./support/links.ts";
import { attempt, cache, Packed, programs, root, run } from "./support/packed.ts";

let packed: Packed;
let deb = "";
let debian = "";
let desktop: Desktop;

/** Runs a command as in a Debian of its own, which sees the compositor's folder; all that it mounts goes with it. */
const inside = ["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c"];
function chroot(script: string, shared: string): readonly string[] {
  const mounts = `mount --bind "${shared}" "${debian}/mnt" && mount -t proc proc "${debian}/proc" && mount --bind /dev "${debian}/dev"`;
  return [...inside, `${mounts} && exec chroot "${debian}" sh -c '${script}'`];
}

before(async () => {
  packed = new Packed();
  deb = run("sh", [join(root, "scripts/package-deb.sh"), packed.tarball, packed.folder]).trim();
  debian = packed.place("debian-");
  run("tar", ["-xf", join(cache, "trixie.tar"), "-C", debian, "--exclude=./dev/*"]);
  desktop = new Desktop({ on: "weston" });
  await desktop.startCompositor();
});
after(async () => {
  await desktop.close();
  desktop.remove();
  packed.remove();
});

describe("the Debian package", () => {
  it("has no fault that lintian would find", () => {
    const { status, stdout } = attempt("lintian", ["--fail-on", "error,warning", "--allow-root", deb]);
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });

  it("holds all that its documents link to, and the licence of each library in full", () => {
    const folder = packed.place("unpacked-");
    run("dpkg-deb", ["--extract", deb, folder]);
    const documents = join(folder, "usr/share/doc/wayland-proxy");
    assert.deepEqual(brokenLinks(documents), []);
    const copyright = readFileSync(join(documents, "copyright"), "utf8");
    assert.match(copyright, /License: ISC-saxes\n Permission to use, copy, modify/);
    assert.match(copyright, /Copyright: Louis-Dominique Dubeau/);
    for (const name of ["commander", "xmlchars"]) {
      assert.match(copyright, new RegExp(`License: MIT-${name}\\n(?: .*\\n)+? .*THE SOFTWARE IS PROVIDED`));
    }
  });

  it("is also made for arm64", () => {
    const env = { ...process.env, ARCH: "arm64" };
    const other = run("sh", [join(root, "scripts/package-deb.sh"), packed.tarball, packed.folder], { env }).trim();
    assert.equal(run("dpkg-deb", ["--field", other, "Architecture"]), "arm64\n");
    assert.match(run("dpkg-deb", ["--contents", other]), /prebuilds\/linux-arm64\/native\.node/);
    assert.doesNotMatch(run("dpkg-deb", ["--contents", other]), /linux-x64/);
  });

  it("is installed, runs, and leaves nothing when it is removed", async () => {
    run("cp", [deb, join(debian, "root")]);
    const setUp = "cd / && find usr etc var/lib/dpkg/info | sort > /root/before && dpkg --install /root/*.deb";
    assert.match(run("unshare", [...chroot(setUp, packed.folder)]), /Setting up wayland-proxy/);

    for (const program of programs) {
      assert.match(run("unshare", [...chroot(`${program} --version`, packed.folder)]), /^\d+\.\d+\.\d+\n$/);
    }
    const paths = [
      "/usr/share/man/man1/wayland-proxy-host.1.gz",
      "/usr/share/bash-completion/completions/wayland-proxy",
      "/usr/share/zsh/vendor-completions/_wayland-proxy",
      "/usr/share/fish/vendor_completions.d/wayland-proxy-replay.fish",
      "/usr/lib/systemd/user/wayland-proxy.socket",
    ];
    run("unshare", [...chroot(`ls ${paths.join(" ")}`, packed.folder)]);

    // The compositor outside, and a program of that Debian.
    const socket = desktop.compositor.socket;
    const folder = socket.slice(0, socket.lastIndexOf("/"));
    mkdirSync(join(debian, "tmp/run"), { mode: 0o700 });
    const env = { XDG_RUNTIME_DIR: "/tmp/run", WAYLAND_DISPLAY: `/mnt/${socket.slice(folder.length + 1)}` };
    const command = chroot("wayland-proxy --tag x wayland-info", folder);
    const client = desktop.start(desktop.direct, "unshare", command, { env, capture: true });
    assert.equal((await client.end()).code, 0, client.output);
    assert.match(client.captured.toString(), /interface: 'xdg_wm_base'/);

    const tearDown =
      "cd / && dpkg --purge wayland-proxy && find usr etc var/lib/dpkg/info | sort | diff /root/before -";
    run("unshare", [...chroot(tearDown, packed.folder)]);
  });
});
