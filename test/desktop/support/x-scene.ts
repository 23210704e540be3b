// SPDX-License-Identifier: Apache-2.0
/** A real Xwayland on a compositor of our own, which does what a test says, and when. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unixHost } from "../../../src/host/unix.ts";
import { XDisplay } from "../../../src/listen/x-display.ts";
import type { Logger } from "../../../src/log/logger.ts";
import { connectUnix } from "../../../src/native/socket.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { Hooks } from "../../../src/relay/hooks.ts";
import { X11Connection } from "../../../src/x11/client/connection.ts";
import type { Size } from "../../../src/xwayland/base/geometry.ts";
import type { Unscale } from "../../../src/xwayland/outputs/outputs.ts";
import { XServer } from "../../../src/xwayland/x-server.ts";
import { openDescriptors } from "../../support/descriptors.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeCompositor, type HostConnection } from "../../support/fake-compositor.ts";
import type { FakeObject } from "../../support/fake-object.ts";
import type { Received } from "../../support/inbox.ts";
import { type Box, Positioner } from "../../support/positioner.ts";
import type { Scope } from "../../support/proxied.ts";
import { need } from "./packages.ts";
import { servers, xNumber, xwaylandIn } from "./x-programs.ts";

const screen = { width: 1280, height: 1024 };

/** What every scene's host has. */
const usual = [
  "wl_compositor 5",
  "wl_shm 1",
  "wl_seat 5",
  "wl_output 3",
  "zxdg_output_manager_v1 3",
  "xdg_wm_base 5",
  "zwp_keyboard_shortcuts_inhibit_manager_v1 1",
];

/** wl_seat.capability: pointer, keyboard, touch. */
const CAPABILITIES = 7;

/** How a scene is to differ from the usual one. */
export interface SceneOptions {
  /** `name` or `name version` of what the host offers besides. */
  readonly globals?: readonly string[];
  /** The scale, as by `--x-unscale`. */
  readonly unscale?: Unscale;
  /** Behaviour besides the proxy's own. */
  readonly hooks?: readonly Hooks[];
}

/** A window as the compositor knows it. */
export interface HostWindow {
  readonly surface: FakeObject;
  readonly xdgSurface: FakeObject;
  /** An xdg_toplevel or an xdg_popup. */
  readonly role: FakeObject;
}

/** The compositor, Xwayland with its window manager, and X clients; everything is ended and checked after the test. */
export class XScene {
  readonly compositor: FakeCompositor;
  /** Xwayland, as the compositor knows it. */
  host!: HostConnection;
  /** What the window manager has said. */
  readonly log: string[] = [];
  /** What a new toplevel is told; a test may change it. */
  configureToplevel: (role: FakeObject) => void = (role) => role.send("configure", 0, 0, new Uint8Array(0));
  /** Where a popup is put that asked for a place; a test may change it. */
  placePopup: (wanted: Box) => Box = (wanted) => wanted;
  readonly #directory: string;
  readonly #display: XDisplay;
  readonly #server: XServer;
  readonly #clients: X11Connection[] = [];
  readonly #xdgSurfaces = new Map<FakeObject, FakeObject>();
  readonly #unconfigured = new Map<FakeObject, () => void>();
  readonly #positioners = new Map<FakeObject, Positioner>();
  readonly #frames = new Map<FakeObject, FakeObject[]>();
  readonly #bufferSizes = new Map<FakeObject, Size>();
  readonly #attached = new Map<FakeObject, FakeObject | null>();
  readonly #content = new Map<FakeObject, Size>();
  /** Windows that may have content: they have been configured, and have said that they know. */
  readonly #acknowledged = new Set<FakeObject>();
  readonly #seatObjects = new Map<string, FakeObject>();
  #serial = 0;

  readonly #descriptors = openDescriptors();

  private constructor(server: string, { globals = [], unscale = null, hooks = [] }: SceneOptions) {
    this.#directory = mkdtempSync(join(tmpdir(), "wp-x-"));
    this.compositor = new FakeCompositor(join(this.#directory, "host"), new ProtocolRegistry(), [...usual, ...globals]);
    this.#react();
    this.#display = XDisplay.open(xNumber, this.#directory);
    this.#server = new XServer({
      connectHost: unixHost(this.compositor.path),
      display: this.#display,
      binary: xwaylandIn(this.#directory, `${server} -shm`),
      unscale,
      hooks,
      resources: new Map(),
      primary: null,
      log: this.#logger(),
      explain: (line) => void this.log.push(line),
    });
  }

  /**
   * Sets the scene for a test, with a first client.
   *
   * @param server which Xwayland: a name in `servers`
   */
  static async set(
    t: Scope,
    server: string = "the machine's Xwayland",
    options: SceneOptions = {},
  ): Promise<{ scene: XScene; x: X11Connection }> {
    need("Xwayland");
    const scene = new XScene(servers[server] as string, options);
    t.after(() => scene.#end());
    const [host, x] = await Promise.all([scene.compositor.nextConnection(), scene.connect()]);
    scene.host = host;
    return { scene, x };
  }

  /** One more client. */
  async connect(): Promise<X11Connection> {
    const x = await X11Connection.open(connectUnix(join(this.#directory, `.X11-unix/X${xNumber}`)));
    this.#clients.push(x);
    return x;
  }

  /** Xwayland's process: the only one that this one has started. */
  get pid(): number {
    const folder = "/proc/self/task";
    const children = readdirSync(folder).map((task) => readFileSync(join(folder, task, "children"), "utf8"));
    return Number(children.join(" ").trim().split(/ +/)[0]);
  }

  /** Waits until the window manager has said something that fits. */
  async logged(pattern: RegExp): Promise<void> {
    await eventually(`${pattern} in the log`, () => this.log.some((line) => pattern.test(line)));
  }

  /** The next serial. */
  serial(): number {
    return ++this.#serial;
  }

  /** The wl_pointer, wl_keyboard or wl_touch of Xwayland's. */
  input(name: "wl_pointer" | "wl_keyboard" | "wl_touch"): FakeObject {
    const object = this.#seatObjects.get(name);
    assert.ok(object, `Xwayland has no ${name}`);
    return object;
  }

  /** The next window that becomes a toplevel or a popup. */
  async shown(role: "toplevel" | "popup"): Promise<HostWindow> {
    const got = await this.host.expect(`xdg_surface.get_${role}`);
    const surface = this.#xdgSurfaces.get(got.object) as FakeObject;
    return { surface, xdgSurface: got.object, role: got.objectArg("id") };
  }

  /** Tells a window how it is to be; @returns the serial to acknowledge. */
  configured({ xdgSurface, role }: HostWindow, width: number, height: number, ...states: number[]): number {
    role.send("configure", width, height, new Uint8Array(Uint32Array.from(states).buffer));
    const serial = this.serial();
    xdgSurface.send("configure", serial);
    return serial;
  }

  /** Waits until the host has heard that a window is as the configure event of that serial said. */
  async accepted(serial: number): Promise<void> {
    await this.host.expect("xdg_surface.ack_configure", (message) => message.arg("serial") === serial);
  }

  /** Waits until the window manager has heard all that the host has said of windows. */
  async heard(): Promise<void> {
    const asked = this.host.inbox.all.find(({ name }) => name === "xdg_wm_base.get_xdg_surface");
    assert.ok(asked, "there was no window yet");
    const serial = this.serial();
    asked.object.send("ping", serial);
    await this.host.expect("xdg_wm_base.pong", (message) => message.arg("serial") === serial);
  }

  /**
   * Waits until a timer of the window manager's that was started before now, and takes so many milliseconds, has run, and
   * all that followed was heard. The window manager is in this process, whose timers run in the order in which they are due.
   */
  async outlast(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await this.heard();
  }

  /** How large what a surface shows is; null for nothing. */
  sizeOf({ surface }: HostWindow): Size | null {
    return this.#content.get(surface) ?? null;
  }

  /** The user has gone elsewhere: ends a popup, as wlroots did up to 0.16. Content that it gets then is an error there. */
  dismiss({ xdgSurface, role }: HostWindow): void {
    this.#acknowledged.delete(xdgSurface);
    role.send("popup_done");
  }

  /** The place that an xdg_positioner describes, from its parent's corner. */
  placeOf(positioner: FakeObject): Box {
    return (this.#positioners.get(positioner) ?? new Positioner()).place({ x: 0, y: 0 }, null);
  }

  #place(popup: FakeObject, wanted: Box): void {
    const { x, y, width, height } = this.placePopup(wanted);
    popup.send("configure", x, y, width, height);
  }

  async #end(): Promise<void> {
    for (const x of this.#clients) x.close();
    await this.#server.close();
    const violations = [...this.compositor.connections].flatMap((connection) => connection.violations);
    if (this.host !== undefined) violations.push(...this.host.violations);
    this.compositor.close();
    this.#display.close();
    rmSync(this.#directory, { recursive: true });
    assert.deepEqual([...new Set(violations)], []);
    assert.deepEqual(openDescriptors(), this.#descriptors, "descriptors are left");
  }

  #on(name: string, reaction: (message: Received) => void): void {
    this.compositor.reactions.set(name, reaction);
  }

  #react(): void {
    this.#on("wl_registry.bind", (message) => this.#bound(message.objectArg("id")));
    this.#on("zxdg_output_manager_v1.get_xdg_output", (message) => {
      const object = message.objectArg("id");
      object.send("logical_position", 0, 0);
      object.send("logical_size", screen.width, screen.height);
      message.objectArg("output").send("done");
    });
    for (const name of ["pointer", "keyboard", "touch"]) {
      this.#on(`wl_seat.get_${name}`, (message) => {
        this.#seatObjects.set(`wl_${name}`, message.objectArg("id"));
      });
    }
    this.#on("xdg_wm_base.get_xdg_surface", (message) => {
      this.#xdgSurfaces.set(message.objectArg("id"), message.objectArg("surface"));
    });
    for (const role of ["toplevel", "popup"]) {
      this.#on(`xdg_surface.get_${role}`, (message) => {
        const { object } = message;
        const surface = this.#xdgSurfaces.get(object) as FakeObject;
        const wanted = role === "popup" ? this.placeOf(message.objectArg("positioner")) : null;
        this.#unconfigured.set(surface, () => {
          if (role === "toplevel") this.configureToplevel(message.objectArg("id"));
          else this.#place(message.objectArg("id"), wanted as Box);
          object.send("configure", this.serial());
        });
      });
    }
    for (const name of ["set_size", "set_anchor_rect", "set_anchor", "set_gravity", "set_offset"]) {
      this.#on(`xdg_positioner.${name}`, (message) => {
        const state = this.#positioners.get(message.object) ?? new Positioner();
        state.take(message);
        this.#positioners.set(message.object, state);
      });
    }
    this.#on("wl_shm_pool.create_buffer", (message) => {
      const { width, height } = message.args as Record<string, number>;
      this.#bufferSizes.set(message.objectArg("id"), { width: width ?? 0, height: height ?? 0 });
    });
    this.#on("wl_surface.attach", ({ object, args }) => {
      this.#attached.set(object, args["buffer"] as FakeObject | null);
    });
    this.#on("xdg_surface.ack_configure", ({ object }) => void this.#acknowledged.add(object));
    this.#on("wl_surface.frame", ({ object, args }) => {
      this.#frames.set(object, [...(this.#frames.get(object) ?? []), args["callback"] as FakeObject]);
    });
    this.#on("wl_surface.commit", ({ object }) => this.#committed(object));
  }

  #committed(surface: FakeObject): void {
    const buffer = this.#attached.get(surface);
    if (buffer !== undefined) this.#show(surface, buffer);
    this.#attached.delete(surface);
    const configure = this.#unconfigured.get(surface);
    this.#unconfigured.delete(surface);
    configure?.();
    for (const callback of this.#frames.get(surface) ?? []) callback.send("done", 0);
    this.#frames.delete(surface);
  }

  #show(surface: FakeObject, buffer: FakeObject | null): void {
    const size = buffer === null ? undefined : this.#bufferSizes.get(buffer);
    if (size === undefined) this.#content.delete(surface);
    else this.#content.set(surface, size);
    for (const [xdgSurface, of] of this.#xdgSurfaces) {
      if (of !== surface || !xdgSurface.alive || buffer === null || this.#acknowledged.has(xdgSurface)) continue;
      this.host.violations.push(`content for ${xdgSurface}, which has not been configured`);
    }
  }

  #bound(object: FakeObject): void {
    const { name } = object.interface;
    if (name === "wl_seat") object.send("capabilities", CAPABILITIES);
    if (name === "wl_shm") for (const format of [0, 1]) object.send("format", format);
    if (name !== "wl_output") return;
    object.send("geometry", 0, 0, 300, 200, 0, "make", "model", 0);
    object.send("mode", 3, screen.width, screen.height, 60_000);
    object.send("done");
  }

  #logger(): Logger {
    const line = (level: string) => (text: string) => void this.log.push(`${level}: ${text}`);
    return { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
  }
}
