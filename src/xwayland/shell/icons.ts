// SPDX-License-Identifier: Apache-2.0
import type { SharedImage } from "../../hooks/shm/host-buffer.ts";
import { WlShmFormat } from "../../protocol/generated/enums.ts";
import type { WlObject } from "../../wire/wl-object.ts";
import { getProperty, wordsOf } from "../../x11/client/properties.ts";
import type { XWindow } from "../base/window.ts";
import type { WmContext } from "../base/wm-context.ts";
import { chooseIcons, drawSquare, type Icon, iconsIn, sideOf } from "../window/icon.ts";
import { Toplevel } from "./toplevel.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "client" | "globals" | "x" | "events" | "windows" | "images" | "log">;

const PROPERTY = "_NET_WM_ICON";

/** A property may hold more, but of what is in the first of so many bytes something will do. */
const MAX_BYTES = 2 * 1024 * 1024;

/** The side of the largest icon, in pixels: no panel or title bar shows a larger one. */
const LARGEST = 256;

const BYTES_PER_PIXEL = 4;

/** Gives the host the icons of windows. */
export class Icons {
  static readonly atoms: readonly string[] = [PROPERTY];
  static readonly supported: readonly string[] = Icons.atoms;

  readonly #context: Context;
  readonly #manager: WlObject<"xdg_toplevel_icon_manager_v1"> | null;
  readonly #shm: WlObject<"wl_shm"> | null;
  /** The images that the host may still read. */
  readonly #images = new Map<XWindow, SharedImage>();
  /** Windows whose icons are being read, and whether these have changed meanwhile. */
  readonly #reading = new Map<XWindow, boolean>();
  #hasEnded = false;

  constructor(context: Context) {
    this.#context = context;
    const { globals, windows, events } = context;
    this.#manager = globals.bind("xdg_toplevel_icon_manager_v1", 1);
    this.#shm = this.#manager === null ? null : globals.bind("wl_shm", 1);
    if (this.#shm === null) return;
    windows.listen({
      roleGiven: (window) => this.#look(window),
      roleTaken: (window) => this.#free(window),
    });
    events.onProperty(PROPERTY, (window) => {
      if (window.role !== null) this.#look(window);
    });
  }

  close(): void {
    this.#hasEnded = true;
    for (const image of this.#images.values()) image.close();
    this.#images.clear();
  }

  /** Reads a window's icons, and once more if they change meanwhile, however often: nobody else is to wait for that. */
  #look(window: XWindow): void {
    const isReading = this.#reading.has(window);
    this.#reading.set(window, isReading);
    if (!isReading) void this.#readToTheEnd(window);
  }

  async #readToTheEnd(window: XWindow): Promise<void> {
    for (let isOld = true; isOld; isOld = this.#reading.get(window) === true) {
      this.#reading.set(window, false);
      await this.#read(window);
    }
    this.#reading.delete(window);
  }

  async #read(window: XWindow): Promise<void> {
    const { x, images, log } = this.#context;
    try {
      const property = await getProperty(x, window.id, x.atoms.atom(PROPERTY), { maxBytes: MAX_BYTES });
      const icons = chooseIcons(iconsIn(wordsOf(property)), LARGEST);
      const offsets: number[] = [];
      let size = 0;
      for (const icon of icons) {
        offsets.push(size);
        size += sideOf(icon) ** 2 * BYTES_PER_PIXEL;
      }
      const image = icons.length === 0 ? null : await images.allocate(size);
      // It may be hidden by now, or all may be over.
      if (window.role instanceof Toplevel && !this.#hasEnded) this.#set(window, window.role, icons, offsets, image);
      else image?.close();
    } catch (error) {
      log.debug(`no icon for ${window}: ${(error as Error).message}`);
    }
  }

  #set(window: XWindow, role: Toplevel, icons: Icon[], offsets: number[], image: SharedImage | null): void {
    const { client } = this.#context;
    const manager = this.#manager as WlObject<"xdg_toplevel_icon_manager_v1">;
    this.#free(window);
    if (image === null) {
      client.sendRequest(manager, "set_icon", { toplevel: role.object, icon: null });
      return;
    }
    this.#images.set(window, image);
    const pool = client.createObject("wl_shm_pool", 1);
    const { size } = image;
    const shm = this.#shm as WlObject<"wl_shm">;
    client.sendRequest(shm, "create_pool", { id: pool, fd: image.fd.duplicate(), size });
    const icon = client.createObject("xdg_toplevel_icon_v1", 1);
    client.sendRequest(manager, "create_icon", { id: icon });
    const buffers = icons.map((picture, i) => {
      const side = sideOf(picture);
      const offset = offsets[i] as number;
      drawSquare(picture, image.mapping.words.subarray(offset / BYTES_PER_PIXEL));
      const buffer = client.createObject("wl_buffer", 1);
      const shape = { offset, width: side, height: side, stride: side * BYTES_PER_PIXEL, format: WlShmFormat.argb8888 };
      client.sendRequest(pool, "create_buffer", { id: buffer, ...shape });
      client.sendRequest(icon, "add_buffer", { buffer, scale: 1 });
      return buffer;
    });
    client.sendRequest(manager, "set_icon", { toplevel: role.object, icon });
    // Buffers have to outlive the icon's object, and the host keeps the icon itself (xdg-toplevel-icon-v1).
    client.sendRequest(icon, "destroy", {});
    for (const buffer of buffers) client.sendRequest(buffer, "destroy", {});
    client.sendRequest(pool, "destroy", {});
  }

  #free(window: XWindow): void {
    this.#images.get(window)?.close();
    this.#images.delete(window);
  }
}
