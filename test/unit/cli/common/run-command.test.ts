// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Place, program } from "../support.ts";

describe("a command under the proxy", () => {
  it("finds the proxy in WAYLAND_DISPLAY, no WAYLAND_SOCKET, and the rest of the environment", async (context) => {
    const place = new Place(context);
    await place.host();
    const script =
      'echo "$WAYLAND_DISPLAY,$' + '{WAYLAND_SOCKET-none},$OTHER"; test -S "$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY"';
    const proxy = place.proxy(["sh", "-c", script], { WAYLAND_SOCKET: "5", OTHER: "kept" });
    assert.equal(await proxy.ended, 0);
    assert.equal(proxy.stdout, "wayland-1,none,kept\n");
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
  });

  it("reads our standard input, and gets the path of a display that is no name", async (context) => {
    const place = new Place(context);
    await place.host();
    const path = join(place.directory, "by-path");
    const proxy = place.proxy(["--wayland-display", path, "sh", "-c", 'cat; echo "$WAYLAND_DISPLAY"']);
    proxy.child.stdin.end("input\n");
    assert.equal(await proxy.ended, 0);
    assert.equal(proxy.stdout, `input\n${path}\n`);
  });

  const endings: [string, string[], number, RegExp][] = [
    ["0", ["true"], 0, /^$/],
    ["its own", ["sh", "-c", "exit 7"], 7, /^$/],
    ["128+n when a signal ends it", ["sh", "-c", "kill -KILL $$"], 137, /^$/],
    ["127 when it is not found", ["no-such-program"], 127, /no-such-program: command not found/],
    ["126 when it is not executable", ["/dev/null"], 126, /\/dev\/null: permission denied/],
    ["126 when it is a directory", ["/usr"], 126, /\/usr: permission denied/],
    ["126 when its path leads through a file", ["/dev/null/x"], 126, /\/dev\/null\/x: cannot be executed.*ENOTDIR/],
  ];
  for (const [name, command, code, message] of endings) {
    it(`gives us its exit code: ${name}`, async (context) => {
      const place = new Place(context);
      await place.host();
      // In a folder of somebody else's in $PATH, the program might be: then it is not missing, but forbidden.
      const proxy = place.proxy(command, { PATH: "/usr/bin:/bin" });
      assert.equal(await proxy.ended, code);
      assert.match(proxy.stderr.replace(/^.*listening.*\n/, ""), message);
      assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
    });
  }

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    it(`gets the ${signal} that is sent to us, and decides what it means`, async (context) => {
      const place = new Place(context);
      await place.host();
      const script = `process.on("${signal}", () => process.exit(42)); console.log("ready"); setInterval(() => {}, 1000)`;
      const proxy = place.proxy([process.execPath, "-e", script]);
      await proxy.says("ready");
      proxy.child.kill(signal);
      assert.equal(await proxy.ended, 42);
    });
  }

  it("gets the terminal's Ctrl-C once, not a second time from us", async (context) => {
    const place = new Place(context);
    await place.host();
    const command = join(place.directory, "count.mjs");
    writeFileSync(
      command,
      `let n = 0;
      process.on("SIGINT", () => console.log("interrupt", ++n));
      process.stdin.on("data", () => process.exit(n));
      console.log("ready");`,
    );
    // script(1) gives it a terminal, on which a byte 3 is Ctrl-C.
    // A shell left in between would end by the signal itself.
    const line = ["exec", process.execPath, program, process.execPath, command].join(" ");
    const terminal = place.run("script", ["--quiet", "--return", "--command", line, "/dev/null"], { SHELL: "/bin/sh" });
    await terminal.says("ready");
    // Two signals that come at once count as one, so that one try could miss the mistake.
    const tries = 8;
    for (let n = 1; n <= tries; n++) {
      terminal.child.stdin.write("\x03");
      await terminal.says(`interrupt ${n}`);
      // When it has served a client, the proxy has also done what it does about its own SIGINT.
      await (await place.client("wayland-1")).fail();
    }
    terminal.child.stdin.write("\n");
    assert.equal(await terminal.ended, tries, terminal.stdout);
  });

  it("may end before its windows: we stay until the last is closed", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["sh", "-c", "read line; exit 9"]);
    await proxy.says("listening");
    const client = await place.client("wayland-1");
    proxy.child.stdin.end("\n");
    await proxy.says("still open");
    client.socket.destroy();
    assert.equal(await proxy.ended, 9);
  });

  it("may leave windows behind, which a signal to us closes", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["sh", "-c", "read line; exit 9"]);
    await proxy.says("listening");
    await place.client("wayland-1");
    proxy.child.stdin.end("\n");
    await proxy.says("still open");
    proxy.child.kill("SIGTERM");
    assert.equal(await proxy.ended, 9);
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
  });

  it("leaves no windows behind when SIGTERM has ended it", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["sleep", "60"]);
    await proxy.says("listening");
    await place.client("wayland-1");
    proxy.child.kill("SIGTERM");
    assert.equal(await proxy.ended, 143);
    assert.deepEqual(readdirSync(place.directory), ["wayland-0"]);
  });

  it("has the limit of open files that we were started with, not the one that Node gave us", async (context) => {
    const place = new Place(context);
    await place.host();
    // The status after it keeps the shell from becoming our process: it is to be our parent.
    const script = 'ulimit -Sn 777; "$@"; exit $?';
    const command = [process.execPath, program, "sh", "-c", "ulimit -Sn"];
    const shell = place.run("sh", ["-c", script, "sh", ...command]);
    assert.equal(await shell.ended, 0);
    assert.equal(shell.stdout, "777\n");
  });

  it("has the customary limit under systemd, whose own limit is not that of its services", async (context) => {
    const place = new Place(context);
    await place.host();
    const script = 'ulimit -Sn 777; export SYSTEMD_EXEC_PID=$$; exec "$@"';
    const service = place.run("sh", ["-c", script, "sh", process.execPath, program, "sh", "-c", "ulimit -Sn"]);
    assert.equal(await service.ended, 0);
    assert.equal(service.stdout, "1024\n");
  });
});
