// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unixHost } from "../../../src/host/unix.ts";
import { XDisplay } from "../../../src/listen/x-display.ts";
import type { Logger } from "../../../src/log/logger.ts";
import { Protocol } from "../../../src/protocol/protocol.ts";
import { XServer } from "../../../src/xwayland/x-server.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import type { Global } from "../../support/fake-client.ts";
import { FakeCompositor, type HostConnection } from "../../support/fake-compositor.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Scope } from "../../support/proxied.ts";
import { eventually } from "./eventually.ts";
import { XClient } from "./x-client.ts";
import { xNumber, xwaylandIn } from "./x-programs.ts";

/** What Xwayland does not start without. */
const needed = ["wl_compositor 4", "wl_shm 1", "wl_output 3", "wl_seat 5", "xdg_wm_base 5"];

/** A window as the fake host knows it. */
export interface HostWindow {
  readonly surface: FakeObject;
  readonly xdgSurface: FakeObject;
  readonly toplevel: FakeObject;
}

/** A real Xwayland with our window manager, on a compositor that does only what a test says. */
export class XStage {
  readonly client: XClient;
  readonly host: HostConnection;
  /** What the proxy has said. */
  readonly log: string[];

  private constructor(client: XClient, host: HostConnection, log: string[]) {
    this.client = client;
    this.host = host;
    this.log = log;
  }

  /**
   * Everything is ended and checked when the scope ends.
   *
   * @param server how to start Xwayland, one of `servers`
   * @param globals `name` or `name version` of what the host offers besides the least
   * @param devices of the seat, as in wl_seat.capability: 1 for a pointer, 2 for a keyboard, 4 for touch
   */
  static async open(
    scope: Scope,
    server: string,
    globals: readonly string[] = [],
    devices: number = 0,
  ): Promise<XStage> {
    const before = openDescriptors();
    const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-test-"));
    const compositor = new FakeCompositor(join(directory, "host"), new Protocol(), [...needed, ...globals]);
    const display = XDisplay.open(xNumber);
    const log: string[] = [];
    const line = (level: string) => (text: string) => void log.push(`${level}: ${text}`);
    const logger: Logger = { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
    const binary = xwaylandIn(directory, server);
    const xServer = new XServer({
      display,
      binary,
      connectHost: unixHost(compositor.path),
      unscale: null,
      resources: new Map(),
      primary: null,
      log: logger,
    });
    let client: XClient | undefined;
    scope.after(async () => {
      client?.[Symbol.dispose]();
      await xServer.close();
      display.close();
      compositor.close();
      rmSync(directory, { recursive: true });
      assert.deepEqual(openDescriptors(), before, "descriptors are left");
    });
    const connection = compositor.nextConnection();
    const opening = XClient.open(xNumber);
    const host = await connection;
    const bound = async (type: string): Promise<FakeObject> => {
      const { name } = compositor.globals.find((global) => global.interface === type) as Global;
      return (await host.expect("wl_registry.bind", (bind) => bind.arg("name") === name)).objectArg("id");
    };
    tellOutput(await bound("wl_output"));
    // Xwayland waits for it.
    (await bound("wl_seat")).send("capabilities", devices);
    client = await opening;
    return new XStage(client, host, log);
  }

  /** The next window that the host is asked for, up to its first commit. */
  async window(): Promise<HostWindow> {
    const { host } = this;
    const shown = await host.expect("xdg_wm_base.get_xdg_surface");
    const toplevel = await host.expect("xdg_surface.get_toplevel");
    return {
      surface: shown.objectArg("surface"),
      xdgSurface: shown.objectArg("id"),
      toplevel: toplevel.objectArg("id"),
    };
  }

  /** What Xwayland has of the seat, which needs such a device. */
  async device(name: "pointer" | "keyboard" | "touch"): Promise<FakeObject> {
    const { all } = this.host.inbox;
    const made = await eventually(`a ${name}`, () => all.find((message) => message.name === `wl_seat.get_${name}`));
    return made.objectArg("id");
  }

  /** Tells a window how it is to be: a size, and the numbers of xdg_toplevel.state. */
  configure(
    { xdgSurface, toplevel }: HostWindow,
    width: number,
    height: number,
    states: number[],
    serial: number,
  ): void {
    toplevel.send("configure", width, height, new Uint8Array(Uint32Array.from(states).buffer));
    xdgSurface.send("configure", serial);
  }
}

/** An output of 800 by 600 pixels. */
function tellOutput(output: FakeObject): void {
  output.send("geometry", 0, 0, 200, 150, 0, "nobody", "nothing", 0);
  output.send("mode", 1, 800, 600, 60_000);
  output.send("scale", 1);
  output.send("done");
}
