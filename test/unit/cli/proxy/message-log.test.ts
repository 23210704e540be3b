// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type Client, Place, program, programInModules, type Run } from "../support.ts";

const name = /client 1 \(node, pid \d+\)/;

/** wl_display.get_registry, and wl_display.sync with ids of their own. */
const getRegistry = Buffer.from(new Uint32Array([1, (12 << 16) | 1, 2]).buffer);
const sync = (id: number): Buffer => Buffer.from(new Uint32Array([1, 12 << 16, id]).buffer);

/** A proxy, and a client that has asked for the registry. */
async function withClient(
  context: TestContext,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  file = program,
): Promise<{ place: Place; proxy: Run; client: Client }> {
  const place = new Place(context);
  await place.host();
  // They would have the proxy ask the host a question of its own.
  const proxy = place.run(process.execPath, [file, "--title-bars", "none", ...args], environment);
  await proxy.says("listening");
  const client = await place.client("wayland-1");
  client.socket.write(getRegistry);
  return { place, proxy, client };
}

/** The lines about messages, without their times and the client's pid. */
function messages({ stderr }: Run): string[] {
  return stderr
    .split("\n")
    .filter((line) => /^\d\d:\d\d:\d\d\.\d{6} \[/.test(line))
    .map((line) => line.slice("00:00:00.000000 ".length).replace(name, "NAME"));
}

describe("-v", () => {
  it("logs every message on both sides", async (context) => {
    const { proxy, client } = await withClient(context, ["-v"]);
    await client.fail();
    await proxy.says("is disconnected");
    assert.deepEqual(messages(proxy), [
      "[client] NAME -> wl_display@1.get_registry(registry=new wl_registry@2)",
      "[server] NAME -> wl_display@1.get_registry(registry=new wl_registry@2)",
      '[client] NAME <- wl_display@1.error(object_id=object@1, code=0, message="invalid object 77")',
    ]);
  });

  it("logs those of the sources in WAYLAND_DEBUG_PROXY, which does without -v as well", async (context) => {
    for (const args of [["-v"], []]) {
      const { proxy, client } = await withClient(context, args, { WAYLAND_DEBUG_PROXY: "server" });
      await client.fail();
      await proxy.says("is disconnected");
      assert.deepEqual(messages(proxy), ["[server] NAME -> wl_display@1.get_registry(registry=new wl_registry@2)"]);
    }
  });

  it("logs what --log-filter and --log-suppress leave", async (context) => {
    const { proxy, client } = await withClient(context, [
      "-v",
      "--log-filter",
      "! .get_registry",
      "--log-suppress",
      "shm",
    ]);
    await client.fail();
    await proxy.says("is disconnected");
    assert.equal(messages(proxy).length, 1);
    assert.match(messages(proxy)[0] ?? "", /wl_display@1\.error/);
  });

  it("logs no message without it", async (context) => {
    const { proxy, client } = await withClient(context, []);
    await client.fail();
    await proxy.says("is disconnected");
    assert.deepEqual(messages(proxy), []);
  });
});

describe("--log-format json", () => {
  it("writes one object a line, as docs/logging.md describes it", async (context) => {
    const { proxy, client } = await withClient(context, ["-v", "--log-format", "json"]);
    await client.fail();
    await proxy.says("is disconnected");
    const lines = proxy.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const { time } of lines) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const shown = lines
      .map(({ time: _, ...rest }) => JSON.parse(JSON.stringify(rest).replace(name, "NAME")))
      .filter(({ level, source }) => source !== undefined || level === "warning");
    const call = {
      level: "debug",
      client: "NAME",
      type: "request",
      interface: "wl_display",
      id: 1,
      message: "get_registry",
      args: { registry: { interface: "wl_registry", id: 2 } },
    };
    assert.deepEqual(shown, [
      { ...call, source: "client" },
      { ...call, source: "server" },
      { level: "warning", text: "NAME is disconnected: invalid object 77" },
      {
        ...call,
        source: "client",
        type: "event",
        message: "error",
        args: { object_id: { interface: "object", id: 1 }, code: 0, message: "invalid object 77" },
      },
    ]);
  });
});

const ESCAPE = "\x1b";

describe("colors", () => {
  const onTerminal = (place: Place, environment: NodeJS.ProcessEnv): Run =>
    // `script` gives the program a terminal of its own, and passes on what it writes there.
    place.run("script", ["-qec", `"${process.execPath}" "${program}" --stats true`, "/dev/null"], environment);

  it("are there on a terminal, unless NO_COLOR is set", async (context) => {
    const place = new Place(context);
    const colored = onTerminal(place, { WAYLAND_DEBUG_PROXY: "nonsense" });
    assert.equal(await colored.ended, 0);
    const yellow = `${ESCAPE}[33mwarning: ${ESCAPE}[0m`;
    assert.ok(colored.stdout.includes(`wayland-proxy: ${yellow}WAYLAND_DEBUG_PROXY names nonsense`), colored.stdout);
    const plain = onTerminal(place, { WAYLAND_DEBUG_PROXY: "nonsense", NO_COLOR: "1" });
    assert.equal(await plain.ended, 0);
    assert.match(plain.stdout, /wayland-proxy: warning: WAYLAND_DEBUG_PROXY names nonsense/);
    assert.ok(!plain.stdout.includes(ESCAPE));
  });

  it("are not there in a pipe", async (context) => {
    const place = new Place(context);
    const proxy = place.proxy(["true"], { WAYLAND_DEBUG_PROXY: "nonsense" });
    assert.equal(await proxy.ended, 0);
    assert.ok(!proxy.stderr.includes(ESCAPE));
  });
});

describe("a session that a defect of ours has ended", () => {
  it("leaves the last 32 messages of its client, and of no other", async (context) => {
    // The defect: the 100th message of the second client's.
    const recorder = new URL("../../../../src/recorder/flight-recorder.js", import.meta.url);
    const code = `
      import { SessionTrace } from "${recorder}";
      const { onMessage } = SessionTrace.prototype;
      let count = 0;
      SessionTrace.prototype.onMessage = function (...message) {
        onMessage.apply(this, message);
        if (this.number === 2 && ++count === 100) throw new Error("boom");
      };`;
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(code)}`;
    const { place, proxy } = await withClient(context, [], { NODE_OPTIONS }, programInModules);
    const other = await place.client("wayland-1");
    for (let id = 2; id < 100; id++) other.socket.write(sync(id));
    await other.over;
    await proxy.says("boom");
    proxy.child.kill();
    await proxy.ended;
    const lines = proxy.stderr.split("\n").filter((line) => line.includes("[client]"));
    assert.equal(lines.length, 32);
    for (const line of lines) assert.match(line, /client 2 \(node, pid \d+\) /);
    assert.match(lines.pop() ?? "", /<- wl_display@1\.error\(.*internal error: boom"\)$/);
    const ids = lines.map((line) => Number(/-> wl_display@1\.sync\(callback=new wl_callback@(\d+)\)$/.exec(line)?.[1]));
    const [first = 0] = ids;
    assert.deepEqual(
      ids,
      ids.map((_, index) => first + index),
    );
  });
});

/** Of the statistics, what the test itself uses. */
interface Told {
  readonly uptime: number;
  readonly eventLoop: object;
  readonly clients: readonly { readonly requests: { readonly messages: number } }[];
}

describe("statistics", () => {
  const client = {
    name: "NAME",
    requests: { messages: 2, bytes: 24, fds: 0 },
    events: { messages: 0, bytes: 0, fds: 0 },
    clientObjects: 3,
    hostObjects: 3,
    waitingForClient: { bytes: 0, fds: 0 },
    waitingForHost: { bytes: 0, fds: 0 },
    copied: 0,
    roundTrip: { count: 0, last: 0, mean: 0, max: 0 },
  };

  it("are printed on the control pipe, as docs/logging.md describes them", async (context) => {
    const { place, proxy, client: connected } = await withClient(context, ["--log-format", "json", "--stats"]);
    connected.socket.write(sync(3));
    const path = join(place.directory, "wayland-1-ctl");
    const ask = async (): Promise<Told> => {
      proxy.stderr = "";
      writeFileSync(path, "stats\n");
      await proxy.says("}\n");
      return JSON.parse(proxy.stderr.replace(name, "NAME")).statistics;
    };
    let told = await ask();
    // Until it has read both requests.
    while (told.clients[0]?.requests.messages !== 2) told = await ask();
    const { uptime, eventLoop, ...rest } = told;
    assert.equal(typeof uptime, "number");
    assert.deepEqual(Object.keys(eventLoop), ["mean", "p99", "max"]);
    assert.deepEqual(rest, {
      totals: { sessions: 1, requests: client.requests, events: client.events, copied: 0 },
      clients: [client],
    });
  });

  it("are logged for each client that goes, and at the end, with --stats", async (context) => {
    const { proxy, client: connected } = await withClient(context, ["--stats"]);
    await connected.fail();
    await proxy.says("has gone");
    const gone = proxy.stderr.split("\n").find((line) => line.includes("has gone")) ?? "";
    assert.equal(
      gone.replace(name, "NAME"),
      "wayland-proxy: NAME has gone: 1 request (12 B, 0 fds), 0 events (0 B, 0 fds), 2 objects (2 at the host), " +
        "waiting 0 B and 0 fds for it, 0 B and 0 fds for the host, 0 B of pixels copied",
    );
    proxy.child.kill();
    assert.equal(await proxy.ended, 0);
    assert.match(proxy.stderr, /1 client so far, 0 now: 1 request \(12 B, 0 fds\)/);
    assert.match(proxy.stderr, /event loop delay: mean [\d.]+ ms, 99 % below [\d.]+ ms, max [\d.]+ ms/);
  });
});
