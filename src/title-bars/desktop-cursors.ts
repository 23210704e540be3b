// SPDX-License-Identifier: Apache-2.0
import { themeCursor } from "./cursor-theme.ts";
import type { FindCursor } from "./pointer-shapes.ts";

/** The usual size of cursors, in pixels. */
const USUAL_SIZE = 24;

/** The cursors of the desktop's theme, as large as on a screen that is not scaled. */
export function desktopCursors(environment: Readonly<NodeJS.ProcessEnv>): FindCursor {
  const { XCURSOR_THEME: theme = "", XCURSOR_SIZE: text = "" } = environment;
  const size = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : USUAL_SIZE;
  return (name) => {
    const image = themeCursor(name, theme, size, environment);
    return image && { image, width: image.width, height: image.height, hotX: image.hotX, hotY: image.hotY };
  };
}

/** The same cursors, all of which are read now, as long as files can be. */
export function readNow(find: FindCursor, names: readonly string[]): FindCursor {
  const found = new Map(names.map((name) => [name, find(name)]));
  return (name) => found.get(name) ?? null;
}
