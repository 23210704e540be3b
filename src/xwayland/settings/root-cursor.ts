// SPDX-License-Identifier: Apache-2.0
import type { CursorImage } from "../../title-bars/cursor-theme.ts";
import { ImageFormat, RenderPictType } from "../../x11/generated/enums.ts";
import type { WmContext } from "../base/wm-context.ts";

/** The services that this uses. */
type Context = Pick<WmContext, "x" | "scale" | "appearance">;

/** The arrow, in themes and in the X server's own font. */
const ARROW = "left_ptr";
const ARROW_GLYPH = 68;

/** The cursor over windows that have none of their own: an arrow like everybody else's, where the X server has a cross. */
export class RootCursor {
  static readonly atoms: readonly string[] = [];

  readonly #context: Context;
  readonly #stopListening: () => void;

  constructor(context: Context) {
    this.#context = context;
    this.#stopListening = context.scale.onChange(() => this.#update());
    this.#update();
  }

  close(): void {
    this.#stopListening();
  }

  #update(): void {
    void this.#set().catch(() => {
      // The connection has ended.
    });
  }

  async #set(): Promise<void> {
    const { x, appearance } = this.#context;
    const image = appearance.cursor(ARROW);
    const cursor = image === null ? this.#glyph() : await this.#picture(image);
    x.send("ChangeWindowAttributes", { window: x.setup.root, cursor });
    x.send("FreeCursor", { cursor });
    x.releaseId(cursor);
  }

  #glyph(): number {
    const { x } = this.#context;
    const [font, cursor] = [x.allocateId(), x.allocateId()];
    x.send("OpenFont", { fid: font, name: "cursor" });
    x.send("CreateGlyphCursor", {
      cid: cursor,
      source_font: font,
      mask_font: font,
      source_char: ARROW_GLYPH,
      // The mask comes behind each shape.
      mask_char: ARROW_GLYPH + 1,
      fore_red: 0,
      fore_green: 0,
      fore_blue: 0,
      back_red: 0xffff,
      back_green: 0xffff,
      back_blue: 0xffff,
    });
    x.send("CloseFont", { font });
    x.releaseId(font);
    return cursor;
  }

  async #picture({ width, height, hotX, hotY, pixels }: CursorImage): Promise<number> {
    const { x } = this.#context;
    const { formats } = await x.call("Render.QueryPictFormats");
    const argb = formats.find(
      ({ type, depth, direct }) =>
        type === RenderPictType.Direct && depth === 32 && direct.alpha_mask === 0xff && direct.red_shift === 16,
    );
    if (argb === undefined) return this.#glyph();
    const [pixmap, gc, picture, cursor] = [x.allocateId(), x.allocateId(), x.allocateId(), x.allocateId()];
    x.send("CreatePixmap", { depth: 32, pid: pixmap, drawable: x.setup.root, width, height });
    x.send("CreateGC", { cid: gc, drawable: pixmap });
    x.send("PutImage", {
      format: ImageFormat.ZPixmap,
      drawable: pixmap,
      gc,
      width,
      height,
      dst_x: 0,
      dst_y: 0,
      left_pad: 0,
      depth: 32,
      data: pixels,
    });
    x.send("Render.CreatePicture", { pid: picture, drawable: pixmap, format: argb.id });
    x.send("Render.CreateCursor", { cid: cursor, source: picture, x: hotX, y: hotY });
    x.send("Render.FreePicture", { picture });
    x.send("FreeGC", { gc });
    x.send("FreePixmap", { pixmap });
    for (const id of [pixmap, gc, picture]) x.releaseId(id);
    return cursor;
  }
}
