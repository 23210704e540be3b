// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unixHost } from "../../src/host/unix.ts";
import { DisplaySocket } from "../../src/listen/display-socket.ts";
import type { Logger } from "../../src/log/logger.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import type { ProtocolTable } from "../../src/protocol/table.ts";
import { createProxy, type ProxyOptions, type Proxy as RunningProxy } from "../../src/proxy.ts";
import { FlightRecorder } from "../../src/recorder/flight-recorder.ts";
import { MIN_RING_SIZE } from "../../src/recorder/record.ts";
import { MessageFilter } from "../../src/trace/message-filter.ts";
import { MessageLog } from "../../src/trace/message-log.ts";
import { openDescriptors, untilOpen } from "./descriptors.ts";
import { FakeClient } from "./fake-client.ts";
import { FakeCompositor, type HostConnection } from "./fake-compositor.ts";
import type { Peer } from "./peer.ts";

/** The wishes of a test for its proxy and its compositor. */
export interface Setting extends Pick<ProxyOptions, "hooks" | "policy" | "guard" | "tag" | "appIdPrefix"> {
  /** The globals that the compositor offers: `name` or `name version`. */
  readonly globals?: readonly string[];
  /** Whether every message is logged. */
  readonly verbose?: boolean;
  /** The protocols that the proxy knows, where they are shared; then `protocols` is of no use. */
  readonly registry?: ProtocolRegistry;
  /** Protocols that are known beside the generated ones. */
  readonly protocols?: readonly ProtocolTable[];
}

/** Says when a stage is not needed any more: a test's context, for one. */
export interface Scope {
  after(end: () => Promise<void>): void;
}

/** Runs a part of a test with a scope of its own. */
export async function scoped(part: (scope: Scope) => Promise<void>): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  try {
    await part({ after: (end) => ends.unshift(end) });
  } finally {
    for (const end of ends) await end();
  }
}

/** A client and what the compositor sees of it. */
export interface Pair {
  readonly client: FakeClient;
  readonly host: HostConnection;
}

/** A compositor, a proxy, and a client that is connected through it. */
export class Stage implements Pair {
  readonly proxy: RunningProxy;
  /** The lines that the proxy has logged. */
  readonly log: string[] = [];
  readonly path: string;
  readonly recorder: FlightRecorder = new FlightRecorder(MIN_RING_SIZE);
  compositor: FakeCompositor;
  client!: FakeClient;
  host!: HostConnection;
  readonly #protocol: ProtocolRegistry;
  readonly #setting: Setting;
  readonly #peers = new Set<Peer>();
  /** The violations that peers have noted that are gone. */
  readonly #violations: string[] = [];
  #clients = 0;
  readonly #directory: string;
  readonly #before: string[];

  constructor(setting: Setting) {
    this.#before = openDescriptors();
    this.#setting = setting;
    this.#directory = mkdtempSync(join(tmpdir(), "wayland-proxy-test-"));
    this.#protocol = protocolOf(setting);
    this.compositor = this.startCompositor();
    const display = DisplaySocket.open(this.#directory, "proxied");
    this.path = display.path;
    const { hooks = [], policy, guard, tag, appIdPrefix, verbose = false } = setting;
    if (verbose) this.recorder.observers.push(this.#messageLog());
    this.proxy = createProxy({
      display,
      connectHost: unixHost(this.compositor.path),
      protocol: protocolOf(setting),
      hooks,
      log: this.#logger(),
      tag,
      appIdPrefix,
      recorder: this.recorder,
      ...(policy === undefined ? {} : { policy }),
      guard,
    });
  }

  /** A new compositor at the place of the one that was closed. */
  startCompositor(): FakeCompositor {
    const { globals = [] } = this.#setting;
    this.compositor = new FakeCompositor(join(this.#directory, "host"), this.#protocol, globals);
    return this.compositor;
  }

  /** A client whose connection to the compositor is not awaited. */
  newClient(): FakeClient {
    const client = new FakeClient(this.path, this.#protocol, `client ${++this.#clients}`);
    this.#mind(client);
    return client;
  }

  /** Connects one more client. */
  async connect(): Promise<Pair> {
    const client = this.newClient();
    const host = await this.compositor.nextConnection();
    this.#mind(host);
    return { client, host };
  }

  #mind(peer: Peer): void {
    this.#peers.add(peer);
    void peer.whenClosed.then(() => {
      this.#peers.delete(peer);
      this.#violations.push(...peer.violations);
    });
  }

  /** Descriptors made with `fileWith` since the beginning that are open, in whosever hands. */
  get openFiles(): string[] {
    return openDescriptors().filter((text) => text.includes("wayland-proxy-fd-") && !this.#before.includes(text));
  }

  /** Ends everything, and checks that nobody broke a rule and nothing is left. */
  async end(): Promise<void> {
    const peers = [...this.#peers];
    for (const peer of peers) if (peer instanceof FakeClient) peer.close();
    await this.proxy.idle();
    await this.proxy.close();
    this.compositor.close();
    await Promise.all(peers.map((peer) => peer.closed));
    const files = readdirSync(this.#directory);
    rmSync(this.#directory, { recursive: true });
    assert.deepEqual(this.#violations, []);
    assert.deepEqual(files, [], "files are left");
    await untilOpen(this.#before);
  }

  #messageLog(): MessageLog {
    const style = { program: "wayland-proxy", format: "text", isJournal: false, hasColor: false } as const;
    const write = (line: string) => void this.log.push(line.trimEnd());
    return new MessageLog(
      write,
      style,
      new Set(["client", "server"]),
      new MessageFilter(this.#protocol, undefined, []),
    );
  }

  #logger(): Logger {
    const line = (level: string) => (text: string) => void this.log.push(`${level}: ${text}`);
    return { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
  }
}

function protocolOf({ registry, protocols = [] }: Setting): ProtocolRegistry {
  return registry ?? new ProtocolRegistry(...protocols);
}

/** Sets the stage for a test, with one client; at its end everything is ended and checked. */
export async function proxied(t: Scope, setting: Setting = {}): Promise<Stage> {
  const stage = new Stage(setting);
  t.after(() => stage.end());
  Object.assign(stage, await stage.connect());
  return stage;
}
