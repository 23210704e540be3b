// SPDX-License-Identifier: Apache-2.0
/** What is in packaging/ for distributions that do not run here, as far as their tools do. */
import assert from "node:assert/strict";
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Packed, programs, root, run } from "./support/packed.ts";

const packaging = join(root, "packaging");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

let packed: Packed;
before(() => {
  packed = new Packed();
});
after(() => packed.remove());

/** A folder with the source as the recipes expect it. */
function workshop(prefix: string): string {
  const folder = packed.place(prefix);
  cpSync(packed.tarball, join(folder, `wayland-proxy-${version}.tgz`));
  return folder;
}

/** All programs run from where a package has put them; the folder is taken for the root of the file system. */
function runsBelow(folder: string): void {
  for (const program of programs) {
    const main = run("readlink", ["-f", join(folder, "usr/bin", program)]).trim();
    assert.match(readFileSync(main, "utf8"), /^#!\/usr\/bin\/node\n/);
    assert.equal(run(process.execPath, [main, "--version"]), `${version}\n`);
    // Loads the addon; without a compositor all else is at fault.
    const check = `"$0" "$1" --check | grep '✓ addon: loads'`;
    if (program === "wayland-proxy")
      run("sh", ["-c", check, process.execPath, main], { env: { PATH: process.env["PATH"] } });
  }
}

describe("the recipes in packaging/", () => {
  it("all make this version", () => {
    const versions = {
      "arch/PKGBUILD": /^pkgver=(.*)$/m,
      "alpine/APKBUILD": /^pkgver=(.*)$/m,
      "rpm/wayland-proxy.spec": /^Version: +(.*)$/m,
      "nix/flake.nix": /version = "(.*)"/,
      "debian/changelog": /^wayland-proxy \((.*)-/,
    };
    for (const [file, pattern] of Object.entries(versions)) {
      assert.equal(pattern.exec(readFileSync(join(packaging, file), "utf8"))?.[1], version, file);
    }
  });

  it("name the versions of the libraries that come along", () => {
    const spec = readFileSync(join(packaging, "rpm/wayland-proxy.spec"), "utf8");
    const bundled = spec.match(/(?<=bundled\(nodejs-).*/g) ?? [];
    assert.deepEqual(
      bundled.sort(),
      packed
        .libraries()
        .map(({ name, version: its }) => `${name}) = ${its}`)
        .sort(),
    );
  });

  it("for RPM build a package, by rpmbuild", () => {
    const folder = workshop("rpm-");
    const spec = join(packaging, "rpm/wayland-proxy.spec");
    const places = ["--define", `_topdir ${folder}`, "--define", `_sourcedir ${folder}`];
    // Debian's rpm knows nothing of Debian's packages.
    run("rpmbuild", ["-bb", "--quiet", "--nodeps", ...places, spec]);
    const rpm = run("find", [join(folder, "RPMS"), "-name", "*.rpm"]).trim();
    assert.match(run("rpm", ["-qp", "--requires", rpm]), /^nodejs >= 18\.19$/m);
    const unpacked = packed.place("rpm-root-");
    run("bsdtar", ["-xf", rpm, "-C", unpacked]);
    runsBelow(unpacked);
  });

  it("for Arch Linux build a package, by makepkg", () => {
    const folder = workshop("arch-");
    cpSync(join(packaging, "arch"), folder, { recursive: true });
    run("shellcheck", [join(folder, "PKGBUILD")]);
    // makepkg refuses to run as root.
    const nobody = 65534;
    const isRoot = process.getuid?.() === 0;
    run("chmod", ["711", packed.folder]);
    if (isRoot)
      for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))])
        chownSync(path, nobody, nobody);
    const as = isRoot ? ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : ["env"];
    const [command = "", ...args] = [...as, "env", `HOME=${folder}`, "PKGEXT=.pkg.tar", "makepkg", "--nodeps"];
    run(command, args, { cwd: folder });
    const unpacked = packed.place("arch-root-");
    const made = readdirSync(folder).find((name) => name.endsWith(".pkg.tar")) ?? assert.fail("no package");
    run("bsdtar", ["-xf", join(folder, made), "-C", unpacked]);
    runsBelow(unpacked);
    assert.ok(existsSync(join(unpacked, "usr/share/licenses/wayland-proxy/licences.txt")));
  });

  it("for Alpine are a script that a shell without extensions can read, whose functions make a package", () => {
    const recipe = join(packaging, "alpine/APKBUILD");
    run("shellcheck", [recipe]);
    const folder = workshop("alpine-");
    const made = packed.place("alpine-root-");
    mkdirSync(join(folder, "src"));
    run("tar", ["-xzf", packed.tarball, "-C", join(folder, "src")]);
    // The functions that abuild calls.
    const script = 'srcdir=$1/src pkgdir=$2; . "$3"; cd "$builddir"; build && package';
    run("dash", ["-euc", script, "sh", folder, made, recipe]);
    runsBelow(made);
    assert.ok(!existsSync(join(made, "usr/lib/systemd")));
  });

  it("for Nix can be evaluated, and their phases make a package", () => {
    for (const file of ["flake.nix", "package.nix", "module.nix"]) {
      run("nix-instantiate", ["--parse", join(packaging, "nix", file)]);
    }
    const folder = workshop("nix-");
    // What nixpkgs would give: enough of it to see what is asked of it.
    writeFileSync(
      join(folder, "evaluate.nix"),
      `let
        flake = import ${packaging}/nix/flake.nix;
        self = { packages.x86_64-linux.default = "the package"; };
        nixpkgs = {
          lib.genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
          legacyPackages.x86_64-linux.callPackage = file: given: import file ({
            lib.licenses = { asl20 = "Apache-2.0"; mit = "MIT"; isc = "ISC"; };
            stdenv.mkDerivation = all: builtins.removeAttrs all [ "src" ];
            nodejs = "/usr";
          } // given);
        };
        outputs = flake.outputs { inherit self nixpkgs; };
        lib = { mkEnableOption = text: text; mkOption = all: all; mkIf = is: value: if is then value else { };
          types = { package = "package"; bool = "bool"; }; };
        pkgs.stdenv.hostPlatform.system = "x86_64-linux";
        config.programs.wayland-proxy = { enable = true; guest = true; package = "the package"; };
      in {
        package = outputs.packages.x86_64-linux.default;
        module = (outputs.nixosModules.default { inherit config lib pkgs; }).config;
      }`,
    );
    const evaluated = JSON.parse(
      run("nix-instantiate", ["--eval", "--strict", "--json", join(folder, "evaluate.nix")]),
    ) as {
      package: { version: string; buildPhase: string; installPhase: string };
      module: { systemd: { user: { sockets: Record<string, { wantedBy: string[] }> } } };
    };
    assert.deepEqual(evaluated.module.systemd.user.sockets["wayland-proxy-guest"]?.wantedBy, ["sockets.target"]);
    assert.equal(evaluated.package.version, version);
    run("tar", ["-xzf", packed.tarball, "-C", folder]);
    const out = join(folder, "out");
    const phases = `runHook() { :; }\n${evaluated.package.buildPhase}\n${evaluated.package.installPhase}`;
    run("sh", ["-euc", phases], { cwd: join(folder, "package"), env: { ...process.env, out } });
    const unit = readFileSync(join(out, "lib/systemd/user/wayland-proxy-guest.service"), "utf8");
    assert.ok(unit.includes(`ExecStart=${out}/bin/wayland-proxy --virtio-gpu`));
    assert.equal(run(join(out, "bin/wayland-proxy"), ["--version"]), `${version}\n`);
  });
});

describe("the addon", () => {
  it("is loaded by musl, the libc of Alpine, which has every function that it needs besides Node's", () => {
    const folder = packed.place("musl-");
    run("tar", ["-xzf", packed.tarball, "-C", folder]);
    const addon = join(folder, "package/prebuilds/linux-x64/native.node");
    const wanted = run("nm", ["--dynamic", "--undefined-only", addon]).match(/(?<= U ).*/g) ?? [];
    const nodes = wanted.filter((name) => /^(napi|uv)_/.test(name));
    assert.ok(nodes.length > 20 && wanted.length > nodes.length + 20, "it needs functions of Node and of libc");
    // A process that has what Node exports, and otherwise musl alone.
    const program = `
      #include <dlfcn.h>
      #include <stdio.h>
      ${nodes.map((name) => `void ${name}(void) {}`).join("\n")}
      int main(int count, char **words) {
        void *addon = dlopen(words[1], RTLD_NOW);
        if (addon == NULL || dlsym(addon, "napi_register_module_v1") == NULL) return fputs(dlerror(), stderr), 1;
        return 0;
      }`;
    writeFileSync(join(folder, "load.c"), program);
    run("musl-gcc", ["-rdynamic", "-o", join(folder, "load"), join(folder, "load.c")]);
    assert.match(run("readelf", ["--program-headers", join(folder, "load")]), /ld-musl-x86_64\.so\.1/);
    run(join(folder, "load"), [addon]);
  });
});
