// SPDX-License-Identifier: Apache-2.0
import { connectUnix } from "../../../src/native/socket.ts";
import { X11Connection } from "../../../src/x11/client/connection.ts";
import { setProperty } from "../../../src/x11/client/properties.ts";
import { Atom, EventMask, ImageFormat, WindowClass } from "../../../src/x11/generated/enums.ts";
import type { Picture } from "./picture.ts";

/** What a pattern window is to be like. */
export interface PatternOptions {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  /** Shown without asking the window manager, as menus are. */
  readonly overrideRedirect?: boolean;
}

/** The colour of each pixel, 0xRRGGBB: no two neighbours are alike, so that nothing can be stretched unnoticed. */
const colourAt = (x: number, y: number): number => ((x & 0xff) << 16) | ((y & 0xff) << 8) | (((x + y) & 1) * 0xff);

/** An X client with windows whose every pixel is known. */
export class PatternWindow {
  readonly x: X11Connection;
  readonly id: number;
  readonly width: number;
  readonly height: number;

  private constructor(x: X11Connection, id: number, { width, height }: PatternOptions) {
    this.x = x;
    this.id = id;
    this.width = width;
    this.height = height;
  }

  /** Shows one on the X display of that number. */
  static async open(display: number, options: PatternOptions): Promise<PatternWindow> {
    const x = await X11Connection.open(connectUnix(`/tmp/.X11-unix/X${display}`));
    x.listen({ event: () => {}, closed: () => {} });
    return PatternWindow.#show(x, options);
  }

  /** Shows another window of the same client. */
  beside(options: PatternOptions): PatternWindow {
    return PatternWindow.#show(this.x, options);
  }

  static #show(x: X11Connection, options: PatternOptions): PatternWindow {
    const { title, width, height, overrideRedirect = false } = options;
    const id = x.allocateId();
    const pixmap = x.allocateId();
    const gc = x.allocateId();
    x.send("CreatePixmap", { depth: 24, pid: pixmap, drawable: x.setup.root, width, height });
    x.send("CreateGC", { cid: gc, drawable: pixmap });
    // A few lines at a time, since a request may be longer than the server takes.
    const lines = Math.floor((200 * 1024) / (4 * width));
    for (let top = 0; top < height; top += lines) {
      const part = Math.min(lines, height - top);
      const pixels = Uint32Array.from({ length: width * part }, (_, i) =>
        colourAt(i % width, top + Math.floor(i / width)),
      );
      x.send("PutImage", {
        format: ImageFormat.ZPixmap,
        drawable: pixmap,
        gc,
        width,
        height: part,
        dst_x: 0,
        dst_y: top,
        left_pad: 0,
        depth: 24,
        data: new Uint8Array(pixels.buffer),
      });
    }
    x.send("CreateWindow", {
      depth: 0,
      wid: id,
      parent: x.setup.root,
      x: options.x ?? 0,
      y: options.y ?? 0,
      width,
      height,
      border_width: 0,
      class: WindowClass.InputOutput,
      visual: 0,
      background_pixmap: pixmap,
      override_redirect: overrideRedirect,
      event_mask: EventMask.NoEvent,
    });
    setProperty(x, id, Atom.WM_NAME, Atom.STRING, Buffer.from(title));
    x.send("MapWindow", { window: id });
    return new PatternWindow(x, id, options);
  }

  /** Where it is for X. */
  async place(): Promise<{ readonly x: number; readonly y: number }> {
    const { x, y } = await this.x.call("GetGeometry", { drawable: this.id });
    return { x, y };
  }

  /** Whether a picture shows `width` by `height` of its pixels, from its corner on, exactly, at that place. */
  isAt(picture: Picture, left: number, top: number, width: number = this.width, height: number = this.height): boolean {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) if (picture.colourAt(left + x, top + y) !== colourAt(x, y)) return false;
    }
    return true;
  }

  /** Where its corner is in a picture; undefined if it is nowhere with all its pixels. */
  placeIn(
    picture: Picture,
    width: number = this.width,
    height: number = this.height,
  ): { x: number; y: number } | undefined {
    for (let y = 0; y + height <= picture.height; y++) {
      for (let x = 0; x + width <= picture.width; x++) {
        if (picture.colourAt(x, y) === 0 && this.isAt(picture, x, y, width, height)) return { x, y };
      }
    }
    return undefined;
  }

  close(): void {
    this.x.close();
  }
}
