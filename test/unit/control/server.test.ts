// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { MAX_REQUEST_LINE } from "../../../src/control/protocol.ts";
import { type ControlledClient, ControlServer } from "../../../src/control/server.ts";
import { UserError } from "../../../src/errors.ts";
import { DisplaySocket } from "../../../src/listen/display-socket.ts";
import { silent } from "../../../src/log/logger.ts";
import { eventually } from "../../support/eventually.ts";
import { patiently } from "../../support/inbox.ts";
import type { Scope } from "../../support/proxied.ts";

type Message = Record<string, unknown>;

/** Somebody who is connected. */
class Caller {
  readonly socket: Socket;
  readonly over: Promise<void>;
  readonly #lines: AsyncIterator<string>;

  constructor(path: string) {
    this.socket = createConnection(path).on("error", () => {});
    this.over = new Promise((done) => this.socket.once("close", () => done()));
    this.#lines = createInterface({ input: this.socket })[Symbol.asyncIterator]();
  }

  send(request: unknown): void {
    this.socket.write(`${typeof request === "string" ? request : JSON.stringify(request)}\n`);
  }

  async next(): Promise<Message> {
    const { value } = await patiently(this.#lines.next(), (why) => new Error(`no line came: ${why}`));
    return JSON.parse(value as string) as Message;
  }

  async ask(request: unknown): Promise<Message> {
    this.send(request);
    return this.next();
  }
}

interface Stage {
  readonly path: string;
  readonly server: ControlServer;
  readonly done: string[];
  readonly warnings: string[];
  /** Somebody who was greeted. */
  call(): Promise<Caller>;
}

function stage(t: Scope): Stage {
  const directory = mkdtempSync(join(tmpdir(), "control-"));
  const path = join(directory, "socket");
  const done: string[] = [];
  const warnings: string[] = [];
  const client: ControlledClient = {
    id: "3",
    name: "client 3 (foot)",
    windows: [{ title: "a\u202eb", appId: "foot" }],
    requests: 1,
    events: 2,
    objects: 3,
    close: () => done.push("close"),
    kill: () => void done.push("kill"),
  };
  const flow = { messages: 0, bytes: 0, fds: 0 };
  const target = {
    name: "bank",
    program: "test",
    clients: () => [client],
    statistics: () => ({ totals: { sessions: 1, requests: flow, events: flow, copied: 0 }, clients: [] }),
    policy: () => ["Programs may."],
    reload: async () => {
      if (done.includes("reload")) throw new UserError("p.toml:3: no");
      done.push("reload");
      return { changed: ["fullscreen"], later: [] };
    },
    dump: () => void done.push("dump"),
    clipboard: async (action: string, selection: string) => {
      if (action === "in") throw new Error("too many open files");
      return { size: action.length + selection.length, seconds: 60 };
    },
  };
  const note = (text: string): void => void warnings.push(text);
  const log = { ...silent, warn: note, error: note };
  const server = new ControlServer(DisplaySocket.open(undefined, path), target, log);
  const callers: Caller[] = [];
  t.after(async () => {
    for (const caller of callers) caller.socket.destroy();
    server.close();
    assert.deepEqual(readdirSync(directory), []);
    rmSync(directory, { recursive: true });
  });
  const call = async (): Promise<Caller> => {
    const caller = new Caller(path);
    callers.push(caller);
    const greeting = await caller.next();
    assert.deepEqual(
      [greeting["protocol"], greeting["version"], greeting["name"]],
      ["wayland-proxy-control", 1, "bank"],
    );
    return caller;
  };
  return { path, server, done, warnings, call };
}

describe("the control socket", () => {
  it("is for our user alone", (t) => {
    assert.equal(statSync(stage(t as Scope).path).mode & 0o777, 0o600);
  });

  it("answers each command with the id of its request, in their order", async (t) => {
    const { call, done } = stage(t as Scope);
    const caller = await call();
    for (const request of [
      { id: 1, command: "list" },
      { id: "two", command: "policy" },
      { command: "reload" },
      { id: 4, command: "reload" },
      { id: 5, command: "dump" },
      { id: 6, command: "close", client: "3" },
      { id: 7, command: "kill", client: "3" },
      { id: 8, command: "stats" },
      { id: 9, command: "clipboard", action: "out" },
      { id: 10, command: "clipboard", action: "clear", selection: "primary" },
    ])
      caller.send(request);
    assert.deepEqual(await caller.next(), {
      id: 1,
      result: {
        clients: [
          {
            id: "3",
            name: "client 3 (foot)",
            windows: [{ title: "a\u202eb", appId: "foot" }],
            requests: 1,
            events: 2,
            objects: 3,
          },
        ],
      },
    });
    assert.deepEqual(await caller.next(), { id: "two", result: { sentences: ["Programs may."] } });
    assert.deepEqual(await caller.next(), { result: { changed: ["fullscreen"], later: [] } });
    assert.deepEqual(await caller.next(), { id: 4, error: "p.toml:3: no" });
    assert.deepEqual(await caller.next(), { id: 5, result: {} });
    assert.deepEqual(await caller.next(), { id: 6, result: { windows: 2 + 1 } });
    assert.deepEqual(await caller.next(), { id: 7, result: {} });
    assert.equal((await caller.next())["id"], 8);
    assert.deepEqual(await caller.next(), { id: 9, result: { size: 3 + 9, seconds: 60 } });
    assert.deepEqual(await caller.next(), { id: 10, result: { size: 5 + 7, seconds: 60 } });
    assert.deepEqual(done, ["reload", "dump", "close", "kill"]);
  });

  it("goes on when a command has failed, which is an answer and a line in the log", async (t) => {
    const { call, warnings } = stage(t as Scope);
    const caller = await call();
    const answer = await caller.ask({ id: 1, command: "clipboard", action: "in" });
    assert.deepEqual(answer, { id: 1, error: "too many open files" });
    assert.match(warnings.join(), /a command has failed: Error: too many open files/);
    assert.ok((await caller.ask({ command: "policy" }))["result"]);
  });

  it("says what is wrong with a request, and goes on", async (t) => {
    const { call } = stage(t as Scope);
    const caller = await call();
    for (const [request, error] of [
      ["nonsense", /a line with a JSON object/],
      ["[]", /is a JSON object/],
      ["null", /is a JSON object/],
      [{ id: 1 }, /there is no command none/],
      [{ command: "relaod" }, /no command "relaod": did you mean reload\?/],
      [{ command: "toString" }, /no command "toString"/],
      [{ command: ["list"] }, /no command \["list"\]; there are list, /],
      [{ command: "kill" }, /needs a client/],
      [{ command: "clipboard", action: "toString" }, /needs an action: the field action, with in, out, clear/],
      [{ command: "clipboard", action: "out", selection: "both" }, /no selection "both"; there are clipboard, primary/],
      [{ command: "kill", client: "33" }, /no client "33"/],
      [{ command: "kill", client: 3 }, /no client 3/],
    ] as const) {
      assert.match(String((await caller.ask(request))["error"]), error);
    }
    assert.ok((await caller.ask({ command: "policy" }))["result"]);
  });

  it("sends events to whoever watches, and lines of the log to whoever asks for these", async (t) => {
    const { call, server } = stage(t as Scope);
    const [watching, logging, silentOne] = [await call(), await call(), await call()];
    await watching.ask({ command: "watch" });
    await logging.ask({ command: "log" });
    server.emit(() => ({ event: "client-connected", client: "3", name: "foot" }));
    server.emit(() => ({ event: "log", level: "info", text: "hello" }));
    assert.equal((await watching.next())["event"], "client-connected");
    assert.deepEqual(await logging.next(), { event: "log", level: "info", text: "hello" });
    assert.ok((await silentOne.ask({ command: "policy" }))["result"]);
    assert.ok((await watching.ask({ command: "policy" }))["result"]);
  });

  it("puts nothing into words while nobody is connected", async (t) => {
    const { call, server } = stage(t as Scope);
    let described = 0;
    const event = () => {
      described++;
      return { event: "client-connected", client: "3", name: "foot" } as const;
    };
    server.emit(event);
    assert.equal(described, 0);
    await (await call()).ask({ command: "watch" });
    server.emit(event);
    assert.equal(described, 1);
  });

  it("ends the connection of a peer that sends a line without an end, and no other one", async (t) => {
    const { call } = stage(t as Scope);
    const [hostile, other] = [await call(), await call()];
    hostile.socket.write("x".repeat(MAX_REQUEST_LINE + 1));
    assert.match(String((await hostile.next())["error"]), /at most 4096 characters/);
    await hostile.over;
    assert.ok((await other.ask({ command: "policy" }))["result"]);
  });

  it("ends the connection of a peer that never reads, and no other one", async (t) => {
    const { call, server } = stage(t as Scope);
    const [hostile, other] = [await call(), await call()];
    await hostile.ask({ command: "log" });
    hostile.socket.pause();
    let isOver = false;
    void hostile.over.then(() => {
      isOver = true;
    });
    const text = "x".repeat(100_000);
    await eventually("the connection to end", () => {
      server.emit(() => ({ event: "log", level: "info", text }));
      // It does not read, and so notices the end by what it writes.
      hostile.socket.write("\n");
      return isOver;
    });
    assert.ok((await other.ask({ command: "policy" }))["result"]);
  });

  it("says a bounded number of times that it refuses connections", async (t) => {
    const { call, path, warnings } = stage(t as Scope);
    for (let count = 0; count < 32; count++) await call();
    await Promise.all(Array.from({ length: 300 }, () => new Caller(path).over));
    assert.match(warnings[0] ?? "", /there are 32 already/);
    assert.ok(warnings.length < 50, `${warnings.length} lines`);
  });

  it("takes so many connections and no more, until one of them is gone", async (t) => {
    const { call, path, warnings } = stage(t as Scope);
    const callers = [];
    for (let count = 0; count < 32; count++) callers.push(await call());
    await new Caller(path).over;
    assert.match(warnings.join(), /there are 32 already/);
    callers[0]?.socket.destroy();
    await eventually("room for one more", async () => {
      const next = new Caller(path);
      const greeted = await Promise.race([next.next().catch(() => false), next.over.then(() => false)]);
      next.socket.destroy();
      return greeted !== false || undefined;
    });
  });
});

describe("the schema of the control protocol", () => {
  it("is JSON that has every command and event", () => {
    const root = resolve(fileURLToPath(import.meta.url), "../../../../..");
    const schema = JSON.parse(readFileSync(join(root, "docs/control.schema.json"), "utf8")) as {
      $defs: Record<string, unknown>;
    };
    for (const name of ["greeting", "request", "answer", "event", "result-list"]) assert.ok(schema.$defs[name], name);
  });
});
