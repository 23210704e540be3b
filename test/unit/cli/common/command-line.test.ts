// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Place } from "../support.ts";

describe("wayland-proxy without a command", () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    it(`runs until ${signal}, then ends its sessions, leaves no file behind and exits with 0`, async (context) => {
      const place = new Place(context);
      await place.host();
      const proxy = place.proxy([]);
      await proxy.says("listening on wayland-1");
      const client = await place.client("wayland-1");
      proxy.child.kill(signal);
      await client.over;
      assert.equal(await proxy.ended, 0);
      assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
    });
  }

  it("takes the next free name, and says which", async (context) => {
    const place = new Place(context);
    await place.host();
    const first = place.proxy([]);
    await first.says("listening on wayland-1");
    const second = place.proxy([]);
    await second.says("WAYLAND_DISPLAY=wayland-2");
    assert.equal(second.stderr.split("\n").length, 2, `one line: ${second.stderr}`);
  });

  it("warns when there is no compositor, goes on, and serves when it has come", async (context) => {
    const place = new Place(context);
    const proxy = place.proxy([], { WAYLAND_DISPLAY: "late" });
    await proxy.says("no compositor answers");
    assert.match(proxy.stderr, /late \(ENOENT\).*WAYLAND_DISPLAY/);
    await place.host("late");
    const client = await place.client("wayland-1");
    proxy.child.kill("SIGTERM");
    await client.over;
    assert.equal(await proxy.ended, 0);
  });

  it("ignores WAYLAND_SOCKET, with a warning", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy([], { WAYLAND_SOCKET: "5" });
    await proxy.says("WAYLAND_SOCKET is ignored");
    await proxy.says("listening on wayland-1");
  });

  it("survives that nobody reads its log any more", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["-v"]);
    await proxy.says("listening on wayland-1");
    proxy.child.stderr.destroy();
    const client = await place.client("wayland-1");
    await client.fail();
    const next = await place.client("wayland-1");
    proxy.child.kill("SIGTERM");
    await next.over;
    assert.equal(await proxy.ended, 0);
  });
});

describe("what we get wrong", () => {
  it("is called an internal error, and comes with the stack", async (context) => {
    const place = new Place(context);
    await place.host();
    const planted = 'process.on("SIGUSR2", () => { throw new Error("planted"); })';
    const proxy = place.proxy([], { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(planted)}` });
    await proxy.says("listening");
    proxy.child.kill("SIGUSR2");
    assert.equal(await proxy.ended, 1);
    assert.match(proxy.stderr, /internal error.*report.*\n +Error: planted\n +at /s);
  });
});

describe("what the user gets wrong", () => {
  const mistakes: [string, string[], NodeJS.ProcessEnv, RegExp][] = [
    ["an unknown option", ["--tagg", "x"], {}, /unknown option '--tagg' \(Did you mean --tag\?\).*--help/],
    ["an option without its value", ["--tag"], {}, /--tag.*argument missing/],
    ["no runtime directory", [], { XDG_RUNTIME_DIR: undefined }, /XDG_RUNTIME_DIR is not set.*set it/],
    [
      "a runtime directory that is not there",
      [],
      { XDG_RUNTIME_DIR: "/nowhere" },
      /\/nowhere does not exist.*create it/,
    ],
    ["a path too long for a socket", ["--wayland-display", "n".repeat(108)], {}, /bytes.*107.*shorter/],
    ["an empty display name", ["--wayland-display="], {}, /empty/],
    ["the host's name for its own", ["--wayland-display", "wayland-0"], {}, /our own host/],
    ["a link that makes it its own host", ["--wayland-display", "here"], { WAYLAND_DISPLAY: "link" }, /our own host/],
    ["a file where the socket should be", ["--wayland-display", "file"], {}, /file exists and is not a socket/],
    ["a group that does not exist", ["--socket-group", "nobodys"], {}, /there is no group "nobodys"/],
    ["a value in two lines", ["--x-unscale", "2\nx"], {}, /--x-unscale 2\\u\{a\}x: write auto/],
    ["a tag in two lines", ["--tag", "a\nb"], {}, /--tag "a\\nb" has characters that no title can have/],
    ["a prefix in two lines", ["--app-id-prefix", "a\nb"], {}, /--app-id-prefix "a\\nb" has characters/],
    ["a version that is none", ["--expose", "zwlr_layer_shell_v1=x"], {}, /zwlr_layer_shell_v1=x/],
    ["an interface that does not exist", ["--hide", "wl_shn"], {}, /wl_shn.*wl_shm/],
    ["a protocol file that is not there", ["--protocol", "/none.xml"], {}, /cannot read .*\/none\.xml \(ENOENT\)/],
    ["a scale below 1", ["--x-unscale", "0.5"], {}, /--x-unscale 0\.5: write auto, or a number from 1 to 8/],
    ["a scale that is no number", ["--x-unscale", "2x"], {}, /--x-unscale 2x: write auto/],
    ["an X resource without a value", ["--xrdb", "Xft.dpi"], {}, /"Xft\.dpi" is no X resource: write KEY:VALUE/],
    ["X resources in two lines", ["--xrdb", "a:1\nb:2"], {}, /"a:1\\nb:2" is no X resource/],
    ["a protocol file that is none", ["--protocol", "bad.xml"], {}, /bad\.xml:2: /],
  ];
  for (const [mistake, args, environment, message] of mistakes) {
    it(`is reported in one line, with exit code 1: ${mistake}`, async (context) => {
      const place = new Place(context);
      writeFileSync(join(place.directory, "file"), "");
      symlinkSync("here", join(place.directory, "link"));
      writeFileSync(join(place.directory, "bad.xml"), "<protocol name='bad'>\n<surprise/></protocol>");
      const before = readdirSync(place.directory);
      const full = args.map((arg) => (arg === "bad.xml" ? join(place.directory, arg) : arg));
      const proxy = place.proxy(full, environment);
      assert.equal(await proxy.ended, 1);
      assert.match(proxy.stderr, message);
      assert.match(proxy.stderr, /^wayland-proxy: error: [^\n]*\n$/);
      assert.equal(proxy.stdout, "");
      assert.deepEqual(readdirSync(place.directory), before);
    });
  }

  it("is reported in one line: a name that another proxy has", async (context) => {
    const place = new Place(context);
    const first = place.proxy(["--wayland-display", "mine"]);
    await first.says("listening on mine");
    const second = place.proxy(["--wayland-display", "mine"]);
    assert.equal(await second.ended, 1);
    assert.match(second.stderr, /^wayland-proxy: error: .*mine is in use.*--wayland-display.*\n$/);
  });
});

describe("the command line", () => {
  it("prints its help and its version to standard output, also where nothing else works", async (context) => {
    const place = new Place(context);
    const nowhere = { XDG_RUNTIME_DIR: undefined };
    const [help, version] = [place.proxy(["--help"], nowhere), place.proxy(["--version"], nowhere)];
    assert.deepEqual([await help.ended, await version.ended, help.stderr, version.stderr], [0, 0, "", ""]);
    for (const text of ["--wayland-display", "--tag", "--hide", "--expose", "--protocol", "--verbose", "Exit status"]) {
      assert.ok(help.stdout.includes(text), text);
    }
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("prints its help also beside a value that is wrong, and takes the last of several values", async (context) => {
    const place = new Place(context);
    await place.host();
    const help = place.proxy(["--x-unscale", "0.5", "--help"]);
    assert.equal(await help.ended, 0);
    assert.match(help.stdout, /^Usage: /);
    const last = place.proxy(["--log-format", "xml", "--log-format", "text", "printf", "started"]);
    assert.equal(await last.ended, 0, last.stderr);
    assert.equal(last.stdout, "started");
  });

  it("takes lists with commas and repeated options", async (context) => {
    const place = new Place(context);
    await place.host();
    const args = [
      "--hide",
      "wl_drm,wl_seat",
      "--hide=wl_shell",
      "--expose",
      "zwlr_layer_shell_v1=3, zwlr_screencopy_manager_v1",
    ];
    const proxy = place.proxy([...args, "--tag", "-v", "true"]);
    assert.equal(await proxy.ended, 0);
  });

  it("leaves the command's own options alone, with -- and without", async (context) => {
    const place = new Place(context);
    await place.host();
    const bare = place.proxy(["printf", "[%s]", "-v", "--help", "--", "--tag"]);
    assert.equal(await bare.ended, 0);
    assert.equal(bare.stdout, "[-v][--help][--][--tag]");
    const marked = place.proxy(["--tag", "x", "--", "printf", "[%s]", "--version", "--"]);
    assert.equal(await marked.ended, 0);
    assert.equal(marked.stdout, "[--version][--]");
  });

  it("relays the protocol in a file that is given, and knows its interfaces by name", async (context) => {
    const place = new Place(context);
    await place.host();
    const file = join(place.directory, "own.xml");
    writeFileSync(file, '<protocol name="own"><interface name="own_manager" version="1"/></protocol>');
    const proxy = place.proxy(["--protocol", file, "--hide", "own_manager", "true"]);
    assert.equal(await proxy.ended, 0, proxy.stderr);
  });

  it("knows the short names of what every program has", async (context) => {
    const place = new Place(context);
    for (const start of [(args: string[]) => place.proxy(args), (args: string[]) => place.deviceHost(args)]) {
      const [help, version] = [start(["-h"]), start(["-V"])];
      assert.equal(await help.ended, 0);
      assert.match(help.stdout, /-h, --help/);
      assert.equal(await version.ended, 0);
      assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    }
  });

  it("takes the number of an X display as DISPLAY has it", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["--x-display=:4711", "sh", "-c", 'echo "$DISPLAY"']);
    assert.equal(await proxy.ended, 0);
    assert.equal(proxy.stdout, ":4711\n");
  });

  it("says to Java that no window is put around others on an X display, unless the user says otherwise", async (context) => {
    const place = new Place(context);
    await place.host();
    const command = ["sh", "-c", 'echo "$_JAVA_AWT_WM_NONREPARENTING"'];
    for (const [environment, expected] of [
      [{}, "1"],
      [{ _JAVA_AWT_WM_NONREPARENTING: "0" }, "0"],
    ] as const) {
      const proxy = place.proxy(["--x-display=:4712", ...command], environment);
      assert.equal(await proxy.ended, 0);
      assert.equal(proxy.stdout, `${expected}\n`);
    }
    const without = place.proxy(command);
    assert.equal(await without.ended, 0);
    assert.equal(without.stdout, "\n");
  });

  it("warns of options that have no effect", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["--x-unscale", "2", "--xwayland-binary", "/no/such", "true"]);
    assert.equal(await proxy.ended, 0);
    assert.match(proxy.stderr, /warning: --xwayland-binary has no effect without --x-display\n/);
    assert.match(proxy.stderr, /warning: --x-unscale has no effect without --x-display\n/);
  });

  it("says at once that there is no such Xwayland", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["--x-display", "4712", "--xwayland-binary", "/no/such/server", "true"]);
    assert.equal(await proxy.ended, 0);
    assert.match(
      proxy.stderr,
      /X11 programs cannot be served: there is no program \/no\/such\/server; .*--xwayland-binary/,
    );
  });
});
