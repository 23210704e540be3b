// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { guestEnvironment } from "../../../../src/cli/vm/guest-environment.ts";
import { optionsTooLate, parseVmArguments, type VmSettings } from "../../../../src/cli/vm/options.ts";
import { temporaryDirectory } from "../../native/support.ts";

function settingsOf(...args: string[]): VmSettings {
  return parseVmArguments([...args, "--", "true"]) as VmSettings;
}

describe("the command line of wayland-proxy-vm", () => {
  it("has the program's own options behind the program, also without --", () => {
    assert.deepEqual((parseVmArguments(["-t", "bash", "-t", "--name"]) as VmSettings).command, [
      "bash",
      "-t",
      "--name",
    ]);
    assert.throws(() => parseVmArguments(["-t"]), /no command: say which program to run/);
  });

  it("shares folders where they are here, or elsewhere, and read-only if it says so", () => {
    assert.deepEqual(
      settingsOf("--share", "/a/b", "--share", "c:/d", "--share", "/e:ro", "--share", "/f:/g:ro").share,
      [
        { folder: "/a/b", place: "/a/b", writable: true },
        { folder: resolve("c"), place: "/d", writable: true },
        { folder: "/e", place: "/e", writable: false },
        { folder: "/f", place: "/g", writable: false },
      ],
    );
  });

  for (const share of ["/a:/", "/", "/a,b", "/a\nb", "/a:/b,c"]) {
    it(`refuses to share ${JSON.stringify(share)}`, () => {
      assert.throws(() => settingsOf("--share", share), /--share .*cannot be/);
    });
  }

  for (const name of ["", "..", "a/b", "-a", "a b", ".", "x".repeat(33)]) {
    it(`refuses the name ${JSON.stringify(name)}, which would be a folder's`, () => {
      assert.throws(() => settingsOf(`--name=${name}`), /is no name for a VM/);
      assert.throws(() => settingsOf(`--stop=${name}`), /is no name for a VM/);
    });
  }

  it("serves programs of others without one of its own, if others know its name", () => {
    assert.equal((parseVmArguments(["--serve", "--name", "work"]) as VmSettings).command.length, 0);
    assert.throws(() => parseVmArguments(["--serve"]), /--serve needs --name/);
    assert.throws(() => settingsOf("--serve", "--name", "work"), /--serve takes no command/);
  });

  it("takes no command for what starts no program", () => {
    for (const action of ["--list", "--stop=a", "--remove=a", "--print-guest-setup"]) {
      assert.throws(() => settingsOf(action), /^UserError: --[a-z-]+ takes no command$/);
    }
  });

  it("knows which options come too late for a VM that runs", () => {
    const running = settingsOf("--name", "work", "--share", "/a", "--share", "/b:ro", "--memory", "4G", "--audio");
    const late = (...args: string[]): string[] => optionsTooLate(settingsOf("--name", "work", ...args), running);
    // A program's own options are free, and what the VM has is as good as nothing said.
    assert.deepEqual(late("-t", "--env", "A=b"), []);
    assert.deepEqual(late("--memory", "4096M", "--share", "/b:ro", "--audio", "--net", "none"), []);
    assert.deepEqual(late("--memory", "2G", "--share", "/b", "--net", "user", "--x11"), [
      ...["--share", "--net", "--memory", "--x11"],
    ]);
    // The other process sends them as JSON.
    assert.deepEqual(optionsTooLate(settingsOf("--share", "/a"), JSON.parse(JSON.stringify(running))), []);
  });

  it("publishes ports, under the same number or another", () => {
    const { publish } = settingsOf("--net", "user", "--publish", "8080", "--publish", "8081:80");
    assert.deepEqual(publish, [
      { host: 8080, guest: 8080 },
      { host: 8081, guest: 80 },
    ]);
    for (const port of ["0", "65536", "a", "1:2:3", "80,hostfwd=tcp::1-:2"]) {
      assert.throws(() => settingsOf("--publish", port), /is no port: write 8080, or 8080:80/);
    }
  });

  it("refuses numbers, sizes and words that mean nothing", () => {
    assert.throws(() => settingsOf("--memory", "4"), /--memory 4 is no size/);
    assert.throws(() => settingsOf("--cpus", "0"), /--cpus 0 is no number of processors/);
    assert.throws(() => settingsOf("--accel", "xen"), /--accel xen: there are auto, kvm, tcg/);
    assert.throws(() => settingsOf("--net", "tap"), /--net tap: there are none, user/);
    assert.throws(() => settingsOf("--device", "a,b"), /is no name of a device/);
  });
});

describe("the environment of a program in a VM", () => {
  const user = { uid: 7, gid: 8, groups: [], name: "u", home: "/h" };

  it("has what is as good there, and none of the secrets that are here", () => {
    const here = {
      PATH: "/p",
      LANG: "de",
      LC_TIME: "C",
      TERM: "foot",
      SSH_AUTH_SOCK: "/s",
      WAYLAND_DISPLAY: "wayland-9",
    };
    const { PATH, LANG, LC_TIME, TERM, WAYLAND_DISPLAY, HOME, ...rest } = guestEnvironment(here, [], user, false);
    assert.deepEqual(
      [PATH, LANG, LC_TIME, TERM, WAYLAND_DISPLAY, HOME],
      ["/p", "de", "C", undefined, "wayland-0", "/h"],
    );
    assert.equal(rest["SSH_AUTH_SOCK"], undefined);
    assert.equal(rest["DISPLAY"], undefined);
  });

  it("leaves to a system of its own what depends on its user and its programs", () => {
    const here = { PATH: "/p", LANG: "de", LC_TIME: "C", TZ: "UTC", SHELL: "/bin/odd", HOME: "/h", TERM: "foot" };
    assert.deepEqual(guestEnvironment(here, ["A=b"], null, true), {
      ...{ TZ: "UTC", TERM: "foot", A: "b" },
      ...{ WAYLAND_DISPLAY: "wayland-0", XDG_SESSION_TYPE: "wayland" },
    });
  });

  it("has what the user asks for, with a value or with the one that it has here", () => {
    const here = { A: "1", TERM: "foot" };
    const wanted = ["A", "B=x=y", "C", "LANG="];
    const result = guestEnvironment(here, wanted, user, true);
    const { A, B, C, LANG, TERM } = result;
    assert.deepEqual([A, B, C, LANG, TERM], ["1", "x=y", undefined, "", "foot"]);
    assert.throws(() => guestEnvironment({}, ["=x"], user, false), /--env "=x" is no variable/);
  });
});

describe("wayland-proxy-vm without a VM", () => {
  const program = fileURLToPath(new URL("../../../../bin/wayland-proxy-vm.cjs", import.meta.url));

  function run(context: Parameters<typeof temporaryDirectory>[0], ...args: string[]): [number | null, string, string] {
    const env = { PATH: "/none", XDG_RUNTIME_DIR: temporaryDirectory(context), XDG_CACHE_HOME: "/none" };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: "utf8" });
    return [status, stdout, stderr];
  }

  it("ends with 125, and one line with a remedy, when QEMU is missing", (context) => {
    const [status, , stderr] = run(context, "--accel", "tcg", "--kernel", "/etc/passwd", "--modules", "/", "true");
    assert.equal(status, 125);
    assert.match(stderr, /^wayland-proxy-vm: error: [^\n]+; --check says all that is missing\n$/);
  });

  it("lists no VM, and cannot stop what does not run", (context) => {
    assert.deepEqual(run(context, "--list"), [0, "", ""]);
    const [status, , stderr] = run(context, "--stop", "work");
    assert.equal(status, 125);
    assert.match(stderr, /there is no VM named work: --list shows those that run/);
  });

  it("puts a program into the menu, with all its actions, in a VM with the same options", (context) => {
    const folder = temporaryDirectory(context);
    mkdirSync(join(folder, "system/applications"), { recursive: true });
    const entry = [
      "[Desktop Entry]",
      "Name=Fire",
      "Name[de]=Feuer",
      "TryExec=fire",
      "Exec=fire %u",
      "DBusActivatable=true",
      "MimeType=text/html;",
      "[Desktop Action new]",
      "Name=New window",
      "Exec=fire --new",
      "",
    ];
    writeFileSync(join(folder, "system/applications/fire.desktop"), entry.join("\n"));
    const env = { XDG_DATA_HOME: join(folder, "own"), XDG_DATA_DIRS: join(folder, "system"), HOME: folder };
    const install = (...args: string[]): string => {
      const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: "utf8" });
      assert.equal(stderr, "");
      return readFileSync(stdout.trim(), "utf8");
    };
    const start = 'Exec=wayland-proxy-vm --tag "100%% \\\\$x" --net user --';
    assert.equal(
      install("--tag", "100% $x", "--install-desktop-entry", "--net", "user", "fire"),
      [
        "[Desktop Entry]",
        "Name=Fire (VM)",
        "Name[de]=Feuer (VM)",
        `${start} fire %u`,
        "[Desktop Action new]",
        "Name=New window",
        `${start} fire --new`,
        "",
      ].join("\n"),
    );
    const own = join(folder, "own program");
    writeFileSync(own, "", { mode: 0o755 });
    assert.equal(
      install("--install-desktop-entry", "--", own, "a b"),
      `[Desktop Entry]\nType=Application\nName=own program (VM)\nExec=wayland-proxy-vm -- "${own}" "a b"\n`,
    );
    // A program that only the VM has cannot be looked for.
    assert.match(install("--root", folder, "--install-desktop-entry", "inside"), /^Exec=.* -- inside$/m);
  });

  it("puts no program into the menu that is not there", (context) => {
    const [status, stdout, stderr] = run(context, "--install-desktop-entry", "nosuchprogram");
    assert.deepEqual([status, stdout], [125, ""]);
    assert.match(
      stderr,
      /error: there is no program nosuchprogram here, and no entry nosuchprogram\.desktop: nothing was/,
    );
  });

  it("prints a script for disk images that shells can read, with the user's name and number", (context) => {
    const [status, stdout] = run(context, "--print-guest-setup");
    assert.equal(status, 0);
    const { status: read, stderr } = spawnSync("sh", ["-n"], { input: stdout, encoding: "utf8" });
    assert.deepEqual([read, stderr], [0, ""]);
    const { uid, username } = userInfo();
    assert.match(stdout, uid === 0 ? /^number=1000$/m : new RegExp(`^user=.*${username}.*\nnumber=${uid}$`, "m"));
    // Words of the service that the script's shell and systemd both read.
    assert.match(stdout, /^ExecStart=\/bin\/sh -c 'exec "\\\$\\\$\(command -v node \|\| echo /m);
  });

  it("gives a terminal only where it has one", (context) => {
    const [status, , stderr] = run(context, "-t", "true");
    assert.deepEqual([status, /-t needs a terminal/.test(stderr)], [125, true]);
  });

  it("reports with --check what is missing", (context) => {
    const [status, stdout] = run(context, "--check");
    assert.equal(status, 1);
    assert.match(stdout, /^✗ QEMU: there is no program qemu-system-\w+: install QEMU 11\.1 or newer/m);
  });
});
