// SPDX-License-Identifier: Apache-2.0
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fd } from "../../../src/native/fd.ts";
import { WireClient } from "../../desktop/support/wire-client.ts";

const compositor = { createSurface: 0 };
const surface = { attach: 1, damage: 2, frame: 3, commit: 6, damageBuffer: 9 };
const shm = { createPool: 0 };
const pool = { createBuffer: 0 };
const shell = { getXdgSurface: 2, pong: 3 };
const xdgSurface = { getToplevel: 1, ackConfigure: 4 };
const toplevel = { setTitle: 2, setAppId: 3 };
const viewporter = { getViewport: 1 };
const viewport = { setDestination: 2 };

const xrgb8888 = 1;

/** A part of a buffer, in pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A buffer of a window, 4 bytes a pixel. */
export interface WindowBuffer {
  readonly id: number;
  /** Whether the compositor may still read it. */
  busy: boolean;
  /** Fills a part of it with a colour 0xRRGGBB. */
  fill(area: Rectangle, colour: number): void;
}

/** What a window is to be like. */
export interface WindowOptions {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** How many buffers it takes turns with. */
  readonly buffers: number;
}

/** The path of the compositor's socket, as $WAYLAND_DISPLAY has it for programs of tests: absolute. */
export function displayPath(): string {
  const { WAYLAND_DISPLAY: path = "" } = process.env;
  return path;
}

/** A toplevel window of a few lines, of which each message is known. Its buffers are in one pool. */
export class Window {
  readonly client: WireClient;
  readonly buffers: readonly WindowBuffer[];
  readonly #surface: number;
  readonly #options: WindowOptions;
  readonly #file: number;

  private constructor(client: WireClient, options: WindowOptions) {
    this.client = client;
    this.#options = options;
    const compositorId = client.bind("wl_compositor", 4);
    const shmId = client.bind("wl_shm", 1);
    const shellId = client.bind("xdg_wm_base", 1);
    client.on(shellId, (_, body) => client.request(shellId, shell.pong, [body.getUint32(0, true)]));
    this.#surface = client.newId();
    client.request(compositorId, compositor.createSurface, [this.#surface]);
    const xdgSurfaceId = client.newId();
    client.request(shellId, shell.getXdgSurface, [xdgSurfaceId, this.#surface]);
    client.on(xdgSurfaceId, (_, body) => {
      client.request(xdgSurfaceId, xdgSurface.ackConfigure, [body.getUint32(0, true)]);
    });
    const toplevelId = client.newId();
    client.request(xdgSurfaceId, xdgSurface.getToplevel, [toplevelId]);
    client.request(toplevelId, toplevel.setTitle, [options.title]);
    client.request(toplevelId, toplevel.setAppId, ["wayland-proxy-test"]);
    client.request(this.#surface, surface.commit);
    const path = mkdtempSync(join(tmpdir(), "pool-"));
    const file = join(path, "pool");
    this.#file = openSync(file, "w+");
    const size = options.width * options.height * 4;
    truncateSync(file, size * options.buffers);
    const poolId = client.newId();
    using fd = new Fd(openSync(file, "r+"));
    client.request(shmId, shm.createPool, [poolId, size * options.buffers], fd);
    rmSync(path, { recursive: true });
    this.buffers = Array.from({ length: options.buffers }, (_, index) => this.#createBuffer(poolId, size * index));
  }

  /** Opens a window, which shows nothing before its first commit. */
  static async open(path: string, options: WindowOptions): Promise<Window> {
    const client = new WireClient(path);
    await client.roundTrip();
    const window = new Window(client, options);
    // The configure event comes before the answer, and is acknowledged then.
    await client.roundTrip();
    return window;
  }

  /** Waits for a buffer that the compositor is done with. */
  async freeBuffer(): Promise<WindowBuffer> {
    for (;;) {
      const free = this.buffers.find((buffer) => !buffer.busy);
      if (free) return free;
      await this.client.roundTrip();
    }
  }

  /** Shows the picture at another size than the buffer's. */
  scaleTo(width: number, height: number): void {
    const viewporterId = this.client.bind("wp_viewporter", 1);
    const viewportId = this.client.newId();
    this.client.request(viewporterId, viewporter.getViewport, [viewportId, this.#surface]);
    this.client.request(viewportId, viewport.setDestination, [width, height]);
  }

  /** Shows a buffer of which `damage`, in the buffer's or the surface's pixels, is new; resolves when it is shown. */
  async show(buffer: WindowBuffer, damage: Rectangle, unit: "buffer" | "surface" = "buffer"): Promise<void> {
    const callback = this.client.newId();
    const { client } = this;
    const shown = new Promise<void>((resolve) => {
      client.on(callback, () => resolve());
    });
    const { x, y, width, height } = damage;
    client.request(this.#surface, surface.attach, [buffer.id, 0, 0]);
    client.request(this.#surface, unit === "buffer" ? surface.damageBuffer : surface.damage, [x, y, width, height]);
    client.request(this.#surface, surface.frame, [callback]);
    client.request(this.#surface, surface.commit);
    buffer.busy = true;
    await shown;
  }

  close(): void {
    this.client.close();
    closeSync(this.#file);
  }

  #createBuffer(poolId: number, offset: number): WindowBuffer {
    const { width, height } = this.#options;
    const id = this.client.newId();
    const stride = width * 4;
    this.client.request(poolId, pool.createBuffer, [id, offset, width, height, stride, xrgb8888]);
    const buffer: WindowBuffer = {
      id,
      busy: false,
      fill: (area, colour) => {
        // weston-screenshooter takes the unused byte for alpha.
        const line = new Uint32Array(area.width).fill(0xff000000 + colour);
        for (let y = area.y; y < area.y + area.height; y++) {
          writeSync(this.#file, line, 0, line.byteLength, offset + y * stride + area.x * 4);
        }
      },
    };
    this.client.on(id, () => {
      buffer.busy = false;
    });
    return buffer;
  }
}
