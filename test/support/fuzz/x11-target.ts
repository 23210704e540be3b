// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { unixHost } from "../../../src/host/unix.ts";
import { silent } from "../../../src/log/logger.ts";
import type { Fd } from "../../../src/native/fd.ts";
import { socketPair } from "../../../src/native/socket.ts";
import { GlobalPolicy } from "../../../src/protocol/global-policy.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { Client } from "../../../src/relay/client.ts";
import { Sessions } from "../../../src/sessions.ts";
import { localImages } from "../../../src/title-bars/local-images.ts";
import { Appearance } from "../../../src/xwayland/settings/appearance.ts";
import { WindowManager } from "../../../src/xwayland/window-manager.ts";
import { XwaylandStates } from "../../../src/xwayland/xwayland-state.ts";
import { openDescriptors } from "../descriptors.ts";
import { FakeCompositor } from "../fake-compositor.ts";
import { FakeXServer, fakeExtensions } from "../fake-x-server.ts";
import { nothingLeft, type Target } from "./fuzz.ts";
import { FuzzTransport } from "./fuzz-transport.ts";
import { Random } from "./random.ts";
import { HOST_GLOBALS, X11Stage } from "./x11-stage.ts";

/** Without Composite there is no window manager. */
const EXTENSIONS = { ...fakeExtensions, Composite: [142, 0, 0] as const };

/** An X server that says anything, Xwayland beside it as the same client of the host's, and a host that plays along. */
class X11Target implements Target {
  readonly name = "x11";
  readonly #folder = mkdtempSync(join(tmpdir(), "wayland-proxy-fuzz-"));
  readonly #compositor = new FakeCompositor(join(this.#folder, "host"), new ProtocolRegistry(), HOST_GLOBALS);
  readonly #sessions: Sessions;
  readonly #state = new XwaylandStates({ unscale: 1.5, primary: null }, silent);
  readonly #defects: string[] = [];

  constructor() {
    // Node opens /dev/null with its first stream, for good.
    const [end, other] = socketPair();
    end.close();
    void new FakeXServer(other.take()).close();
    this.#sessions = new Sessions({
      connectHost: unixHost(this.#compositor.path),
      protocol: new ProtocolRegistry(),
      hooks: this.#state.hooks,
      failed: (reason, isDefect) => {
        if (isDefect) this.#defects.push(reason);
      },
    });
  }

  async attempt(seed: number): Promise<void> {
    const random = new Random(seed);
    const before = openDescriptors();
    const client = new FuzzTransport();
    const session = (await this.#sessions.serve(client, { pid: null, uid: null, name: () => "Xwayland" })) as Client;
    const host = await this.#compositor.nextConnection();
    const [ours, theirs] = socketPair();
    const stage = new X11Stage(client, host, new FakeXServer(theirs.take(), EXTENSIONS), random);
    await stage.begin();
    let isOver = false;
    const managed = this.#manage(session, ours, random.once(2)).finally(() => {
      isOver = true;
    });
    for (let turn = 0; turn < 300 && !stage.isWild && !isOver; turn++) {
      await setImmediate();
    }
    stage.isWild = true;
    for (let deed = 10 + random.below(400); deed > 0; deed--) {
      stage.act();
      stage.play();
      client.turn();
      if (random.once(2)) await setImmediate();
    }
    await stage.server.close();
    client.hangUp();
    session.close();
    await Promise.all([managed, this.#sessions.idle(), host.whenClosed]);
    this.#state.for(session).manager?.close();
    assert.deepEqual(host.violations, [], "the host was sent what it must refuse");
    assert.deepEqual(this.#defects, []);
    await nothingLeft(before);
  }

  async close(): Promise<void> {
    await this.#sessions.close();
    this.#compositor.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Resolves when there is a window manager, or can be none. */
  async #manage(session: Client, x: Fd, isExplained: boolean): Promise<void> {
    const state = this.#state.for(session);
    try {
      state.manager = await WindowManager.start(x, {
        connect: () => Promise.reject(new Error("nobody listens")),
        ...state,
        client: session,
        images: localImages,
        appearance: new Appearance(state.scale, new Map(), {}),
        policy: new GlobalPolicy(),
        log: silent,
        guard: null,
        environment: {},
        explain: isExplained ? () => {} : null,
        titleBars: { tag: "", watchStyle: () => () => {} },
        closed: () => {},
      });
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }
}

/** The connection to an X server, and the window manager. */
export function x11Target(): Target {
  return new X11Target();
}
