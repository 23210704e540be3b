// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../../support/eventually.ts";
import { fileSays, Place } from "../support.ts";

const replay = fileURLToPath(new URL("../../../../bin/wayland-proxy-replay.cjs", import.meta.url));

describe("the control pipe", () => {
  it("lies beside the socket, for our user alone, takes the place of one that was left, and goes with us", async (context) => {
    const place = new Place(context);
    await place.host();
    const path = join(place.directory, "wayland-1-ctl");
    assert.equal(await place.run("mkfifo", ["-m", "666", path]).ended, 0);
    const proxy = place.proxy([]);
    await proxy.says("listening");
    const now = statSync(path);
    assert.ok(now.isFIFO());
    assert.equal(now.mode & 0o777, 0o600);
    proxy.child.kill();
    assert.equal(await proxy.ended, 0);
    assert.ok(!existsSync(path));
  });

  it("takes commands one a line, and reports lines that are none", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy([]);
    await proxy.says("listening");
    const path = join(place.directory, "wayland-1-ctl");
    writeFileSync(path, `nonsense\nstats\n${"x".repeat(1000)}\n`);
    await proxy.says('"nonsense" is no command; there are dump-log, stats');
    await proxy.says("0 clients so far, 0 now: 0 requests (0 B, 0 fds)");
    await proxy.says('xxx" is no command');
  });

  it("takes the end of what one writer writes for the end of a line, and the next writer's command as it is", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy([]);
    await proxy.says("listening");
    const path = join(place.directory, "wayland-1-ctl");
    writeFileSync(path, "dump-log");
    await proxy.says("dumped at");
    writeFileSync(path, "sta");
    await proxy.says('"sta" is no command');
    for (let i = 0; i < 5; i++) writeFileSync(path, "stats");
    await eventually("all five", () => proxy.stderr.split("so far").length === 6);
    proxy.child.kill();
    assert.equal(await proxy.ended, 0);
    assert.equal(proxy.stderr.split("is no command").length, 2);
  });

  it("is there before the socket is, so that nobody makes a file of its name", async (context) => {
    const place = new Place(context);
    await place.host();
    for (const start of [
      () => place.proxy([]),
      () => place.deviceHost(["--socket", join(place.directory, "wayland-1")]),
    ]) {
      const run = start();
      await run.says("listening");
      const made = (name: string) => statSync(join(place.directory, name), { bigint: true }).mtimeNs;
      assert.ok(made("wayland-1-ctl") <= made("wayland-1"));
      run.child.kill();
      await run.ended;
    }
  });

  it("is not missed when something else is in its place", async (context) => {
    const place = new Place(context);
    await place.host();
    const path = join(place.directory, "wayland-1-ctl");
    writeFileSync(path, "mine");
    const proxy = place.proxy(["true"]);
    assert.equal(await proxy.ended, 0);
    assert.match(proxy.stderr, /no control pipe at .*wayland-1-ctl: it exists and is no pipe/);
    assert.equal(readFileSync(path, "utf8"), "mine");
  });
});

describe("--log-ring-path", () => {
  it("keeps what is no warning from standard error, and is written when a session fails, and not twice", async (context) => {
    const place = new Place(context);
    await place.host();
    const log = join(place.directory, "log");
    const proxy = place.proxy(["--log-ring-path", log, "-v"]);
    await (await place.client("wayland-1")).fail();
    const text = await fileSays(log, "is disconnected: invalid object 77");
    assert.match(text, /^wayland-proxy: log of wayland-proxy, pid \d+, dumped at 2\S+Z: client 1 .* is disconnected/);
    assert.match(text, /listening on wayland-1/);
    await proxy.says("invalid object 77\n");
    assert.match(proxy.stderr, /^wayland-proxy: warning: client 1 .* is disconnected: invalid object 77\n$/);
    proxy.child.kill("SIGUSR1");
    const both = await fileSays(log, "SIGUSR1");
    assert.equal(both.split("listening on").length, 2);
    assert.equal(statSync(log).mode & 0o777, 0o600);
  });

  it("is written once a minute for a program that fails on purpose, which cannot fill the log either", async (context) => {
    const place = new Place(context);
    await place.host();
    const log = join(place.directory, "log");
    const proxy = place.proxy(["--log-ring-path", log]);
    for (let i = 0; i < 60; i++) await (await place.client("wayland-1")).fail();
    proxy.child.kill("SIGUSR1");
    const text = await fileSays(log, "SIGUSR1");
    const heads = text.split("\n").filter((line) => line.includes(", dumped at "));
    assert.equal(heads.length, 2);
    assert.match(heads[1] ?? "", /: SIGUSR1 \(59 failures before it left no dump\)$/);
    await eventually("all that is logged", () => proxy.stderr.split("is disconnected").length - 1 === 20);
  });

  it("is written when a defect of ours ends the program", async (context) => {
    const place = new Place(context);
    await place.host();
    const log = join(place.directory, "log");
    // The defect.
    const code = 'process.on("SIGUSR2", () => { throw new Error("boom"); })';
    const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}` };
    const proxy = place.proxy(["--log-ring-path", log], environment);
    await eventually("its file", () => existsSync(join(place.directory, "wayland-1-ctl")));
    // Once it has answered, all that formats is loaded.
    proxy.child.kill("SIGUSR1");
    await fileSays(log, "SIGUSR1");
    await (await place.client("wayland-1")).fail();
    await fileSays(log, "invalid object 77");
    proxy.child.kill("SIGUSR2");
    assert.equal(await proxy.ended, 1);
    assert.match(readFileSync(log, "utf8"), /dumped at \S+: internal error: boom/);
    assert.match(proxy.stderr, /internal error, a defect of wayland-proxy/);
  });

  it("is one JSON object a line with --log-format json, of which the first says why", async (context) => {
    const place = new Place(context);
    await place.host();
    const log = join(place.directory, "log");
    const proxy = place.proxy(["--log-ring-path", log, "--log-format", "json"]);
    await eventually("its file", () => existsSync(join(place.directory, "wayland-1-ctl")));
    writeFileSync(join(place.directory, "wayland-1-ctl"), "dump-log\n");
    const [head, first] = (await fileSays(log, "listening"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.match(head.dump, /^"dump-log" was written to .*wayland-1-ctl$/);
    assert.equal(first.level, "info");
    assert.match(first.text, /^listening on wayland-1/);
    assert.equal(proxy.stderr, "");
  });
});

describe("what is logged", () => {
  it("is chosen by WAYLAND_DEBUG_PROXY before WAYLAND_DEBUG, which programs still get", async (context) => {
    const place = new Place(context);
    await place.host();
    const environment = { WAYLAND_DEBUG: "1", WAYLAND_DEBUG_PROXY: "xwayland,window" };
    const proxy = place.proxy(["sh", "-c", 'echo "$WAYLAND_DEBUG"'], environment);
    assert.equal(await proxy.ended, 0);
    assert.match(
      proxy.stderr,
      /warning: WAYLAND_DEBUG_PROXY names window, which is no source: there are 1, client, server/,
    );
    assert.equal(proxy.stdout, "1\n");
  });

  it("has priorities for the journal, and only for it", async (context) => {
    const place = new Place(context);
    await place.host();
    // A program cannot know the inode of its standard error beforehand.
    const script = 'JOURNAL_STREAM=$(stat -Lc %d:%i /dev/stderr) exec "$0" "$@"';
    const main = fileURLToPath(new URL("../../../../bin/wayland-proxy.cjs", import.meta.url));
    const journaled = place.run("sh", ["-c", script, process.execPath, main, "true"]);
    assert.equal(await journaled.ended, 0);
    assert.match(journaled.stderr, /^<6>wayland-proxy: listening/);
    const other = place.proxy(["true"], { JOURNAL_STREAM: "1:2" });
    assert.equal(await other.ended, 0);
    assert.match(other.stderr, /^wayland-proxy: listening/);
  });

  const mistakes: [string[], RegExp][] = [
    [["--log-format", "xml"], /--log-format xml: there are text and json/],
    [["--log-ring-size", "1K"], /--log-ring-size 1K is no size from 16K to 1G/],
    [["--log-suppress", "mouse"], /there is no class mouse of messages, but motion, .*: see --log-suppress/],
    [["--log-ring-path", "/no/such/file"], /--log-ring-path: \/no\/such\/file cannot be written \(ENOENT\)/],
    [
      ["--log-filter", "commit"],
      /"commit" in a filter can match nothing: there is no interface commit \(did you mean \.commit\?\); see --log-filter/,
    ],
    [["--record", "/no/such/file"], /--record: \/no\/such\/file cannot be written \(ENOENT\)/],
  ];
  for (const [args, complaint] of mistakes) {
    it(`refuses ${args.join(" ")}`, async (context) => {
      const place = new Place(context);
      const proxy = place.proxy([...args, "true"]);
      assert.equal(await proxy.ended, 1);
      assert.match(proxy.stderr, complaint);
    });
  }
});

describe("--record", () => {
  it("writes what wayland-proxy-replay prints", async (context) => {
    const place = new Place(context);
    await place.host();
    const file = join(place.directory, "recording");
    const proxy = place.proxy(["--record", file]);
    await proxy.says("listening");
    const client = await place.client("wayland-1");
    client.socket.write(Buffer.from(new Uint32Array([1, (12 << 16) | 1, 2]).buffer));
    await client.fail();
    proxy.child.kill();
    assert.equal(await proxy.ended, 0);
    const printed = place.run(process.execPath, [replay, "--source", "client", file]);
    assert.equal(await printed.ended, 0);
    const lines = printed.stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^\S+ (?:\[client\] )?client 1 \(.*?\) /, ""));
    assert.deepEqual(lines.slice(1), [
      "-> wl_display@1.get_registry(registry=new wl_registry@2)",
      '<- wl_display@1.error(object_id=object@1, code=0, message="invalid object 77")',
      lines.at(-1),
    ]);
    assert.match(lines.at(-1) ?? "", /has gone$/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("stops when the disk is full, says so once, and disturbs nobody", async (context) => {
    const place = new Place(context);
    await place.host();
    const proxy = place.proxy(["--record", "/dev/full"]);
    await proxy.says("listening");
    await place.client("wayland-1");
    await proxy.says("/dev/full: nothing more is recorded: ENOSPC");
    await (await place.client("wayland-1")).fail();
    proxy.child.kill();
    assert.equal(await proxy.ended, 0);
    assert.equal(proxy.stderr.split("nothing more is recorded").length, 2);
  });

  it("is no recording when it is another file", async (context) => {
    const place = new Place(context);
    const file = join(place.directory, "other");
    writeFileSync(file, "something else, long enough to have a header");
    const printed = place.run(process.execPath, [replay, file]);
    assert.equal(await printed.ended, 1);
    assert.match(
      printed.stderr,
      /^wayland-proxy-replay: error: .* is no recording, or one of another version or byte order\n$/,
    );
  });

  it("is not trusted when another program made it: one line says what is wrong", async (context) => {
    const place = new Place(context);
    const header = [0x65726c77, 0x64726f63, 1, 0];
    const text = (kind: number, content: string): number[] => {
      const bytes = Buffer.alloc((content.length + 3) & ~3, content);
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
      return [kind | ((2 + words.length) << 4), content.length, ...words];
    };
    const files: [string, number[], RegExp][] = [
      ["none", text(13, "{"), /is damaged: a protocol in it is none\n$/],
      ["odd", text(13, '{"protocol":"a","interfaces":[{"name":"b"}]}'), /is damaged: a protocol in it is none\n$/],
      [
        "unknown",
        text(
          13,
          '{"protocol":"a","interfaces":[{"name":"b","version":1,"requests":["c d:object:e"],"events":[],"enums":[]}]}',
        ),
        /is damaged: protocol a: b\.c names the interface e, .*\n$/,
      ],
    ];
    for (const [name, words, complaint] of files) {
      const file = join(place.directory, name);
      writeFileSync(file, new Uint32Array([...header, ...words]));
      const run = place.run(process.execPath, [replay, file]);
      assert.equal(await run.ended, 1);
      assert.match(run.stderr, complaint);
      assert.equal(run.stderr.split("\n").length, 2);
    }
    const endless = place.run(process.execPath, [replay, "/dev/zero"]);
    assert.equal(await endless.ended, 1);
    assert.match(endless.stderr, /\/dev\/zero is not a file\n$/);
    const file = join(place.directory, "played");
    writeFileSync(file, new Uint32Array([...header, 5 | (4 << 4), 1, 1, 0, ...text(6, "\x1b[31mred")]));
    const printed = place.run(process.execPath, [replay, file]);
    assert.equal(await printed.ended, 0);
    assert.match(printed.stdout, /\\u\{1b\}\[31mred has connected\n$/);
    const played = place.run(process.execPath, [replay, "--play", "--wayland-display", "/no/such", file]);
    assert.equal(await played.ended, 1);
    assert.match(played.stderr, /^wayland-proxy-replay: error: no compositor answers at \/no\/such \(ENOENT\): .*\n$/);
  });
});
