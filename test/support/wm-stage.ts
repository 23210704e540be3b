// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unixHost } from "../../src/host/unix.ts";
import { XDisplay } from "../../src/listen/x-display.ts";
import type { Logger } from "../../src/log/logger.ts";
import type { PolicyGuard } from "../../src/policy/guard.ts";
import { ProtocolRegistry } from "../../src/protocol/protocol-registry.ts";
import type { Hooks } from "../../src/relay/hooks.ts";
import type { WatchBarStyle } from "../../src/title-bars/bar-style.ts";
import { X11Connection } from "../../src/x11/client/connection.ts";
import type { Unscale } from "../../src/xwayland/outputs/outputs.ts";
import { XServer } from "../../src/xwayland/x-server.ts";
import { openDescriptors, untilOpen } from "./descriptors.ts";
import { FakeCompositor, type HostConnection } from "./fake-compositor.ts";
import { type DesktopWindow, FakeDesktop } from "./fake-desktop.ts";
import { FakeXwayland } from "./fake-xwayland/fake-xwayland.ts";
import type { Scope } from "./proxied.ts";
import { type ShownOptions, XTestWindow } from "./x-test-window.ts";

/** A display that no real X server has: its sockets are in a directory of the test's own. */
const DISPLAY = 40_000;

/** The globals that every desktop has. */
const usual = ["wl_compositor 5", "wl_shm 1", "wl_seat 5", "wl_output 3", "zxdg_output_manager_v1 3", "xdg_wm_base 5"];

/** A window, as its client knows it and as the desktop does. */
export interface StagedWindow {
  readonly ours: XTestWindow;
  readonly theirs: DesktopWindow;
}

/** The ways in which a stage is to differ from the usual one. */
export interface WmStageOptions {
  /** `name` or `name version` of what the desktop offers besides. */
  readonly globals?: readonly string[];
  /** The scale, as by `--x-unscale`. */
  readonly unscale?: Unscale;
  /** Hooks of the user's. */
  readonly hooks?: readonly Hooks[];
  /** The policy for what programs may do. */
  readonly guard?: PolicyGuard;
  readonly appIdPrefix?: string;
  readonly tag?: string;
  /** The style of title bars, where the desktop draws no frames; by default windows have none. */
  readonly titleBars?: WatchBarStyle;
}

/**
 * The whole window manager between fakes: an X server with the Xwayland around it on one side, a compositor with windows
 * on the other. Everything is ended and checked after the test.
 */
export class WmStage {
  readonly desktop: FakeDesktop;
  /** The lines that the window manager has logged. */
  readonly log: string[] = [];
  xwayland!: FakeXwayland;
  /** Xwayland, as the compositor knows it. */
  host!: HostConnection;
  readonly #directory: string = mkdtempSync(join(tmpdir(), "wm-stage-"));
  readonly #before: string[] = openDescriptors();
  readonly #display: XDisplay;
  readonly #server: XServer;
  readonly #closing: { close(): void }[] = [];

  private constructor({
    globals = [],
    unscale = null,
    hooks = [],
    guard,
    appIdPrefix,
    tag,
    titleBars,
  }: WmStageOptions) {
    const compositor = new FakeCompositor(join(this.#directory, "host"), new ProtocolRegistry(), [
      ...usual,
      ...globals,
    ]);
    this.desktop = new FakeDesktop(compositor);
    this.#display = XDisplay.open(DISPLAY, this.#directory);
    this.#server = new XServer({
      connectHost: unixHost(compositor.path),
      display: this.#display,
      start: (display) => {
        this.xwayland = new FakeXwayland(display);
        return this.xwayland;
      },
      unscale,
      hooks,
      guard,
      appIdPrefix,
      tag,
      titleBars: titleBars === undefined ? "none" : "auto",
      ...(titleBars === undefined ? {} : { watchBarStyle: titleBars }),
      log: this.#logger(),
      explain: (line) => void this.log.push(line),
    });
  }

  /** Sets the stage for a test, with a first X client. */
  static async set(t: Scope, options: WmStageOptions = {}): Promise<{ stage: WmStage; x: X11Connection }> {
    const stage = new WmStage(options);
    t.after(() => stage.#end());
    const [host, x] = await Promise.all([stage.desktop.compositor.nextConnection(), stage.connect()]);
    stage.host = host;
    return { stage, x };
  }

  /** Connects one more X client. */
  async connect(): Promise<X11Connection> {
    const x = await X11Connection.open(this.#display.connect());
    return this.keep(x);
  }

  /** Closes something with the stage. @returns it */
  keep<T extends { close(): void }>(one: T): T {
    this.#closing.push(one);
    return one;
  }

  /** A new window of a client's, once the desktop shows its content. */
  async show(x: X11Connection, options: ShownOptions = {}): Promise<StagedWindow> {
    const ours = await XTestWindow.show(x, options);
    const theirs = await this.desktop.shown("toplevel");
    await this.host.expect("wl_surface.commit", () => theirs.isMapped);
    return { ours, theirs };
  }

  /** Resolves when the window manager has dealt with all that was said until now, on both of its connections. */
  async settled(x: X11Connection): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await x.call("GetInputFocus");
      await this.xwayland.client.roundtrip();
    }
  }

  async #end(): Promise<void> {
    for (const one of this.#closing) one.close();
    await this.#server.close();
    const violations = [...this.desktop.violations, ...this.host.violations, ...this.xwayland.client.violations];
    this.desktop.compositor.close();
    this.#display.close();
    rmSync(this.#directory, { recursive: true });
    assert.deepEqual([...new Set(violations)], []);
    await untilOpen(this.#before);
  }

  #logger(): Logger {
    const line = (level: string) => (text: string) => void this.log.push(`${level}: ${text}`);
    return { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
  }
}
