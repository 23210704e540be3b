// SPDX-License-Identifier: Apache-2.0
import { ALL } from "../frame/host-tools.ts";
import type { Picture } from "../frame/picture.ts";
import type { Size } from "../frame/size.ts";
import type { HostGlobals } from "../globals/host-globals.ts";
import type { SharedImage } from "../hooks/shm/host-buffer.ts";
import type { SharedImages } from "../hooks/shm/host-buffers.ts";
import type { Logger } from "../log/logger.ts";
import { WlShmFormat } from "../protocol/generated/enums.ts";
import type { Client } from "../relay/client.ts";
import { onEvents } from "../relay/one-sided.ts";
import type { WlObject } from "../wire/wl-object.ts";

/** The client whose windows we paint on, and the memory for our pixels. */
export interface PaintingContext {
  readonly client: Client;
  readonly images: SharedImages;
  readonly log: Logger;
}

const BYTES_PER_PIXEL = 4;
/** Images grow by so many bytes, so that a window that grows by a pixel needs no new one. */
const IMAGE_STEP = 64 * 1024;
/** Images of one surface: what the host shows, what it is to show next, and what is drawn meanwhile. */
const MAX_IMAGES = 3;

/** What surfaces are painted with. */
export interface PaintingTools {
  readonly compositor: WlObject<"wl_compositor">;
  readonly subcompositor: WlObject<"wl_subcompositor">;
  readonly viewporter: WlObject<"wp_viewporter">;
  readonly shm: WlObject<"wl_shm">;
}

/** Binds what surfaces are painted with; null where the host lacks something. */
export function bindPaintingTools(globals: HostGlobals): PaintingTools | null {
  const needed = ["wl_compositor", "wl_subcompositor", "wp_viewporter", "wl_shm"] as const;
  if (!needed.every((name) => globals.has(name))) return null;
  const compositor = globals.bind("wl_compositor", 4);
  const subcompositor = globals.bind("wl_subcompositor", 1);
  const viewporter = globals.bind("wp_viewporter", 1);
  const shm = globals.bind("wl_shm", 1);
  if (compositor === null || subcompositor === null || viewporter === null || shm === null) return null;
  return { compositor, subcompositor, viewporter, shm };
}

/** An image, which the host has as a pool, and the buffer that it is used for. */
interface Sheet extends Size {
  readonly image: SharedImage;
  readonly pool: WlObject<"wl_shm_pool">;
  readonly buffer: WlObject<"wl_buffer"> | null;
  /** Whether the host may read it. */
  readonly isBusy: boolean;
}

/** A picture that is painted when there is memory for it, or never if another one comes before. */
export interface PictureToPaint extends Size {
  readonly paint: () => Picture;
}

/** A surface of our own, which we paint. */
export class PaintedSurface {
  readonly object: WlObject<"wl_surface">;
  readonly #context: PaintingContext;
  readonly #tools: PaintingTools;
  readonly #viewport: WlObject<"wp_viewport">;
  #sheets: Sheet[] = [];
  #next: PictureToPaint | null = null;
  #isDrawing = false;
  #drawn: Promise<void> = Promise.resolve();
  #isClosed = false;
  #isShown = false;
  /** Called when it shows something and did not before. */
  onShown: () => void = () => {};

  constructor(context: PaintingContext, tools: PaintingTools) {
    const { client } = context;
    this.#context = context;
    this.#tools = tools;
    this.object = client.createObject("wl_surface", tools.compositor.version);
    this.#viewport = client.createObject("wp_viewport", 1);
    client.sendRequest(tools.compositor, "create_surface", { id: this.object });
    client.sendRequest(tools.viewporter, "get_viewport", { id: this.#viewport, surface: this.object });
    // It is on the outputs of what it belongs to.
    onEvents(this.object, {});
  }

  /** Gives it a size, at which the next commit shows whatever it shows. */
  resize({ width, height }: Size): void {
    this.#context.client.sendRequest(this.#viewport, "set_destination", { width, height });
  }

  commit(): void {
    this.#context.client.sendRequest(this.object, "commit", {});
  }

  /** Shows a picture. Its size is in pixels. */
  show(picture: PictureToPaint): void {
    this.#next = picture;
    if (!this.#isDrawing) this.#drawn = this.#draw();
  }

  /** Resolves when it shows what it was to show, as far as there is memory for that. */
  get drawn(): Promise<void> {
    return this.#drawn;
  }

  hide(): void {
    const { client } = this.#context;
    this.#next = null;
    this.#isShown = false;
    client.sendRequest(this.object, "attach", { buffer: null, x: 0, y: 0 });
    this.commit();
  }

  destroy(): void {
    const { client } = this.#context;
    for (const sheet of this.#sheets.splice(0)) this.#free(sheet);
    client.sendRequest(this.#viewport, "destroy", {});
    client.sendRequest(this.object, "destroy", {});
    this.close();
  }

  /** The session has ended: frees what does not end with it. */
  close(): void {
    this.#isClosed = true;
    this.#next = null;
    for (const { image } of this.#sheets.splice(0)) image.close();
  }

  async #draw(): Promise<void> {
    this.#isDrawing = true;
    try {
      while (this.#next !== null) {
        const { width, height } = this.#next;
        const sheet = await this.#sheetFor(width * height * BYTES_PER_PIXEL);
        const picture = this.#next;
        if (sheet === null || picture === null) break;
        if (picture.width * picture.height * BYTES_PER_PIXEL > sheet.image.size) continue;
        this.#next = null;
        this.#fill(sheet, picture.paint());
      }
    } catch (error) {
      this.#context.log.debug(`a surface is not painted: ${(error as Error).message}`);
      this.#next = null;
    } finally {
      this.#isDrawing = false;
    }
  }

  /** An image that the host does not read; null if it reads as many as there may be, or there is to be none any more. */
  async #sheetFor(bytes: number): Promise<Sheet | null> {
    const idle = this.#sheets.filter(({ isBusy }) => !isBusy);
    const fitting = idle.find(({ image }) => image.size >= bytes);
    if (fitting !== undefined) return fitting;
    for (const small of idle) this.#free(small);
    this.#sheets = this.#sheets.filter(({ isBusy }) => isBusy);
    if (this.#sheets.length >= MAX_IMAGES) return null;
    const { client, images } = this.#context;
    const image = await images.allocate(Math.ceil(bytes / IMAGE_STEP) * IMAGE_STEP);
    if (this.#isClosed) {
      image.close();
      return null;
    }
    const pool = client.createObject("wl_shm_pool", 1);
    try {
      client.sendRequest(this.#tools.shm, "create_pool", { id: pool, fd: image.fd.duplicate(), size: image.size });
    } catch (error) {
      // Where there are no more descriptors, this one is not to be kept.
      image.close();
      throw error;
    }
    const sheet = { image, pool, buffer: null, isBusy: false, width: 0, height: 0 };
    this.#sheets.push(sheet);
    return sheet;
  }

  #fill(sheet: Sheet, { width, height, pixels }: Picture): void {
    const { client } = this.#context;
    sheet.image.mapping.words.set(pixels);
    let { buffer } = sheet;
    if (buffer === null || sheet.width !== width || sheet.height !== height) {
      if (buffer !== null) client.sendRequest(buffer, "destroy", {});
      buffer = client.createObject("wl_buffer", 1);
      const shape = { offset: 0, width, height, stride: width * BYTES_PER_PIXEL, format: WlShmFormat.argb8888 };
      client.sendRequest(sheet.pool, "create_buffer", { id: buffer, ...shape });
      const made = buffer;
      onEvents(made, { release: () => this.#released(made) });
    }
    this.#sheets[this.#sheets.indexOf(sheet)] = { ...sheet, buffer, isBusy: true, width, height };
    client.sendRequest(this.object, "attach", { buffer, x: 0, y: 0 });
    client.sendRequest(this.object, "damage", ALL);
    client.sendRequest(this.object, "commit", {});
    if (this.#isShown) return;
    this.#isShown = true;
    this.onShown();
  }

  #released(buffer: WlObject<"wl_buffer">): void {
    const index = this.#sheets.findIndex((sheet) => sheet.buffer === buffer);
    const sheet = this.#sheets[index];
    if (sheet === undefined) return;
    this.#sheets[index] = { ...sheet, isBusy: false };
    if (this.#next !== null && !this.#isDrawing) this.#drawn = this.#draw();
  }

  #free({ image, pool, buffer }: Sheet): void {
    const { client } = this.#context;
    if (buffer !== null) client.sendRequest(buffer, "destroy", {});
    client.sendRequest(pool, "destroy", {});
    image.close();
  }
}
