// SPDX-License-Identifier: Apache-2.0
import type { XDisplay } from "../../../src/listen/x-display.ts";
import type { Fd } from "../../../src/native/fd.ts";
import { memfd } from "../../../src/native/memory.ts";
import { accept, socketPair } from "../../../src/native/socket.ts";
import { READABLE, Watch } from "../../../src/native/watch.ts";
import { ProtocolRegistry } from "../../../src/protocol/protocol-registry.ts";
import type { Xwayland } from "../../../src/xwayland/process.ts";
import { FakeClient } from "../fake-client.ts";
import type { FakeObject } from "../fake-object.ts";
import type { Received } from "../inbox.ts";
import { type ModelWindow, XServerModel } from "./x-server-model.ts";

/** wl_seat.capability. */
const KEYBOARD = 2;
/** wl_shm.format.xrgb8888. */
const XRGB8888 = 1;
/** Bytes of the pool from which all buffers are; nobody ever looks at them. */
const POOL_SIZE = 64 * 1024 * 1024;

const screen = { width: 1280, height: 1024 };

/** A surface that shows an X window. */
interface ShownWindow {
  readonly window: ModelWindow;
  readonly surface: FakeObject;
  readonly shell: FakeObject;
  /** The frame that has to be done before the surface may show anything new. */
  frame: FakeObject | null;
  /** The size that it has not shown yet, or anything else that is new. */
  isDirty: boolean;
}

/** Messages with which the user does something in a window. */
const inputs: readonly string[] = [
  "wl_keyboard.key",
  "wl_pointer.button",
  "wl_touch.down",
  "zwp_tablet_tool_v2.proximity_in",
];

/** The user's input, as Xwayland has heard of it, and the window that the X server would give it to. */
export interface HeardInput {
  /** `interface.message`. */
  readonly name: string;
  /** The window with the focus. */
  readonly focus: number;
  /** The window that was on top of all. */
  readonly top: number;
}

/** Xwayland as a Wayland client: it gets what it waits for at once. */
class WaylandSide extends FakeClient {
  onMessage: (message: Received) => void = () => {};

  protected override handle(message: Received): void {
    super.handle(message);
    this.onMessage(message);
  }
}

/**
 * An Xwayland inside the test's own process: a model of its X server, and what Xwayland does as a Wayland client. Like
 * the real one it posts no new content for a surface before the frame callback of the last one is done.
 */
export class FakeXwayland implements Xwayland {
  readonly wayland: Fd;
  readonly wm: Fd;
  readonly ended: Promise<string>;
  readonly model: XServerModel;
  readonly client: WaylandSide;
  /** Whether windows are drawn by themselves when they are mapped and resized. */
  draws = true;
  /** Keys, buttons, touches and tools so far. */
  readonly heard: HeardInput[] = [];
  /** The answers to the pings that wait while it is busy; null while it is not. */
  #unanswered: (() => void)[] | null = null;
  readonly #shown = new Map<ModelWindow, ShownWindow>();
  /** The keyboards, by their seats. */
  readonly #keyboards = new Map<FakeObject, FakeObject>();
  readonly #listeners: Watch[] = [];
  readonly #globals: Promise<readonly [compositor: FakeObject, shell: FakeObject, pool: FakeObject]>;
  #serial = 0;
  #end: (how: string) => void = () => {};

  /** @param display the sockets at which X clients come, once there is a window manager */
  constructor(display: XDisplay) {
    const [wayland, itsWayland] = socketPair();
    const [wm, itsWm] = socketPair();
    this.wayland = wayland;
    this.wm = wm;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.client = new WaylandSide(itsWayland, new ProtocolRegistry(), "Xwayland");
    this.client.onMessage = (message) => this.#told(message);
    void this.client.whenClosed.then(() => this.#leave("it has lost its compositor"));
    this.model = new XServerModel(screen, {
      mapped: (window) => void this.#realize(window),
      unmapped: (window) => this.#unrealize(window),
      resized: (window) => this.draw(window.id),
      managed: () => this.#listen(display),
    });
    this.model.accept(itsWm);
    this.#globals = this.#bind();
  }

  /** Ends Xwayland. */
  async stop(): Promise<void> {
    this.#leave("exit code 0");
  }

  /** An X client draws something: it is shown as soon as that may be. */
  draw(id: number): void {
    const shown = [...this.#shown.values()].find(({ window }) => window.id === id);
    if (shown === undefined) return;
    shown.isDirty = true;
    void this.#post(shown);
  }

  /** Makes Xwayland too busy to answer pings from now on. */
  pause(): void {
    this.#unanswered ??= [];
  }

  /** Answers the pings that have come meanwhile. */
  resume(): void {
    for (const answer of this.#unanswered ?? []) answer();
    this.#unanswered = null;
  }

  /** The surface that shows a window. */
  surfaceOf(id: number): FakeObject | undefined {
    return [...this.#shown.values()].find(({ window }) => window.id === id)?.surface;
  }

  #listen(display: XDisplay): void {
    for (const { raw } of display.fds) {
      const watch = new Watch(raw, () => {
        for (let fd = accept(raw); fd !== null; fd = accept(raw)) this.model.accept(fd);
      });
      watch.set(READABLE);
      this.#listeners.push(watch);
    }
  }

  async #bind(): Promise<readonly [FakeObject, FakeObject, FakeObject]> {
    const compositor = await this.client.bind("wl_compositor");
    const shell = await this.client.bind("xwayland_shell_v1");
    await this.client.bind("xdg_wm_base");
    const output = await this.client.bind("wl_output");
    (await this.client.bind("zxdg_output_manager_v1")).create("get_xdg_output", output);
    const shm = await this.client.bind("wl_shm");
    const pool = shm.create("create_pool", memfd("pixels", POOL_SIZE), POOL_SIZE);
    const [tablets] = this.client.offered("zwp_tablet_manager_v2");
    const manager = tablets && (await this.client.bind("zwp_tablet_manager_v2"));
    for (const { name, version } of this.client.offered("wl_seat")) {
      const seat = this.client.registry.create("bind", name, "wl_seat", version);
      for (const device of ["get_pointer", "get_touch"]) seat.create(device);
      this.#keyboards.set(seat, seat.create("get_keyboard"));
      manager?.create("get_tablet_seat", seat);
    }
    return [compositor, shell, pool];
  }

  async #realize(window: ModelWindow): Promise<void> {
    const [compositor, shellGlobal] = await this.#globals;
    if (!window.mapped || !this.client.open) return;
    const surface = compositor.create("create_surface");
    const shell = shellGlobal.create("get_xwayland_surface", surface);
    const serial = ++this.#serial;
    const shown = { window, surface, shell, frame: null, isDirty: true };
    this.#shown.set(window, shown);
    this.model.tellManager(window.id, "WL_SURFACE_SERIAL", serial, 0);
    shell.send("set_serial", serial, 0);
    surface.send("commit");
    if (this.draws) await this.#post(shown);
  }

  #unrealize(window: ModelWindow): void {
    const shown = this.#shown.get(window);
    if (shown === undefined || !this.client.open) return;
    this.#shown.delete(window);
    shown.shell.send("destroy");
    shown.surface.send("destroy");
  }

  async #post(shown: ShownWindow): Promise<void> {
    const [, , pool] = await this.#globals;
    const { window, surface } = shown;
    if (!this.draws || shown.frame !== null || !shown.isDirty || !this.#shown.has(window)) return;
    shown.isDirty = false;
    const { width, height } = window;
    const buffer = pool.create("create_buffer", 0, width, height, 4 * width, XRGB8888);
    surface.send("attach", buffer, 0, 0);
    surface.send("damage_buffer", 0, 0, width, height);
    shown.frame = surface.create("frame");
    surface.send("commit");
  }

  #told({ name, object, args }: Received): void {
    if (name === "xdg_wm_base.ping") {
      const answer = (): void => object.send("pong", args["serial"] as number);
      if (this.#unanswered === null) answer();
      else this.#unanswered.push(answer);
    }
    if (name === "wl_seat.capabilities" && (Number(args["capabilities"]) & KEYBOARD) === 0) {
      this.#keyboards.get(object)?.send("release");
      this.#keyboards.delete(object);
    }
    if (inputs.includes(name)) {
      const top = this.model.stack.filter(({ mapped }) => mapped).at(-1)?.id ?? 0;
      this.heard.push({ name, focus: this.model.focus, top });
    }
    if (name === "wl_buffer.release") return object.send("destroy");
    if (name !== "wl_callback.done") return;
    const shown = [...this.#shown.values()].find(({ frame }) => frame === object);
    if (shown === undefined) return;
    shown.frame = null;
    void this.#post(shown);
  }

  #leave(how: string): void {
    for (const watch of this.#listeners.splice(0)) watch.close();
    this.model.close();
    this.client.close();
    this.#end(how);
  }
}
