// SPDX-License-Identifier: Apache-2.0
import type { Fd } from "../../../src/native/fd.ts";
import { Mapping, memfd } from "../../../src/native/memory.ts";
import { WireClient } from "./wire-client.ts";

/** How a surface shows its buffer. */
export interface Showing {
  /** A value of wl_output.transform. */
  readonly transform: number;
  readonly scale: number;
  /** How far a wp_viewport enlarges what it shows, which is all but the outer pixels; 0 for none. */
  readonly zoom: number;
}

/** The width of the window's buffer, which is twice its height, and what a viewport leaves out on each side. */
const side = 240;
const margin = 20;

/** A window with one buffer, all of whose pixels its owner changes at once, whatever it says is damaged. */
export class ColorWindow {
  readonly #wire: WireClient;
  readonly #surface: number;
  readonly #buffer: number;
  readonly #memory: Mapping;

  private constructor(wire: WireClient, surface: number, buffer: number, memory: Mapping) {
    this.#wire = wire;
    this.#surface = surface;
    this.#buffer = buffer;
    this.#memory = memory;
  }

  static async open(socket: string, { transform, scale, zoom }: Showing): Promise<ColorWindow> {
    const wire = new WireClient(socket);
    await wire.roundTrip();
    const make = (object: number, opcode: number, words: readonly number[] = [], fd?: Fd): number => {
      const id = wire.newId();
      wire.request(object, opcode, [id, ...words], fd);
      return id;
    };
    const size = (side * side * 4) / 2;
    const file = memfd("a window", size);
    const memory = Mapping.map(file.raw, size, { writable: true });
    const pool = make(wire.bind("wl_shm", 1), 0, [size], file);
    file.close();
    const buffer = make(pool, 0, [0, side, side / 2, side * 4, 1]);
    const surface = make(wire.bind("wl_compositor", 4), 0);
    const xdgSurface = make(wire.bind("xdg_wm_base", 1), 2, [surface]);
    make(xdgSurface, 1);
    wire.on(xdgSurface, (_opcode, body) => wire.request(xdgSurface, 4, [body.getUint32(0, true)]));
    wire.request(surface, 7, [transform]);
    wire.request(surface, 8, [scale]);
    if (zoom > 0) {
      const viewport = make(wire.bind("wp_viewporter", 1), 1, [surface]);
      const shown = transform % 2 === 1 ? [side / 2, side] : [side, side / 2];
      const [width, height] = shown.map((length) => length / scale - 2 * margin) as [number, number];
      wire.request(
        viewport,
        1,
        [margin, margin, width, height].map((length) => length * 256),
      );
      wire.request(viewport, 2, [width * zoom, height * zoom]);
    }
    wire.request(surface, 6);
    await wire.roundTrip();
    return new ColorWindow(wire, surface, buffer, memory);
  }

  /**
   * Fills the buffer with a color (0xRRGGBB), and says that a rectangle of the surface is damaged. Resolves when that is
   * on the screen.
   */
  async show(color: number, x: number, y: number, width: number, height: number): Promise<void> {
    // weston-screenshooter takes the unused byte for alpha.
    this.#memory.words.fill(0xff000000 + color);
    this.#wire.request(this.#surface, 1, [this.#buffer, 0, 0]);
    this.#wire.request(this.#surface, 2, [x, y, width, height]);
    const frame = this.#wire.newId();
    const painted = new Promise<void>((resolve) => this.#wire.on(frame, () => resolve()));
    this.#wire.request(this.#surface, 3, [frame]);
    this.#wire.request(this.#surface, 6);
    await painted;
  }

  close(): void {
    this.#wire.close();
    this.#memory.close();
  }
}
