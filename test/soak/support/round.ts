// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Desktop, Display } from "../../desktop/support/desktop.ts";
import type { Program } from "../../desktop/support/program.ts";
import { DISPLAY, xTool } from "../../desktop/support/x-programs.ts";
import { eventually } from "../../support/eventually.ts";
import { Clipboard } from "./clipboard.ts";
import { Crowd } from "./crowd.ts";
import { patience } from "./patience.ts";
import type { Client, WatchedProxy } from "./watched-proxy.ts";

/** So many more objects may a client have after a while: buffers, and frames that it waits for. */
const SLACK = 20;

/**
 * A day in a minute: programs that draw all the time, a clipboard that is used all the time, and clients that come and go
 * all the time. Then Xwayland is killed, and at last the compositor, of which there is a new one afterwards.
 *
 * Throws when anything fails that should not have been touched by that.
 */
export class Round {
  readonly #desktop: Desktop;
  readonly #display: Display;
  readonly #watched: WatchedProxy;

  constructor(desktop: Desktop, display: Display, watched: WatchedProxy) {
    this.#desktop = desktop;
    this.#display = display;
    this.#watched = watched;
  }

  async run(): Promise<void> {
    const shm = this.#desktop.start(this.#display, "weston-simple-shm");
    const [foot, first] = await Promise.all([this.#terminal("foot"), this.#terminal("xterm")]);
    const crowd = new Crowd(this.#display.socket);
    const clipboard = new Clipboard(this.#desktop, this.#display);
    const traffic = (clients: number, pastes: number): Promise<unknown> =>
      Promise.all([crowd.more(clients), clipboard.more(pastes)]);
    try {
      await traffic(50, 1);
      const early = await this.#watched.clients();
      await traffic(150, 3);
      requireNoMore(early, await this.#watched.clients());
      assert.deepEqual(this.#watched.complaints(), []);

      process.kill(this.#watched.xwayland as number, "SIGKILL");
      await first.end(patience);
      const second = await this.#terminal("xterm");
      await traffic(50, 1);
      const complaints = this.#watched.complaints();
      assert.deepEqual(
        complaints.filter((text) => !text.startsWith("Xwayland has ended: SIGKILL")),
        [],
      );
      assert.deepEqual(crowd.failures, []);
      for (const program of [shm, foot, second])
        assert.ok(program.running, `${program.name} has ended: ${program.output}`);

      await this.#desktop.killCompositor();
      for (const program of [shm, foot, second]) await program.end(patience);
      await crowd.more(50);
    } finally {
      await Promise.all([crowd.stop(), clipboard.stop()]);
    }
    await eventually("all clients to be gone", async () => (await this.#watched.clients()).length === 0, patience);
    await eventually("Xwayland to be gone", () => this.#watched.xwayland === undefined, patience);
    this.#requireEndsByTheHost(this.#watched.complaints());
    await this.#desktop.startCompositor();
  }

  /** Starts one in which something is written all the time. */
  async #terminal(name: "foot" | "xterm"): Promise<Program> {
    const file = join(this.#desktop.home, `${name}-runs`);
    rmSync(file, { force: true });
    const command = ["sh", "-c", `echo > ${file}; while :; do seq 1000; sleep 0.05; done`];
    const args = name === "foot" ? command : ["-title", name, "-e", ...command];
    const terminal = this.#desktop.start(this.#display, name, args, { env: name === "foot" ? {} : { DISPLAY } });
    await eventually(`${name} to run`, () => existsSync(file), patience);
    if (name === "xterm") {
      const isShown = async (): Promise<boolean> =>
        (await xTool(this.#desktop, this.#display, "xwininfo", "-name", name)).includes("IsViewable");
      await eventually("its window", isShown, patience);
    }
    return terminal;
  }

  /** What the end of the compositor may make the proxy say. */
  #requireEndsByTheHost(complaints: readonly string[]): void {
    // What clients can cause as often as they like is limited: of many that have lost their host at once some are counted.
    const expected = /cannot reach the host|^Xwayland has ended|^\d+ lines? w(?:as|ere) left out$/;
    assert.deepEqual(
      complaints.filter((text) => !expected.test(text)),
      [],
    );
  }
}

/** Clients that go on as before have no more objects than before. */
function requireNoMore(early: readonly Client[], late: readonly Client[]): void {
  for (const { name, clientObjects, hostObjects } of early) {
    const now = late.find((client) => client.name === name);
    if (now === undefined) continue;
    const grown = Math.max(now.clientObjects - clientObjects, now.hostObjects - hostObjects);
    assert.ok(grown <= SLACK, `${name} has ${grown} more objects than before`);
  }
}
